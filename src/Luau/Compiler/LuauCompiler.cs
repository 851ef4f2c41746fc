using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

/// <summary>Source or tree to bytecode. Pure; any thread.</summary>
static class LuauCompiler
{
    /// <summary>Parses and compiles a chunk.</summary>
    /// <param name="source">The source; its chunk name gives the chunk its id.</param>
    /// <param name="options">Switches; null for <see cref="CompileOptions.Default"/>.</param>
    /// <param name="limits">Bounds of the parse; null for <see cref="ParseLimits.Default"/>.</param>
    /// <exception cref="SyntaxError">The first error; <see cref="Describe"/> makes the text scripts see.</exception>
    /// <exception cref="OperationCanceledException">The cancellation of <paramref name="options"/> or <paramref name="limits"/> was requested.</exception>
    public static Proto Compile(SourceText source, CompileOptions? options = null, ParseLimits? limits = null) =>
        Compile(source, ChunkInfo.FromName(source.ChunkName), options, limits);

    /// <summary>Parses and compiles a chunk whose name is any bytes.</summary>
    /// <inheritdoc cref="Compile(SourceText, CompileOptions?, ParseLimits?)"/>
    public static Proto Compile(SourceText source, ChunkInfo info, CompileOptions? options = null, ParseLimits? limits = null)
    {
        options ??= CompileOptions.Default;
        limits ??= new ParseLimits { Cancellation = options.Cancellation };
        return Compile(Parser.Parse(source, limits), info, options);
    }

    /// <summary>Compiles a parsed chunk. The tree may be compiled again, but not by two threads at a time.</summary>
    /// <param name="chunk">The tree.</param>
    /// <param name="info">Names of the chunk.</param>
    /// <param name="options">Switches; null for <see cref="CompileOptions.Default"/>.</param>
    /// <exception cref="SyntaxError">A limit was passed.</exception>
    /// <exception cref="OperationCanceledException">The cancellation of <paramref name="options"/> was requested.</exception>
    public static Proto Compile(ChunkNode chunk, ChunkInfo info, CompileOptions? options = null)
    {
        options ??= CompileOptions.Default;
        bool optimize = options.OptimizationLevel >= 1;
        var compilation = new Compilation
        {
            Info = info,
            Folder = optimize ? ConstantFolder.Fold(chunk, options.Cancellation) : ConstantFolder.LiteralsOnly,
            Optimize = optimize,
            // A chunk that names these functions may give its functions any environment; upstream drops the shortcuts for it as well.
            MayImport = !chunk.MentionsEnvironmentFunctions,
            UseImports = optimize && !chunk.MentionsEnvironmentFunctions,
            Unroll = options.OptimizationLevel >= 2,
            Inline = options.OptimizationLevel >= 2,
            Exports = chunk.Exports,
            Cancellation = options.Cancellation,
        };
        var main = new FunctionCompiler(compilation, null, chunk.Main).Compile();
        Verifier.Verify(main, options.Cancellation);
        return main;
    }

    /// <summary>The message of a failed compilation as scripts see it: <c>CHUNKID:LINE: TEXT</c>.</summary>
    public static string Describe(SyntaxError error, ChunkInfo info) => $"{info.ChunkId}:{error.Line}: {error.Message}";
}

/// <summary>What all functions of one compilation share.</summary>
sealed class Compilation
{
    /// <summary>Names of the chunk.</summary>
    public required ChunkInfo Info { get; init; }
    /// <summary>What is known before running.</summary>
    public required ConstantFolder Folder { get; init; }
    /// <summary>Whether level 1 is on.</summary>
    public required bool Optimize { get; init; }
    /// <summary>Whether imports would be allowed, were it not for the level.</summary>
    public required bool MayImport { get; init; }
    /// <summary>Whether chains of global names may be read as imports, and library functions called without a frame.</summary>
    public required bool UseImports { get; init; }
    /// <summary>Whether small constant loops are written out: level 2.</summary>
    public required bool Unroll { get; init; }
    /// <summary>Whether calls of small local functions are written out: level 2.</summary>
    public required bool Inline { get; init; }
    /// <summary>Exported locals, which the main function returns.</summary>
    public required LocalVariable[] Exports { get; init; }
    /// <summary>Polled now and then.</summary>
    public required CancellationToken Cancellation { get; init; }

    readonly Dictionary<(Name?, Name), BuiltinId> _builtins = [];

    /// <summary>The builtin a chain of names stands for, if any.</summary>
    public BuiltinId Builtin(Name? library, Name function)
    {
        if (!_builtins.TryGetValue((library, function), out var id))
            _builtins.Add((library, function), id = BuiltinNames.Find(library, function));
        return id;
    }
}
