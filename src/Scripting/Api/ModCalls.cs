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
        if (id == caller.Id) return Failure("reentrant", caller, id, name, "a mod calls its own functions directly");
        bool isCore = caller.Identity.Trust == ModTrust.Core;
        if (!isCore && !caller.Declarations.Dependencies.Contains(id))
            return Failure("unavailable", caller, id, name, $"'{id}' is not among the dependencies in mod.toml of '{caller.Id}'");
        if (caller.Services.Mods.Running(id) is not { } running) return Failure("unavailable", caller, id, name, caller.Services.Mods.WhyNot(id));
        target = running;
        if (!running.Exports.TryGetValue(name, out ModExport? found)) return Failure("not exported", caller, id, name, $"'{id}' exports no '{name}'");
        export = found;
        if (found.Declaration is not { } declared) return null;
        if (!declared.IsPublic && !isCore) return Failure("not exported", caller, id, name, "it is for core mods alone");
        Permission missing = declared.Requires & ~caller.Sandbox.Grants;
        return missing == 0 ? null : Failure("permission denied", caller, id, name, $"it requires {PermissionCatalog.Text(missing)}");
    }

    /// <summary>Runs an export now.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="target">Who is called.</param>
    /// <param name="export">What.</param>
    /// <param name="args">Encoded arguments; not used any more when the callee's code begins.</param>
    /// <param name="count">How many.</param>
    /// <param name="mayWait">Whether the callee may wait; then the status is Waiting and its thread is <see cref="Sandbox.LastThread"/>.</param>
    /// <param name="failure">Set when the status is neither Returned nor Waiting.</param>
    public static RunStatus Run(ModScope caller, ModScope target, ModExport export, ReadOnlySpan<byte> args, int count, bool mayWait, out CallFailure failure)
    {
        if (WhyNotNow(caller, target, export, args, count) is { } refusal)
        {
            failure = refusal;
            return RunStatus.Refused;
        }
        failure = default;
        int bytes = args.Length;
        LuauValue[] values = caller.Services.Hooks.Scratch;
        try
        {
            values[0] = target.Vm.CreateString(caller.Id);
            target.Decode(args, values.AsSpan(1, count));
        }
        catch (LuauException)
        {
            // Boundary: the callee has no memory for the arguments.
            Array.Clear(values, 0, count + 1);
            target.Sandbox.OutOfMemory(export.Source);
            failure = Failure("callee error", caller, target.Id, export.Name, "out of memory");
            return RunStatus.Killed;
        }
        var entry = new Entry(export.Source, target.Sandbox.Limits.CallHardMs, mayWait, export.Mask, export.Cost);
        RunStatus status = target.Sandbox.Start(export.Function, values.AsSpan(0, count + 1), entry, isCall: true);
        Array.Clear(values, 0, count + 1);
        Book(export.EdgeFrom(caller.Id), target.Sandbox.LastTime, status, bytes);
        if (status is RunStatus.Failed) failure = Failure("callee error", caller, target.Id, export.Name, target.Sandbox.LastError);
        if (status is RunStatus.Killed) failure = Failure("timeout", caller, target.Id, export.Name, target.Sandbox.LastError);
        return status;
    }

    /// <summary>Copies the results of a callee that has just returned.</summary>
    /// <param name="caller">Who called.</param>
    /// <param name="target">Who was called.</param>
    /// <param name="name">What.</param>
    /// <param name="count">How many there are; they are in the shared encoder, to be taken at once.</param>
    /// <returns>Null, or why not.</returns>
    public static CallFailure? EncodeResults(ModScope caller, ModScope target, string name, out int count)
    {
        ReadOnlySpan<LuauValue> values = target.Sandbox.Results;
        count = values.Length;
        if (count > ValuesMax) return Failure("bad value", caller, target.Id, name, $"{count} results, at most {ValuesMax}");
        if (target.TryEncode(values, "result") is { } refusal) return Failure("bad value", caller, target.Id, name, refusal);
        if (target.Exports.TryGetValue(name, out ModExport? export)) export.EdgeFrom(caller.Id).AddBytes(target.Services.Encoder.Encoded.Length);
        return null;
    }

    static CallFailure? WhyNotNow(ModScope caller, ModScope target, ModExport export, ReadOnlySpan<byte> args, int count)
    {
        if (target.Sandbox.IsBusy)
            return Failure("reentrant", caller, target.Id, export.Name, $"'{target.Id}' is running already: {caller.Services.Stack.Chain()}");
        if (target.Sandbox.IsOverTick) return Failure("unavailable", caller, target.Id, export.Name, $"'{target.Id}' has used its time of this tick");
        if (caller.Services.Stack.CallDepth >= caller.Sandbox.Limits.CallDepth || !target.Sandbox.CanEnter)
            return Failure("reentrant", caller, target.Id, export.Name, $"calls are nested too deeply: {caller.Services.Stack.Chain()}");
        if (export.Declaration is not { } declared) return null;
        if (!export.Admit(caller.Id, caller.Services.Clock.Now))
            return Failure("unavailable", caller, target.Id, export.Name, "called more often than its rate in mod.toml allows");
        string? problem = declared.Arguments?.Problem(args, count, ValueLimits.Of(target.Sandbox.Limits));
        return problem is null ? null : Failure("bad value", caller, target.Id, export.Name, problem);
    }

    static void Book(CostAccount edge, (long Self, long Total) time, RunStatus status, int bytes)
    {
        edge.Add(time.Self, time.Total);
        edge.AddBytes(bytes);
        if (status == RunStatus.Failed) edge.AddError();
        else if (status == RunStatus.Killed) edge.AddKill();
    }

    static CallFailure Failure(string word, ModScope caller, string id, string name, string why) => new(word, $"'{caller.Id}' calls '{id}.{name}': {why}");
}
