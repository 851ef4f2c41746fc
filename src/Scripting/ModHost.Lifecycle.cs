using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Mods;
using GameServer.Scripting.Profiling;
using GameServer.Scripting.Reload;

namespace GameServer.Scripting;

// Starts, reloads, faults: what moves mods through their states (Mods/ModStates.cs). Everything here happens between two ticks.
public sealed partial class ModHost
{
    const double BudgetSuspensionSeconds = 5;
    const double ErrorSuspensionSeconds = 5;
    const int BudgetSuspensionsMax = 3;
    const int ProblemBytesMax = 500;
    const double WishIntervalSeconds = 5;

    /// <summary>Preparations on the pool, by id; one at a time per mod.</summary>
    readonly Dictionary<string, Task<PrepareResult>> _preparing = new(StringComparer.Ordinal);
    readonly HashSet<string> _forced = new(StringComparer.Ordinal);
    IReadOnlyDictionary<string, string> _blocked = new Dictionary<string, string>();

    /// <summary>Reads the mods folder, compiles everything (on the pool), and starts the mods in their order. Blocks until done; starts watching.</summary>
    public LoadReport LoadAll()
    {
        Task codePrepared = CodePreparation.Start();
        if (_options.WarmsUp) WarmUp.Run(_starter, _hooks, _registry, _time);
        _bootstrap.Run(_options.BootstrapFile);
        _watcher.Start();
        IReadOnlyList<CatalogEntry>? catalog = ModCatalog.Read(_options.ModsFolder);
        if (catalog is null) _log.ModsFolderMissing(_options.ModsFolder);
        foreach (CatalogEntry entry in catalog ?? []) Discover(entry);
        Mod[] fresh = [.. _mods.InOrder.Where(mod => mod.State == ModState.Discovered)];
        PrepareResult[] results = new PrepareResult[fresh.Length];
        Parallel.For(0, fresh.Length, i => results[i] = ModLoader.Prepare(fresh[i].Id, fresh[i].Folder, fresh[i].Limits));
        for (int i = 0; i < fresh.Length; i++) Judge(fresh[i], results[i], forced: false);
        StartWhatCanStart("start");
        codePrepared.Wait();
        return new LoadReport(_mods.InOrder.Count(mod => mod.IsRunning), [.. _mods.InOrder.Where(mod => !mod.IsRunning).Select(StatusOf)]);
    }

    /// <summary>The slot between two ticks: what changed on disk, what is due, who asked.</summary>
    void RunLifecycleSlot()
    {
        // By index: enumerating an interface allocates, and this runs every tick.
        IReadOnlyList<(string Id, long At)> touched = _watcher.TakeTouched();
        for (int i = 0; i < touched.Count; i++) _debouncer.Touch(touched[i].Id, touched[i].At);
        IReadOnlyList<string> due = _debouncer.TakeDue();
        for (int i = 0; i < due.Count; i++) Prepare(due[i]);
        if (_mods.ReloadRequests.Count > 0)
        {
            string[] asked = [.. _mods.ReloadRequests];
            _mods.ReloadRequests.Clear();
            foreach (string id in asked)
            {
                _forced.Add(id);
                Prepare(id);
            }
        }
        if (_mods.ReloadWishes.Count > 0) GrantWishes();
        TakePrepared();
        WakeSleepers();
    }

    /// <summary>Reloads that scripts asked for: starting takes as long as the limits of starting allow, so no mod gets them one after the other.</summary>
    void GrantWishes()
    {
        foreach (string id in _mods.ReloadWishes.ToArray())
        {
            if (_mods.Find(id) is { } mod && mod.IsRunning && _clock.Now - mod.WishGrantedAt < WishIntervalSeconds) continue;
            _mods.ReloadWishes.Remove(id);
            if (_mods.Find(id) is not { IsRunning: true } wished) continue;
            wished.WishGrantedAt = _clock.Now;
            _forced.Add(id);
            Prepare(id);
        }
    }

