using GameServer.Scripting.Isolation;
using GameServer.Scripting.Mods;
using GameServer.Toml;

namespace GameServer.Scripting;

// What operators ask and order. Orders that change states are carried out here and now, so call them between two ticks.
public sealed partial class ModHost
{
    /// <summary>Every mod on disk or in memory, by id.</summary>
    public IReadOnlyList<ModStatus> List() => [.. _mods.InOrder.OrderBy(mod => mod.Id, StringComparer.Ordinal).Select(StatusOf)];

    /// <summary>Bytes of entities sent to players since the server started.</summary>
    public long WorldBytesSent => _snapshots.BytesSent;

    /// <summary>What mods show about the server to those who look from outside: value by <c>mod.key</c>.</summary>
    public IReadOnlyDictionary<string, string> QueryFields => _services.QueryFields;

    /// <summary>One mod; null when there is none of this id.</summary>
    public ModStatus? Status(string id) => _mods.Find(id) is { } mod ? StatusOf(mod) : null;

    /// <summary>Reads a mod's files again and swaps it in, whether or not they changed. Works without watching.</summary>
    public ModOrder Reload(string id)
    {
        if (_mods.Find(id) is null && !Directory.Exists(Path.Combine(_options.ModsFolder, id))) return Unknown(id);
        if (ModId.Problem(id) is { } wrong) return new ModOrder(false, wrong);
        if (_mods.Find(id) is { IsStoppedByOperator: true }) return new ModOrder(false, $"mod '{id}' is stopped; start it instead");
        _mods.ReloadRequests.Add(id);
        return new ModOrder(true, $"mod '{id}' is being reloaded");
    }

    /// <summary>Starts a mod that is not running, with a clean slate.</summary>
    public ModOrder Start(string id)
    {
        if (_mods.Find(id) is not { } mod) return Unknown(id);
        mod.IsStoppedByOperator = false;
        mod.Faults.Forgive();
        mod.BudgetSuspensions = 0;
        switch (mod.State)
        {
            case ModState.Running:
                return new ModOrder(true, $"mod '{id}' is running");
            case ModState.Suspended when mod.Prepared is not null && mod.Prepared != mod.LastGood:
                // Its files changed meanwhile.
                _mods.ReloadRequests.Add(id);
                return new ModOrder(true, $"mod '{id}' is being reloaded and in service again");
            case ModState.Suspended:
                mod.Move(ModState.Running);
                _log.Resumed(id);
                return new ModOrder(true, $"mod '{id}' is in service again");
            case ModState.Broken or ModState.Backoff when mod.Prepared is { } prepared:
                return StartNow(mod, prepared, "start") ? new ModOrder(true, $"mod '{id}' started") : new ModOrder(false, mod.Reason);
            default:
                // The files are read anew: they may have changed while nobody looked.
                mod.JudgedHash = "";
                _mods.ReloadRequests.Add(id);
                return new ModOrder(true, $"mod '{id}' is being started");
        }
    }

    /// <summary>Unloads a mod until it is started again.</summary>
    public ModOrder Stop(string id)
    {
        if (_mods.Find(id) is not { } mod) return Unknown(id);
        mod.IsStoppedByOperator = true;
        Unload(mod, "stopped by an operator");
        return new ModOrder(true, $"mod '{id}' is stopped");
    }

    /// <summary>Keeps a mod in memory but does not call it, until it is started.</summary>
    public ModOrder Suspend(string id)
    {
        if (_mods.Find(id) is not { } mod) return Unknown(id);
        if (mod.State == ModState.Suspended)
        {
            mod.WakeAt = double.PositiveInfinity;
            return new ModOrder(true, $"mod '{id}' is suspended");
        }
        if (!mod.IsRunning) return new ModOrder(false, $"mod '{id}' is {mod.State.ToString().ToLowerInvariant()}");
        Suspend(mod, "by an operator", double.PositiveInfinity);
        return new ModOrder(true, $"mod '{id}' is suspended");
    }

    /// <summary>Sets one limit of one mod from now on, until the settings are read again or the server ends.</summary>
    /// <param name="id">Mod.</param>
    /// <param name="key">Key of <see cref="LimitCatalog"/>.</param>
    /// <param name="value">New value.</param>
    public ModOrder SetLimit(string id, string key, double value)
    {
        if (_mods.Find(id) is not { } mod) return Unknown(id);
        if (LimitCatalog.Find(key) is not { } row) return new ModOrder(false, $"unknown limit '{key}'{Suggestion.For(key, LimitCatalog.Rows.Select(known => known.Key))}");
        if (!(value >= row.Min && value <= row.Max)) return new ModOrder(false, $"{key} must be {row.Min} to {row.Max} {row.Unit}".TrimEnd());
        mod.SetLimits[key] = value;
        EnforceLimits(mod);
        return new ModOrder(true, $"{key} of mod '{id}' is {value} {row.Unit}".TrimEnd());
    }

