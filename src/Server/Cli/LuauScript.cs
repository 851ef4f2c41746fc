using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Server.Cli;

/// <summary>How to run one script.</summary>
sealed record LuauScriptOptions
{
    /// <summary>What the script gets as <c>...</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>0 to 2.</summary>
    public int OptimizationLevel { get; init; } = 1;

    /// <summary>Memory limit; null for a quarter of what the machine (or its container) has: the runtime needs room for garbage.</summary>
    public long? MemoryBytesMax { get; init; }

    /// <summary>Time after which the script is killed; null for never.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Runs one script like upstream's command-line program: all libraries, <c>require</c> relative to the file, errors with traceback.</summary>
sealed class LuauScript : IDisposable
{
    readonly LuauScriptOptions _options;
    readonly Stream _output;
    readonly LuauVm _vm;
    readonly ModuleLoader _modules;
    readonly LuauValue _toString;
    /// <summary>Cancelled when the time is over: compiling takes time too.</summary>
    readonly CancellationTokenSource _timeOver = new();

    LuauScript(LuauScriptOptions options, Stream output)
    {
        _options = options;
        _output = output;
        _vm = new LuauVm(new LuauVmOptions
        {
            MemoryBytesMax = options.MemoryBytesMax ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4,
            OnMemoryLimit = MemoryFault.Error,
            RunnerLibrary = true,
        });
        _toString = _vm.Get(_vm.Globals, "tostring");
        _vm.Set(_vm.Globals, "print", new HostFunction("print", Print));
        _vm.Seal();
        _modules = new ModuleLoader(_vm, new LuauCompileOptions { OptimizationLevel = options.OptimizationLevel, Cancellation = _timeOver.Token });
    }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="file">Path of the script.</param>
    /// <param name="options">How.</param>
    /// <param name="output">Where <c>print</c> writes; flushed before return.</param>
    /// <param name="error">Where the message and traceback of a failure go.</param>
    /// <returns>0, or 1 when the script could not be read, does not compile, or failed.</returns>
    public static int Run(string file, LuauScriptOptions options, Stream output, TextWriter error)
    {
        using BufferedStream buffered = new(output, 64 * 1024);
        using LuauScript script = new(options, buffered);
        string? failure = script.Run(file);
        buffered.Flush();
        if (failure is null)
            return ExitCodes.Ok;
        error.WriteLine(failure);
        error.Flush();
        return ExitCodes.Failed;
    }

    /// <summary>Bytes of a script; a first line that begins with <c>#!</c> is blanked, so that line numbers stay.</summary>
    public static byte[] ReadSource(string file)
    {
        byte[] source = File.ReadAllBytes(file);
        if (source.AsSpan().StartsWith("#!"u8))
        {
            int end = Array.IndexOf(source, (byte)'\n');
            source.AsSpan(0, end < 0 ? source.Length : end).Fill((byte)' ');
        }
        return source;
    }

    /// <summary>What a script's error says.</summary>
    public static string MessageOf(LuauVm vm, in LuauValue value) =>
        value.As<LuauString>() is not null || value.IsNumber ? vm.ToText(value) : $"(error object is a {vm.ToText(value)})";

    public void Dispose()
    {
        _vm.Dispose();
        _timeOver.Dispose();
    }

    void EndTime()
    {
        _vm.RequestKill();
        try
        {
            _timeOver.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The script ended at the same moment.
        }
    }

    string TimedOut => $"script timed out after {_options.Timeout?.TotalSeconds} s";

    string? Run(string file)
    {
        using Timer? deadline = _options.Timeout is { } limit
            ? new Timer(_ => EndTime(), null, limit, System.Threading.Timeout.InfiniteTimeSpan)
            : null;
        try
        {
            CompiledChunk chunk = LuauVm.Compile(ReadSource(file), $"@{Path.GetFileName(file)}", _modules.CompileOptions);
            LuauThread thread = _vm.CreateThread(_vm.Load(chunk, _modules.EnvironmentFor(Path.GetFullPath(file))));
            LuauValue[] arguments = [.. _options.Arguments.Select(a => (LuauValue)_vm.CreateString(a))];
            return _vm.Resume(thread, arguments) switch
            {
                ResumeStatus.Finished => null,
                ResumeStatus.Yielded => "the script yielded, and there is nobody to resume it",
                ResumeStatus.Killed => $"{TimedOut}\nstacktrace:\n{_vm.GetTraceback(thread).TrimEnd()}",
                _ => $"{MessageOf(_vm, thread.Error)}\nstacktrace:\n{_vm.GetTraceback(thread).TrimEnd()}",
            };
        }
        catch (OperationCanceledException)
        {
            return TimedOut;
        }
        catch (Exception e) when (e is LuauCompileException or LuauException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    HostResult Print(ref CallContext call)
    {
        for (int i = 0; i < call.ArgCount; i++)
        {
            if (i > 0)
                _output.WriteByte((byte)'\t');
            LuauValue argument = call[i];
            LuauString text = argument.As<LuauString>() ?? call.Call(_toString, argument).As<LuauString>()
                ?? throw call.Error("'__tostring' must return a string");
            _output.Write(text.Span);
        }
        _output.WriteByte((byte)'\n');
        return call.Return();
    }
}
