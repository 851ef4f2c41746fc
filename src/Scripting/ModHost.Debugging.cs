using System.Text;
using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Profiling;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Mods;

namespace GameServer.Scripting;

// For finding out why something is as it is: why a mod is not in service, who decided what, what a mod's variables hold.
public sealed partial class ModHost
{
    const int EvalBytesMax = 16 << 10;

    /// <summary>Why a mod is in its state, what happened before, what comes next, and what an operator can do; null when there is none of this id.</summary>
    public ModWhy? Why(string id)
    {
        if (_mods.Find(id) is not { } mod) return null;
        double wait = mod.WakeAt - _clock.Now;
        return new ModWhy
        {
            Mod = id,
            State = mod.State,
            Since = TimeSpan.FromSeconds(_clock.Now - mod.Since),
            Reason = mod.Reason,
            Stale = mod.Stale,
            Order = _mods.InOrder.TakeWhile(other => other != mod).Count() + 1,
            After = mod.Manifest is null ? [] : [.. mod.Manifest.Declarations.Dependencies.Order(StringComparer.Ordinal)],
            NextTry = double.IsFinite(wait) ? TimeSpan.FromSeconds(Math.Max(0, wait)) : null,
            ThinkEvery = mod.Budget.ThinkEvery,
            MeanMilliseconds = Math.Round(mod.Budget.MeanMilliseconds, 3),
            BudgetMilliseconds = mod.Budget.BudgetMilliseconds,
            Advice = AdviceFor(mod),
            Events = mod.History.Events,
        };
    }

    /// <summary>Shows a watcher what handlers do from now on, until it is closed.</summary>
    public void Watch(HookWatch watch) => _hooks.Watch(watch);

    /// <summary>Whether a hook of this name exists: of the server, or one that some mod has used.</summary>
    public bool IsHook(string name) => _registry.Find(name) is not null;

    /// <summary>Ends what a mod is running right now, as if its time were over. Any thread: for orders that cannot wait until a mod that hangs lets the tick go on.</summary>
    public void CutShort(string id)
    {
        foreach (Mod mod in _mods.InOrder)
        {
            if (mod.Id == id) mod.Scope?.Sandbox.CutShort();
        }
    }

    /// <summary>Runs code in a mod's globals, with the mod's rights and within its limit for events. For development: refused unless the options say so.</summary>
    /// <param name="id">The mod.</param>
    /// <param name="code">An expression, whose values are shown, or statements.</param>
    public ModOrder Eval(string id, string code)
    {
        if (!_options.Development) return new ModOrder(false, "eval works on development servers only: [server] dev = true, or run --dev");
        if (_mods.Find(id) is not { } mod) return Unknown(id);
        if (mod.Scope is not { } scope || !scope.Sandbox.CanEnter) return new ModOrder(false, $"mod '{id}' is {mod.State.ToString().ToLowerInvariant()}");
        if (Encoding.UTF8.GetByteCount(code) > EvalBytesMax) return new ModOrder(false, $"the code has more than {EvalBytesMax} bytes");
        if (!TryCompile($"return {code}", out CompiledChunk? chunk, out _) && !TryCompile(code, out chunk, out string mistake)) return new ModOrder(false, mistake);
        LuauFunction function;
        try
        {
            function = scope.Vm.Load(chunk!, scope.Sandbox.Environment);
        }
        catch (LuauException)
        {
            return new ModOrder(false, $"mod '{id}' has no memory left for this");
        }
        scope.Sandbox.ResetTickAllowance();
        RunStatus status = scope.Sandbox.Start(function, [], new Entry("eval", scope.Sandbox.Limits.EventHardMs, MayYield: true, scope.Sandbox.Grants));
        return status switch
        {
            RunStatus.Returned => new ModOrder(true, scope.Sandbox.Results.Length == 0 ? "done" : RawText.Of(scope.Vm, scope.Sandbox.Results)),
            RunStatus.Waiting => new ModOrder(true, "it waits; what comes later is not shown"),
            _ => new ModOrder(false, ModLog.Clean(scope.Sandbox.LastError, 2000)),
        };
    }

    static bool TryCompile(string code, out CompiledChunk? chunk, out string mistake)
    {
        try
        {
            (chunk, mistake) = (LuauVm.Compile(Encoding.UTF8.GetBytes(code), "=eval"), "");
            return true;
        }
        catch (LuauCompileException e)
        {
            (chunk, mistake) = (null, e.Message);
            return false;
        }
    }

    static string AdviceFor(Mod mod) => mod.State switch
    {
        ModState.Invalid => "repair the file that the reason names; saving is enough",
        ModState.Blocked => "install or repair what the reason names; it starts by itself then",
        ModState.Running when mod.Stale => "its files do not load: repair them, saving is enough; the version before goes on meanwhile",
        ModState.Running when mod.Budget.ThinkEvery > 1 =>
            $"it takes more than its share: gameserver mod show {mod.Id}, or give it more with: gameserver mod limit {mod.Id} tick_budget_ms 8",
        ModState.Suspended when double.IsInfinity(mod.WakeAt) => $"an operator suspended it: gameserver mod start {mod.Id}",
        ModState.Suspended or ModState.Backoff => $"nothing; or at once: gameserver mod start {mod.Id}",
        ModState.Broken => $"repair its files, or try again as it is: gameserver mod start {mod.Id}",
        ModState.Stopped => $"gameserver mod start {mod.Id}",
        _ => "",
    };
}