    /// <summary>Reads and compiles a mod on the pool.</summary>
    void Prepare(string id)
    {
        if (_preparing.ContainsKey(id))
        {
            // The content being read may be older than this touch: look again afterwards.
            _debouncer.Touch(id);
            return;
        }
        Mod? mod = _mods.Find(id);
        string folder = mod?.Folder ?? Path.Combine(_options.ModsFolder, id);
        if (!Directory.Exists(folder))
        {
            if (mod is not null) Forget(mod);
            return;
        }
        if (mod is null)
        {
            CatalogEntry? entry = ModCatalog.Read(_options.ModsFolder)?.FirstOrDefault(entry => entry.Id == id);
            if (entry is null || (mod = Discover(entry)) is null || entry.Problem is not null) return;
        }
        ModLimits limits = LimitsOf(mod, null);
        _preparing[id] = Task.Run(() => ModLoader.Prepare(id, folder, limits));
    }

    /// <summary>Takes what the pool has finished: judges it, and swaps or starts it. A few per tick, in start order.</summary>
    void TakePrepared()
    {
        if (_preparing.Count == 0) return;
        int done = 0;
        foreach (string id in _preparing.Where(job => job.Value.IsCompleted).Select(job => job.Key).OrderBy(id => _mods.Find(id)?.Place.Order ?? int.MaxValue).ToArray())
        {
            Mod? mod = _mods.Find(id);
            if (mod is not null && _clock.Now - mod.ReloadedAt < _options.ReloadInterval.TotalSeconds) continue;
            if (++done > _options.ReloadsPerTickMax) return;
            _preparing.Remove(id, out Task<PrepareResult>? job);
            if (mod is not null) Apply(mod, job!.Result, _forced.Remove(id));
        }
    }

    /// <summary>What a mod's files have become: nothing new, a refusal, a swap, or a start.</summary>
    void Apply(Mod mod, PrepareResult result, bool forced)
    {
        if (result.IsChanging)
        {
            _debouncer.Touch(mod.Id);
            return;
        }
        if (result.Hash.Length > 0 && result.WatchedHash == mod.JudgedHash && !forced) return;
        mod.ReloadedAt = _clock.Now;
        bool running = mod.State is ModState.Running or ModState.Suspended;
        Judge(mod, result, forced);
        if (mod.Prepared is not { } next || result.Mod is null || mod.IsStoppedByOperator) return;
        if (!running)
        {
            mod.Faults.Forgive();
            StartWhatCanStart("start");
            return;
        }
        SettleOrder();
        if (_blocked.TryGetValue(mod.Id, out string? why) || (why = Refusal(mod)) is not null)
        {
            mod.Stale = true;
            _log.ReloadRefused(mod.Id, why);
            RestoreAfterRefusal(mod);
            return;
        }
        if (mod.IsSuspendedByOperator && !forced)
        {
            // Not called until it is started; it gets its new version then.
            mod.Stale = true;
            return;
        }
        SwapNow(mod, next);
        StartWhatCanStart("start");
    }

    /// <summary>Weighs what was read: manifest, rights, limits; keeps the old where the new will not do.</summary>
    void Judge(Mod mod, PrepareResult result, bool forced)
    {
        bool repeated = result.Hash.Length > 0 && result.WatchedHash == mod.JudgedHash && !forced;
        mod.JudgedHash = result.WatchedHash;
        bool running = mod.State is ModState.Running or ModState.Suspended;
        string problems = string.Join("; ", result.Problems.Select(problem => ModLog.Clean(problem, ProblemBytesMax)));
        if (result.Mod is not null && TrustProblem(mod.Id, result.Hash) is { } pinned) (result, problems) = (result with { Mod = null }, pinned);
        if (result.Mod is not { } next)
        {
            if (running)
            {
                mod.Stale = true;
                if (!repeated) _log.ReloadRefused(mod.Id, problems);
                return;
            }
            mod.Manifest = null;
            mod.Prepared = null;
            if (ModStates.IsMove(mod.State, ModState.Invalid)) mod.Move(ModState.Invalid, problems);
            if (!repeated) _log.Invalid(mod.Id, problems);
            return;
        }
        mod.Prepared = next;
        mod.Manifest = next.Manifest;
        Equip(mod, next.Manifest);
        if (!running && mod.State != ModState.Validated && ModStates.IsMove(mod.State, ModState.Validated) && !mod.IsStoppedByOperator) mod.Move(ModState.Validated);
    }

