using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Api;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Mods;

/// <summary><c>require</c> of one generation: runs each file of the snapshot at most once, in the mod's globals, and keeps what it returned.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ModuleLoader(ModScope mod, PreparedMod prepared) : IModuleSource
{
    readonly ModuleResolver _resolver = new(prepared.Snapshot.Files);
    readonly Dictionary<string, LuauRef> _loaded = new(StringComparer.Ordinal);
    readonly List<string> _loading = [];

    /// <inheritdoc/>
    public LuauValue Require(ref CallContext call, string path)
    {
        string requirer = FileOf(call.Error("").Message);
        if (!_resolver.TryResolve(requirer, path, out string file, out string problem)) throw Failure(ref call, path, problem);
        if (_loaded.TryGetValue(file, out LuauRef? known)) return known.Value;
        if (file == prepared.Manifest.Entry) throw Failure(ref call, path, "the entry file cannot be required");
        int at = _loading.IndexOf(file);
        if (at >= 0) throw Failure(ref call, path, $"modules require each other: {string.Join(" -> ", _loading.Skip(at))} -> {file}");
        return Load(ref call, path, file);
    }

    LuauValue Load(ref CallContext call, string path, string file)
    {
        _loading.Add(file);
        try
        {
            LuauFunction main = mod.Vm.Load(prepared.Chunks[file], mod.Sandbox.Environment);
            ReadOnlySpan<LuauValue> results = mod.Vm.Call(main);
            if (results.Length != 1) throw Failure(ref call, path, "module must return a single value");
            LuauValue value = results[0];
            if (!value.IsNil) _loaded[file] = mod.Vm.CreateRef(value);
            return value;
        }
        finally
        {
            _loading.RemoveAt(_loading.Count - 1);
        }
    }

    /// <summary>The file of a position like <c>hello/lib/x.luau:3: </c>; the entry when there is none.</summary>
    string FileOf(string position)
    {
        string prefix = $"{mod.Id}/";
        int end = position.IndexOf(".luau:", StringComparison.Ordinal);
        return end > 0 && position.StartsWith(prefix, StringComparison.Ordinal) ? position[prefix.Length..(end + ".luau".Length)] : prepared.Manifest.Entry;
    }

    static LuauException Failure(ref CallContext call, string path, string problem) => call.Error($"error requiring module \"{ModLog.Clean(path, 200)}\": {problem}");
}
