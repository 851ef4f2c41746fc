using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Scheduling;

namespace GameServer.Scripting.Mods;

/// <summary>What one generation leaves to the next.</summary>
/// <param name="State">What OnUnload returned; null for nothing.</param>
/// <param name="PlayerData">The mod's tables about players.</param>
/// <param name="FromVersion">Version of the generation that left it.</param>
/// <param name="UnloadFailed">Whether its OnUnload failed or was stopped.</param>
sealed record Inheritance(EncodedValues? State, Dictionary<int, EncodedValues> PlayerData, string FromVersion, bool UnloadFailed)
{
    /// <summary>Nothing.</summary>
    public static Inheritance None => new(null, [], "", false);
}

/// <summary>Begins and ends generations: VM, API, main chunk, hooks, OnLoad; OnUnload and release. Changes no state of the mod's state machine.</summary>
/// <remarks>Tick thread, while no script is under way.</remarks>
sealed class ModStarter(ApiServices services, Watchdog watchdog, TimeProvider time, long seed)
{
    const int FailureBytesMax = 500;

    /// <summary>Starts a generation.</summary>
    /// <param name="mod">The mod; its scope is the new one on success, null otherwise.</param>
    /// <param name="prepared">What to start.</param>
    /// <param name="reason">For OnLoad: <c>start</c>, <c>reload</c>, <c>restart</c> or <c>rollback</c>.</param>
    /// <param name="inheritance">From the generation before.</param>
    /// <returns>Null, or why it did not start.</returns>
    public string? Start(Mod mod, PreparedMod prepared, string reason, Inheritance inheritance)
    {
        mod.Generation++;
        mod.Pending = null;
        var sandbox = new Sandbox(mod.Id, mod.Limits, mod.Grants.Mask, OptionsOf(mod), services.Stack, watchdog, mod, mod.Costs);
        var identity = new ModIdentity(mod.Id, prepared.Version, mod.Generation, mod.Trust);
        var scope = new ModScope(identity, prepared.Manifest.Declarations, sandbox, services, mod.Queue, mod.Place, mod.Log);
        mod.Scope = scope;
        scope.OwnEntities = mod.Entities;
        scope.Texts = prepared.Texts;
        mod.Entities.Adopt(sandbox.Account, mod.Limits);
        mod.Budget.BudgetMilliseconds = mod.Limits.TickBudgetMs;
        string? failure = Build(mod, scope, prepared) ?? RunMain(scope, prepared) ?? RegisterGlobals(scope) ?? Load(mod, scope, reason, inheritance);
        if (failure is null) return null;
        End(mod);
        return ModLog.Clean(failure, FailureBytesMax);
    }

    /// <summary>Ends a generation in order: OnUnload, then everything is released and the VM destroyed.</summary>
    /// <param name="mod">The mod.</param>
    /// <param name="reason">For OnUnload.</param>
    /// <param name="keepState">Whether what it returns matters.</param>
    public Inheritance Stop(Mod mod, string reason, bool keepState)
    {
        if (mod.Scope is not { } scope) return Inheritance.None;
        scope.Sandbox.IsPaused = false;
        scope.Sandbox.ResetTickAllowance();
        long mistakes = mod.Errors + mod.Kills;
        EncodedValues? state = services.Hooks.CollectOne(HookCatalog.OnUnload, scope.Subscriber, reason);
        bool unloadFailed = mod.Errors + mod.Kills > mistakes;
        var leftOut = new List<string>();
        Dictionary<int, EncodedValues> data = keepState && !scope.Sandbox.Vm.IsDoomed ? scope.Players.SaveData(leftOut) : [];
        foreach (string refusal in leftOut) scope.Sandbox.Report("reload", $"not handed over: {refusal}");
        string version = scope.Identity.Version;
        End(mod);
        return new Inheritance(keepState ? state : null, data, version, unloadFailed);
    }

    /// <summary>Ends a generation without running any of its code.</summary>
    public void End(Mod mod)
    {
        if (mod.Scope is not { } scope) return;
        mod.EarlierMilliseconds += scope.Sandbox.TotalMilliseconds;
        mod.Scope = null;
        mod.Entities.Release();
        scope.Dispose();
    }

