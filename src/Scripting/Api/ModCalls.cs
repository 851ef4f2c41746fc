using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Api;

/// <summary>How a call to another mod failed: the stable word that the message begins with, and the rest.</summary>
/// <param name="Word"><c>unavailable</c>, <c>not exported</c>, <c>reentrant</c>, <c>bad value</c>, <c>callee error</c>, <c>timeout</c> or <c>permission denied</c>.</param>
/// <param name="Text">Names both mods and the function.</param>
readonly record struct CallFailure(string Word, string Text)
{
    /// <summary>The message scripts see.</summary>
    public override string ToString() => $"{Word}: {Text}";
}

/// <summary>What a call from mod to mod goes through: look up, check, copy, run under the callee's walls, copy back.</summary>
static class ModCalls
{
    /// <summary>Arguments or results at most.</summary>
    public const int ValuesMax = 32;

    /// <summary>Finds what is to be called.</summary>
    /// <returns>Null, or why not.</returns>
    public static CallFailure? Resolve(ModScope caller, string id, string name, out ModScope target, out ModExport export)
    {
        (target, export) = (null!, null!);
        string edge = $"'{caller.Id}' calls '{id}.{name}'";
        if (id == caller.Id) return new CallFailure("reentrant", $"{edge}: a mod calls its own functions directly");
        if (caller.Identity.Trust != ModTrust.Core && !caller.Declarations.Dependencies.Contains(id))
            return new CallFailure("unavailable", $"{edge}: '{id}' is not among the dependencies in mod.toml of '{caller.Id}'");
        if (caller.Services.Mods.Running(id) is not { } running) return new CallFailure("unavailable", $"{edge}: {caller.Services.Mods.WhyNot(id)}");
        target = running;
        if (!running.Exports.TryGetValue(name, out ModExport? found)) return new CallFailure("not exported", $"{edge}: '{id}' exports no '{name}'");
        export = found;
        if (found.Declaration is { IsPublic: false } && caller.Identity.Trust != ModTrust.Core) return new CallFailure("not exported", $"{edge}: it is for core mods alone");
        Permission requires = found.Declaration?.Requires ?? Permission.None;
        Permission missing = requires & ~caller.Sandbox.Grants;
        return missing == 0 ? null : new CallFailure("permission denied", $"{edge}: it requires {PermissionCatalog.Text(missing)}");
    }

    /// <summary>Runs an export now.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="target">Who is called.</param>
    /// <param name="export">What.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="mayWait">Whether the callee may wait; then the status is Waiting and its thread is <see cref="Sandbox.LastThread"/>.</param>
    /// <param name="failure">Set when the status is neither Returned nor Waiting.</param>
    public static RunStatus Run(ModScope caller, ModScope target, ModExport export, EncodedValues args, bool mayWait, out CallFailure failure)
    {
        string edge = $"'{caller.Id}' calls '{target.Id}.{export.Name}'";
        failure = default;
        if (target.Sandbox.IsBusy)
        {
            failure = new CallFailure("reentrant", $"{edge}: '{target.Id}' is running already: {caller.Services.Stack.Chain()}");
            return RunStatus.Refused;
        }
        if (target.Sandbox.IsOverTick)
        {
            failure = new CallFailure("unavailable", $"{edge}: '{target.Id}' has used its time of this tick");
            return RunStatus.Refused;
        }
        if (caller.Services.Stack.CallDepth >= caller.Sandbox.Limits.CallDepth || !target.Sandbox.CanEnter)
        {
            failure = new CallFailure("reentrant", $"{edge}: calls are nested too deeply: {caller.Services.Stack.Chain()}");
            return RunStatus.Refused;
        }
        LuauValue[] values;
        try
        {
            values = [target.Vm.CreateString(caller.Id), .. target.Decode(args)];
        }
        catch (LuauException)
        {
            // Boundary: the callee has no memory for the arguments.
            target.Sandbox.OutOfMemory($"export {export.Name}");
            failure = new CallFailure("callee error", $"{edge}: out of memory");
            return RunStatus.Killed;
        }
        var entry = new Entry($"export {export.Name}", target.Sandbox.Limits.CallHardMs, mayWait, export.Mask, export.Cost);
        RunStatus status = target.Sandbox.Start(export.Function, values, entry, isCall: true);
        Book(export.EdgeFrom(caller.Id), target.Sandbox.LastTime, status, args.Bytes.Length);
        if (status is RunStatus.Failed) failure = new CallFailure("callee error", $"{edge}: {target.Sandbox.LastError}");
        if (status is RunStatus.Killed) failure = new CallFailure("timeout", $"{edge}: {target.Sandbox.LastError}");
        return status;
    }

    static void Book(CostAccount edge, (long Self, long Total) time, RunStatus status, int bytes)
    {
        edge.Add(time.Self, time.Total);
        edge.AddBytes(bytes);
        if (status == RunStatus.Failed) edge.AddError();
        else if (status == RunStatus.Killed) edge.AddKill();
    }

    /// <summary>Copies the results of a callee that has just returned.</summary>
    /// <returns>Null, or why not.</returns>
    public static CallFailure? Results(ModScope caller, ModScope target, string name, out EncodedValues results)
    {
        ReadOnlySpan<LuauValue> values = target.Sandbox.Results;
        results = EncodedValues.None;
        string edge = $"'{caller.Id}' calls '{target.Id}.{name}'";
        if (values.Length > ValuesMax) return new CallFailure("bad value", $"{edge}: {values.Length} results, at most {ValuesMax}");
        if (target.TryEncode(values, "result", out results) is { } refusal) return new CallFailure("bad value", $"{edge}: {refusal}");
        if (target.Exports.TryGetValue(name, out ModExport? export)) export.EdgeFrom(caller.Id).AddBytes(results.Bytes.Length);
        return null;
    }
}
