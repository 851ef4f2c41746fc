using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Server.Cli;

/// <summary>
/// <c>require</c> for scripts run from the command line: modules are files, found by <see cref="ModuleFiles"/>. Each module runs once, in
/// globals of its own, in which <c>require</c> knows whose it is. Source: docs of Luau, "require".
/// </summary>
sealed class ModuleLoader(LuauVm vm, LuauCompileOptions compileOptions)
{
    readonly Dictionary<string, LuauValue> _loaded = [];
    readonly List<string> _loading = [];

    public LuauCompileOptions CompileOptions => compileOptions;

    /// <summary>Fresh globals for the code of a file.</summary>
    /// <param name="file">Absolute path.</param>
    public LuauTable EnvironmentFor(string file)
    {
        LuauTable environment = vm.CreateEnvironment(ownG: false);
        vm.Set(environment, "require", new HostFunction("require", (ref CallContext call) => Require(ref call, file)));
        return environment;
    }

    HostResult Require(ref CallContext call, string requirer)
    {
        string path = call.String(0).ToString();
        if (!ModuleFiles.TryResolve(requirer, path, out string file, out string problem))
            throw call.Error(problem);
        if (_loaded.TryGetValue(file, out LuauValue cached))
            return call.Return(cached);
        if (_loading.Contains(file))
            throw call.Error($"cyclic require: {string.Join(" -> ", _loading.Append(file).Select(Path.GetFileName))}");
        _loading.Add(file);
        try
        {
            LuauValue result = Load(ref call, file);
            if (!result.IsNil)
                _loaded[file] = result;
            return call.Return(result);
        }
        finally
        {
            _loading.Remove(file);
        }
    }

    LuauValue Load(ref CallContext call, string file)
    {
        CompiledChunk chunk;
        try
        {
            chunk = LuauVm.Compile(LuauScript.ReadSource(file), $"@{Path.GetFileName(file)}", compileOptions);
        }
        catch (LuauCompileException e)
        {
            throw call.Error(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw call.Error($"could not read '{file}': {e.Message}");
        }
        LuauThread thread = vm.CreateThread(vm.Load(chunk, EnvironmentFor(file)));
        switch (vm.Resume(thread))
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
                throw call.Error($"error while running module: {vm.ToText(thread.Error)}");
        }
    }
}