    /// <summary>Rights and limits of a mod, from the operator's word and the manifest's wishes.</summary>
    void Equip(Mod mod, ModManifest manifest)
    {
        Grants before = mod.Grants;
        (mod.Trust, mod.Grants) = RightsOf(mod, manifest);
        mod.Limits = LimitsOf(mod, manifest);
        foreach (string note in mod.Grants.Notes.Except(before.Notes)) _log.Note(mod.Id, note);
        bool asks = manifest.RequiredPermissions.Count + manifest.OptionalPermissions.Count > 0;
        if (asks && (before.Mask != mod.Grants.Mask || before.RefusedOptional.Count != mod.Grants.RefusedOptional.Count))
            _log.Permissions(mod.Id, string.Join(", ", PermissionCatalog.Names(mod.Grants.Mask)), string.Join(", ", mod.Grants.RefusedRequired.Concat(mod.Grants.RefusedOptional)));
    }

    ModTrust TrustOf(Mod mod) => _options.CoreMods.ContainsKey(mod.Id) || _bootstrap.Core.Contains(mod.Id) ? ModTrust.Core : ModTrust.User;

    (ModTrust Trust, Grants Grants) RightsOf(Mod mod, ModManifest manifest)
    {
        ModSettings settings = _options.Mods.GetValueOrDefault(mod.Id) ?? new ModSettings();
        ModTrust trust = TrustOf(mod);
        return (trust, Grants.Settle(trust, manifest.RequiredPermissions, manifest.OptionalPermissions,
            [.. settings.Grant, .. _bootstrap.Granted.GetValueOrDefault(mod.Id) ?? []], [.. settings.Deny, .. _bootstrap.Denied.GetValueOrDefault(mod.Id) ?? []]));
    }

    ModLimits LimitsOf(Mod mod, ModManifest? manifest)
    {
        ModLimits limits = TrustOf(mod) == ModTrust.Core ? _options.CoreLimits : _options.UserLimits;
        if (_options.Mods.TryGetValue(mod.Id, out ModSettings? settings)) limits = LimitCatalog.Apply(limits, settings.Limits);
        if (manifest is not null) limits = LimitCatalog.Apply(limits, manifest.Limits, lowerOnly: true);
        return LimitCatalog.Apply(limits, mod.SetLimits);
    }

    string? TrustProblem(string id, string hash) =>
        _options.CoreMods.TryGetValue(id, out string? pin) && pin is not null && !pin.Equals(hash, StringComparison.OrdinalIgnoreCase)
            ? $"its files have SHA-256 {hash}, [core] pins {pin}"
            : null;

    static string? Refusal(Mod mod) =>
        mod.Grants.RefusedRequired.Count == 0 ? null : $"requires {string.Join(", ", mod.Grants.RefusedRequired)}, which mod '{mod.Id}' is not granted in server.toml";

    /// <summary>The old version goes on: what is settled by manifest is the old manifest's again.</summary>
    void RestoreAfterRefusal(Mod mod)
    {
        mod.Prepared = mod.LastGood;
        mod.Manifest = mod.LastGood?.Manifest;
        if (mod.Manifest is { } manifest) Equip(mod, manifest);
        SettleOrder();
    }

    void SettleOrder()
    {
        LoadOrder order = _mods.Settle(mod => Refusal(mod) is null && !mod.IsStoppedByOperator && mod.State is not (ModState.Invalid or ModState.Broken));
        _blocked = order.Blocked;
        _registry.Resort();
    }

