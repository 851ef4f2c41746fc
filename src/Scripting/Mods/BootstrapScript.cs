using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Mods;

/// <summary>The operator's own script, <c>config/init.luau</c>: runs before any mod with the library <c>sandbox</c>, which marks mods as core and
/// grants or denies permissions.</summary>
/// <remarks>Start of the server only. Its mistakes are reported; what it settled before them stands.</remarks>
sealed class BootstrapScript(DispatchStack stack, Watchdog watchdog, ScriptingLog log) : IFaultSink
{
    const long SourceBytesMax = 1 << 20;

    string _file = "";

    /// <summary>Ids marked as core.</summary>
    public HashSet<string> Core { get; } = [];

    /// <summary>Permissions granted, by id.</summary>
    public Dictionary<string, List<string>> Granted { get; } = [];

    /// <summary>Permissions denied, by id.</summary>
    public Dictionary<string, List<string>> Denied { get; } = [];

    /// <summary>Runs the file when there is one.</summary>
    public void Run(string? file)
    {
        if (file is null || !File.Exists(file)) return;
        _file = file;
        if (new FileInfo(file).Length > SourceBytesMax)
        {
            log.Bootstrap(file, $"longer than {SourceBytesMax} bytes");
            return;
        }
        using var sandbox = new Sandbox("bootstrap", ModLimits.Core, PermissionCatalog.All, new LuauVmOptions(), stack, watchdog, this);
        try
        {
            CompiledChunk chunk = LuauVm.Compile(File.ReadAllBytes(file), $"@{Path.GetFileName(file)}");
            Install(sandbox.Vm);
            sandbox.Seal();
            LuauFunction main = sandbox.Vm.Load(chunk, sandbox.Environment);
            sandbox.Start(main, [], new Entry("bootstrap", ModLimits.Core.LoadMs, MayYield: false, PermissionCatalog.All));
        }
        catch (LuauCompileException mistake)
        {
            log.Bootstrap(file, mistake.Message);
        }
        catch (IOException problem)
        {
            log.Bootstrap(file, problem.Message);
        }
    }

    /// <inheritdoc/>
    void IFaultSink.ScriptError(string source, string message, string traceback) => log.Bootstrap(_file, message);

    /// <inheritdoc/>
    void IFaultSink.ScriptKilled(string source, double milliseconds, string traceback, bool outOfMemory) =>
        log.Bootstrap(_file, outOfMemory ? "out of memory" : $"stopped after {milliseconds:0} ms");

    /// <inheritdoc/>
    void IFaultSink.ScriptCut(string source, string why) => log.Bootstrap(_file, why);

    /// <inheritdoc/>
    void IFaultSink.HostFailed(string source, Exception mistake) => log.HostFailed("bootstrap", source, mistake);

    void Install(LuauVm vm)
    {
        LuauTable library = vm.CreateTable(fieldCapacity: 3);
        vm.Set(library, "core", new HostFunction("core", (ref CallContext call) =>
        {
            Core.Add(call.String(0).ToString());
            return call.Return();
        }));
        vm.Set(library, "grant", new HostFunction("grant", (ref CallContext call) => Note(ref call, Granted)));
        vm.Set(library, "deny", new HostFunction("deny", (ref CallContext call) => Note(ref call, Denied)));
        vm.Freeze(library);
        vm.Set(vm.Globals, "sandbox", library);
        vm.Set(vm.Globals, "print", new HostFunction("print", (ref CallContext call) =>
        {
            log.Line("bootstrap", Serilog.Events.LogEventLevel.Information, ModLog.Clean(call.ArgCount == 0 ? "" : vm.ToText(call[0]), 2048), 0);
            return call.Return();
        }));
    }

    static HostResult Note(ref CallContext call, Dictionary<string, List<string>> into)
    {
        string id = call.String(0).ToString(), permission = call.String(1).ToString();
        if (PermissionCatalog.Find(permission) is null) throw call.ArgumentError(1, $"unknown permission '{permission}'");
        if (!into.TryGetValue(id, out List<string>? list)) into[id] = list = [];
        list.Add(permission);
        return call.Return();
    }
}