    string? Build(Mod mod, ModScope scope, PreparedMod prepared)
    {
        try
        {
            ApiCatalog.Install(scope);
            scope.Modules = new ModuleLoader(scope, prepared);
            scope.Assets = prepared.Manifest.Assets.ToDictionary(asset => asset.Key, asset => prepared.Snapshot.Files[asset.Value], StringComparer.Ordinal);
            scope.Sandbox.Seal();
            return prepared.Manifest.Config.Count == 0 ? null : scope.Config.Define(prepared.Manifest.Config);
        }
        catch (LuauException)
        {
            // Boundary: even the libraries do not fit.
            return $"the memory limit of {mod.Limits.MemoryHardMb} MiB is too small (memory_hard_mb)";
        }
    }

    static string? RunMain(ModScope scope, PreparedMod prepared)
    {
        LuauFunction main;
        try
        {
            main = scope.Vm.Load(prepared.Chunks[prepared.Manifest.Entry], scope.Sandbox.Environment);
        }
        catch (LuauException)
        {
            return "the memory limit is too small for the scripts (memory_hard_mb)";
        }
        var entry = new Entry("main chunk", scope.Sandbox.Limits.LoadMs, MayYield: false, scope.Sandbox.Grants);
        return scope.Sandbox.Start(main, [], entry) == RunStatus.Returned ? null : scope.Sandbox.LastError;
    }

    /// <summary>Global functions named like hooks are handlers: the shortest mod is one function.</summary>
    static string? RegisterGlobals(ModScope scope)
    {
        foreach (HookRow row in HookCatalog.Rows)
        {
            if (scope.Vm.Get(scope.Sandbox.Environment, row.Name).As<LuauFunction>() is not { } function) continue;
            if (scope.Services.Registry[row].Handlers.Any(handler => handler.Subscriber == scope.Subscriber && handler.IsFor(function))) continue;
            string? refusal = HookApi.WhyNot(scope, row.Name, scope.Sandbox.Grants);
            if (refusal is null) (_, refusal) = scope.AddHandler(row.Name, function, scope.Sandbox.Grants);
            if (refusal is not null) scope.Sandbox.Report(row.Name, $"the global function {row.Name} is not called: {refusal}");
        }
        return null;
    }

    string? Load(Mod mod, ModScope scope, string reason, Inheritance inheritance)
    {
        scope.Players.RestoreData(inheritance.PlayerData);
        scope.Sandbox.ResetTickAllowance();
        long kills = mod.Kills;
        IReadOnlyList<IPlayer> present = services.Players.All;
        var players = new HookValue[present.Count];
        for (int i = 0; i < players.Length; i++) players[i] = PlayerHandles.ToValue(present[i]);
        HookValue info = HookValue.Table(
            ("reason", reason), ("generation", (double)mod.Generation), ("fromVersion", inheritance.FromVersion.Length == 0 ? null : inheritance.FromVersion),
            ("unloadFailed", inheritance.UnloadFailed), ("state", inheritance.State is { } state ? HookValue.Encoded(state) : default), ("players", HookValue.List(players)));
        if (!services.Hooks.NotifyOne(HookCatalog.OnLoad, scope.Subscriber, info)) return scope.Sandbox.LastError;
        scope.Sandbox.ResetTickAllowance();
        // A kill in something that OnLoad started is as bad as one in OnLoad.
        return mod.Kills > kills ? scope.Sandbox.LastError : null;
    }

    LuauVmOptions OptionsOf(Mod mod) => new()
    {
        MemoryBytesMax = mod.Limits.MemoryBytes,
        MemorySoftPercent = (int)mod.Limits.MemorySoftPct,
        OnMemoryLimit = MemoryFault.Kill,
        Time = (mod.Grants.Mask & Permission.TimeWall) != 0 ? time : new TickTime(services.Clock),
        MeasuringTime = time,
        RandomSeed = SeedOf(mod.Id),
    };

    /// <summary>The same for the same server seed and mod, so that a recorded run can be repeated.</summary>
    long SeedOf(string id)
    {
        ulong hash = 14695981039346656037UL ^ (ulong)seed;
        foreach (char c in id) hash = (hash ^ c) * 1099511628211UL;
        return (long)hash;
    }
}