    /// <summary>Starts every mod that is ready, in order; those that are not for want of others are blocked and looked at again whenever something changed.</summary>
    void StartWhatCanStart(string reason)
    {
        SettleOrder();
        foreach (Mod mod in _mods.InOrder)
        {
            if (mod.Prepared is null || mod.IsStoppedByOperator || mod.State is not (ModState.Validated or ModState.Blocked)) continue;
            string? why = Refusal(mod) ?? _blocked.GetValueOrDefault(mod.Id);
            if (why is not null)
            {
                if (mod.Reason != why)
                {
                    mod.Move(ModState.Blocked, why);
                    _log.Blocked(mod.Id, why);
                }
                continue;
            }
            if (mod.State == ModState.Blocked) mod.Move(ModState.Validated);
            StartNow(mod, mod.Prepared, reason);
        }
    }

    bool StartNow(Mod mod, PreparedMod prepared, string reason)
    {
        long begin = _time.GetTimestamp();
        mod.Manifest = prepared.Manifest;
        Equip(mod, prepared.Manifest);
        mod.Move(ModState.Loading);
        if (_starter.Start(mod, prepared, reason, Inheritance.None) is { } failure)
        {
            mod.Move(ModState.Faulted, failure);
            FaultedOrBroken(mod, failure);
            return false;
        }
        mod.LastGood = prepared;
        mod.Stale = false;
        mod.Move(ModState.Running);
        mod.Faults.Started(_clock.Now);
        _log.Loaded(mod.Id, prepared.Version, mod.Generation, _time.GetElapsedTime(begin).TotalMilliseconds);
        if (_serverStarted) _hooks.NotifyOne(HookCatalog.ServerStart, mod.Scope!.Subscriber, HookValue.Table(("late", true)));
        _hooks.Notify(HookCatalog.ModLoaded, mod.Id, prepared.Version, mod.Generation, reason);
        return true;
    }

    void SwapNow(Mod mod, PreparedMod next)
    {
        string[] before = mod.Scope is { } old ? [.. old.Exports.Keys] : [];
        SwapResult result = _reloader.Swap(mod, next);
        if (mod.Scope is { } now)
        {
            foreach (string name in before.Where(name => !now.Exports.ContainsKey(name))) WarnCallers(mod, name);
        }
        AfterSwap(mod, result);
    }

    /// <summary>An export that others have called is gone.</summary>
    void WarnCallers(Mod mod, string export)
    {
        foreach (CallEdge edge in mod.Costs.Edges.Where(edge => edge.Export == export && _mods.Find(edge.Caller) is { IsRunning: true }))
            _log.ExportGone(mod.Id, export, edge.Caller);
    }

    void AfterSwap(Mod mod, SwapResult result)
    {
        if (result == SwapResult.Failed)
        {
            // on_error = "stop" means: no restart until the files change.
            if (mod.Prepared?.Manifest.OnError == ReloadFailure.Stop) GiveUp(mod, mod.Reason);
            else FaultedOrBroken(mod, mod.Reason);
            return;
        }
        mod.Faults.Started(_clock.Now);
        if (result == SwapResult.RolledBack)
        {
            mod.Prepared = mod.LastGood;
            mod.Manifest = mod.LastGood!.Manifest;
        }
        _hooks.Notify(HookCatalog.ModLoaded, mod.Id, mod.LastGood!.Version, mod.Generation, result == SwapResult.Swapped ? "reload" : "rollback");
    }

    /// <summary>A fault that ends the generation, or its service for a while.</summary>
    void HandleFault(Mod mod, PendingFault fault)
    {
        mod.Pending = null;
        if (mod.State is not (ModState.Running or ModState.Suspended)) return;
        if (fault.Verdict == FaultVerdict.Suspend)
        {
            Suspend(mod, fault.Reason, ErrorSuspensionSeconds);
            return;
        }
        mod.Move(ModState.Faulted, fault.Reason);
        _starter.End(mod);
        DropWaiting(mod);
        FaultedOrBroken(mod, fault.Reason);
    }

