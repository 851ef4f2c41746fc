using GameServer.Luau;
using GameServer.Luau.Library;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Server.Cli;

/// <summary>
/// <c>require</c> for scripts run from the command line: modules are files of the disk. Each runs once, in globals of its own, in which
/// <c>require</c> knows whose it is. Source: specification of Luau, section 16.
/// </summary>
sealed class ModuleLoader : IModuleFiles
{
    readonly LuauVm _vm;
    readonly RequireResolver _resolver;
    readonly RequireCycle _cycle = new();
    readonly Dictionary<string, LuauValue> _loaded = [];

    public ModuleLoader(LuauVm vm, LuauCompileOptions compileOptions)
    {
        _vm = vm;
        CompileOptions = compileOptions;
        _resolver = new RequireResolver(this);
    }

    /// <summary>How modules are compiled.</summary>
    public LuauCompileOptions CompileOptions { get; }

    string IModuleFiles.Root => "/";

    /// <summary>Fresh globals for the code of a file.</summary>
    /// <param name="file">Absolute path.</param>
    public LuauTable EnvironmentFor(string file)
    {
        string requirer = file.Replace('\\', '/');
        LuauTable environment = _vm.CreateEnvironment(ownG: false);
        _vm.Set(environment, "require", new HostFunction("require", (ref CallContext call) => Require(ref call, requirer)));
        return environment;
    }

    bool IModuleFiles.HasFile(string path) => File.Exists(path);

    bool IModuleFiles.HasFolder(string path) => Directory.Exists(path);

    ReadOnlyMemory<byte> IModuleFiles.Read(string path) => File.ReadAllBytes(path);

    IReadOnlyDictionary<string, string>? IModuleFiles.RunConfiguration(string path)
    {
        try
        {
            LuauThread thread = _vm.CreateThread(_vm.Load(Compile(path), _vm.CreateEnvironment(ownG: false)));
            if (_vm.Resume(thread) != ResumeStatus.Finished || thread.Results is not [{ } result, ..])
                return null;
            return result.As<LuauTable>() is { } table
                && _vm.Get(table, "luau").As<LuauTable>() is { } luau
                && _vm.Get(luau, "aliases").As<LuauTable>() is { } aliases
                    ? ReadAliases(aliases)
                    : null;
        }
        catch (Exception e) when (e is LuauCompileException or IOException)
        {
            // A configuration that does not compile defines no aliases; the error then names the alias.
            return null;
        }
    }

    Dictionary<string, string> ReadAliases(LuauTable table)
    {
        Dictionary<string, string> aliases = [];
        LuauValue key = LuauValue.Nil;
        while (_vm.Next(table, ref key, out LuauValue value))
        {
            if (key.As<LuauString>() is { } name && value.As<LuauString>() is { } target)
                aliases[name.ToString()] = target.ToString();
        }
        return aliases;
    }

    HostResult Require(ref CallContext call, string requirer)
    {
        string path = call.String(0).ToString();
        if (!_resolver.TryResolve(requirer, path, out string file, out string problem))
            throw call.Error(problem);
        if (_loaded.TryGetValue(file, out LuauValue cached))
            return call.Return(cached);
        if (!_cycle.TryEnter(file, out problem))
            throw call.Error(problem);
        try
        {
            LuauValue result = Load(ref call, file);
            if (!result.IsNil)
                _loaded[file] = result;
            return call.Return(result);
        }
        finally
        {
            _cycle.Leave();
        }
    }

    LuauValue Load(ref CallContext call, string file)
    {
        CompiledChunk chunk;
        try
        {
            chunk = Compile(file);
        }
        catch (LuauCompileException e)
        {
            throw call.Error(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw call.Error($"could not read '{file}': {e.Message}");
        }
        LuauThread thread = _vm.CreateThread(_vm.Load(chunk, EnvironmentFor(file)));
        switch (_vm.Resume(thread))
        {
            case ResumeStatus.Finished when thread.Results.Length == 1:
                return thread.Results[0];
            case ResumeStatus.Finished:
                throw call.Error("module must return a single value");
            case ResumeStatus.Yielded:
                throw call.Error("module can not yield");
            case ResumeStatus.Killed:
                throw new LuauException(thread.Error, LuauFault.Killed);
            default:
                throw call.Error($"error while running module: {_vm.ToText(thread.Error)}");
        }
    }

    CompiledChunk Compile(string file) => LuauVm.Compile(LuauScript.ReadSource(file), $"@{Path.GetFileName(file)}", CompileOptions);
}