    /// <summary>Takes the limits, rights and trust of mods from settings that were read anew: limits hold at once, also for what runs; a mod whose rights changed
    /// is reloaded. What <see cref="SetLimit"/> had set is forgotten.</summary>
    /// <param name="settings">New settings; of these the limits, <see cref="ModHostOptions.CoreMods"/> and <see cref="ModHostOptions.Mods"/> count.</param>
    public ModOrder Reconfigure(ModHostOptions settings)
    {
        _options = _options with { UserLimits = settings.UserLimits, CoreLimits = settings.CoreLimits, CoreMods = settings.CoreMods, Mods = settings.Mods };
        int touched = 0, reloads = 0;
        foreach (Mod mod in _mods.InOrder.ToArray())
        {
            ModLimits before = mod.Limits;
            mod.SetLimits.Clear();
            EnforceLimits(mod);
            if (mod.Limits != before) touched++;
            if (mod.Manifest is not { } manifest) continue;
            (ModTrust trust, Grants grants) = RightsOf(mod, manifest);
            if (trust == mod.Trust && grants.Mask == mod.Grants.Mask) continue;
            if (!mod.IsStoppedByOperator) _mods.ReloadRequests.Add(mod.Id);
            reloads++;
        }
        return new ModOrder(true, $"limits of {touched} mods changed; {reloads} are reloaded because their rights changed");
    }

    /// <summary>Brings the limits in force to a mod and to what runs of it.</summary>
    void EnforceLimits(Mod mod)
    {
        mod.Limits = LimitsOf(mod, mod.Manifest);
        mod.Budget.BudgetMilliseconds = mod.Limits.TickBudgetMs;
        mod.Entities.Limits = mod.Limits;
        if (mod.Scope is not { } scope) return;
        scope.EnforceLimits(mod.Limits);
        if (scope.Vm.IsDoomed || scope.Vm.MemoryUsed <= mod.Limits.MemoryBytes) return;
        long live = scope.Vm.MeasureLive();
        if (live > mod.Limits.MemoryBytes) mod.Condemn($"it holds {live >> 10} KiB, above its new limit (memory_hard_mb, {mod.Limits.MemoryHardMb} MiB)");
    }

    ModStatus StatusOf(Mod mod) => new()
    {
        Id = mod.Id,
        Version = mod.Scope?.Identity.Version ?? mod.Manifest?.Version.ToNormalizedString() ?? "",
        Trust = mod.Trust,
        State = mod.State,
        Reason = mod.Reason,
        Stale = mod.Stale,
        Hash = mod.Scope is null ? "" : mod.LastGood?.Snapshot.Hash ?? "",
        FilesHash = mod.JudgedHash,
        Generation = mod.Generation,
        InState = TimeSpan.FromSeconds(_clock.Now - mod.Since),
        MemoryBytes = mod.Scope?.Vm.MemoryUsed ?? 0,
        MemoryBytesMax = mod.Limits.MemoryBytes,
        HostBytes = mod.Scope?.Sandbox.Account.Bytes ?? 0,
        Entities = mod.Entities.Count,
        Handlers = mod.Scope?.Ownership.CountOf(RegistrationKind.Handler) ?? 0,
        Timers = mod.Scope?.Scheduler.Count ?? 0,
        Queued = mod.Queue.Count + mod.Messages.Count,
        QueueDropped = mod.WaitingDropped,
        Errors = mod.Errors,
        Kills = mod.Kills,
        ScriptTime = TimeSpan.FromMilliseconds(mod.EarlierMilliseconds + (mod.Scope?.Sandbox.TotalMilliseconds ?? 0)),
        TickMilliseconds = mod.Budget.MeanMilliseconds,
        LimitsInForce = mod.Limits,
        Permissions = PermissionCatalog.Names(mod.Grants.Mask),
        Refused = [.. mod.Grants.RefusedRequired, .. mod.Grants.RefusedOptional],
        LastError = mod.LastError,
    };

    static ModOrder Unknown(string id) => new(false, $"there is no mod '{ModLog.Clean(id, 64)}'");
}