    void FaultedOrBroken(Mod mod, string reason)
    {
        _log.Faulted(mod.Id, reason);
        _hooks.Notify(HookCatalog.ModFailed, mod.Id, mod.Prepared?.Version, mod.Generation, reason);
        if (mod.Faults.NextRestart(_clock.Now, mod.Limits.RestartsWindow) is not { } wait)
        {
            GiveUp(mod, reason);
            return;
        }
        mod.Move(ModState.Backoff, reason);
        mod.WakeAt = _clock.Now + wait;
        _log.Restarting(mod.Id, wait);
    }

    void GiveUp(Mod mod, string reason)
    {
        mod.Move(ModState.Broken, reason);
        _log.Broken(mod.Id, reason);
    }

    void SuspendForBudget(Mod mod)
    {
        if (++mod.BudgetSuspensions < BudgetSuspensionsMax)
        {
            Suspend(mod, "it used far more time than its share (tick_budget_ms)", BudgetSuspensionSeconds);
            return;
        }
        mod.BudgetSuspensions = 0;
        mod.Move(ModState.Faulted, "suspended too often for its use of time");
        _starter.End(mod);
        DropWaiting(mod);
        GiveUp(mod, mod.Reason);
    }

    void Suspend(Mod mod, string reason, double seconds)
    {
        mod.Move(ModState.Suspended, reason);
        mod.WakeAt = _clock.Now + seconds;
        _log.Suspended(mod.Id, reason);
    }

    /// <summary>Ends waits: backoff starts again from the last good version if the present one never ran, suspension goes on with the same VM.</summary>
    void WakeSleepers()
    {
        foreach (Mod mod in _mods.InOrder)
        {
            if (mod.WakeAt > _clock.Now) continue;
            if (mod.State == ModState.Suspended)
            {
                mod.Move(ModState.Running);
                _log.Resumed(mod.Id);
            }
            else if (mod.State == ModState.Backoff && (mod.LastGood ?? mod.Prepared) is { } prepared)
            {
                StartNow(mod, prepared, "restart");
            }
        }
    }

    /// <summary>A folder of the mods folder is met for the first time.</summary>
    Mod? Discover(CatalogEntry entry)
    {
        if (_options.Disabled.Contains(entry.Id) || _mods.Find(entry.Id) is not null) return null;
        var mod = new Mod(entry.Id, entry.Folder, _services.World.Join(entry.Id), _log, _clock, _time, _jitter, _recorder.Clock);
        mod.Limits = LimitsOf(mod, null);
        _mods.Add(mod);
        if (entry.Problem is null) return mod;
        mod.Move(ModState.Invalid, entry.Problem);
        _log.Note(mod.Id, $"is not loaded: {entry.Problem}");
        return mod;
    }

    /// <summary>The folder is gone.</summary>
    void Forget(Mod mod)
    {
        Unload(mod, "removed");
        _services.World.Leave(mod.Entities);
        _mods.Remove(mod);
        SettleOrder();
    }

    void Unload(Mod mod, string reason)
    {
        if (mod.State is ModState.Running or ModState.Suspended)
        {
            string version = mod.Scope?.Identity.Version ?? "";
            mod.Move(ModState.Unloading, reason);
            _starter.Stop(mod, reason, keepState: false);
            DropWaiting(mod);
            mod.Move(ModState.Stopped, reason);
            _log.Unloaded(mod.Id, reason);
            _hooks.Notify(HookCatalog.ModUnloaded, mod.Id, version, mod.Generation, reason);
        }
        else if (ModStates.IsMove(mod.State, ModState.Stopped))
        {
            mod.Move(ModState.Stopped, reason);
        }
    }
}
