using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>players</c>.</summary>
static class PlayersApi
{
    const double BanSecondsMax = 315_360_000;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("players", "Who is here.",
    [
        new("all", "() -> { Player }", "Everybody who is in, in the order they joined.") { Needs = Permission.PlayerRead, Body = All },
        new("count", "() -> number", "How many players are in.")
        { Needs = Permission.PlayerRead, Body = (ModScope mod, ref CallContext call) => call.Return((double)mod.Services.Players.All.Count) },
        new("byId", "(id: number) -> Player?", "The player with this number.")
        {
            Needs = Permission.PlayerRead,
            Body = (ModScope mod, ref CallContext call) => call.Return(mod.Services.Players.ById(call.Integer(0)) is { } player ? mod.Players.ToLuau(player) : default),
        },
        new("find", "(text: string) -> { Player }", "Players by number, name, or beginning of the name, whatever the case.") { Needs = Permission.PlayerRead, Body = Find },
        new("ban", "(who: Player | string, opts: { reason: string?, seconds: number?, address: boolean? }?) -> (boolean, Err?)",
            "Keeps a player, or an identity, out: for good or for some seconds, across restarts; with `address`, the player's address too. Unless a mod refuses. "
                + "At most ten at once and one per second.") { Needs = Permission.PlayerBan, Body = Ban },
        new("unban", "(uid: string) -> number", "Lifts the bans of an identity; gives their number.") { Needs = Permission.PlayerBan, Body = Unban },
        new("chat", "(text: string) -> ()", "Shows a line of chat to everybody.") { Needs = Permission.ChatSend, Body = Chat },
    ]);

    static HostResult All(ModScope mod, ref CallContext call) => call.Return(ToTable(mod, mod.Services.Players.All));

    static HostResult Find(ModScope mod, ref CallContext call) => call.Return(ToTable(mod, PlayerHandles.Find(mod.Services.Players, call.String(0).ToString())));

    static HostResult Chat(ModScope mod, ref CallContext call)
    {
        string text = PlayerClass.ChatText(ref call, 0);
        IReadOnlyList<IPlayer> all = mod.Services.Players.All;
        if (!mod.Egress.TryTake(all.Count, text.Length)) return call.Return();
        for (int i = 0; i < all.Count; i++) mod.Services.Players.Chat(all[i], null, text);
        return call.Return();
    }

    static HostResult Ban(ModScope mod, ref CallContext call)
    {
        LuauString? named = call[0].As<LuauString>();
        IPlayer? player = named is null ? PlayerClass.Of(ref call).Player : null;
        string uid = player?.Uid ?? ModLog.Clean(named!.ToString(), 256);
        if (uid.Length == 0) throw call.ArgumentError(0, "an identity expected");
        player ??= mod.Services.Players.All.FirstOrDefault(other => other.Uid == uid);
        LuauTable? options = call[1].IsNil ? null : call.Table(1);
        string reason = ModLog.Clean((options is null ? null : mod.Vm.Get(options, "reason").As<LuauString>())?.ToString() ?? "banned", 200);
        LuauValue seconds = options is null ? default : mod.Vm.Get(options, "seconds");
        if (!seconds.IsNil && !(seconds.TryGetNumber(out double number) && number is > 0 and <= BanSecondsMax))
            throw call.ArgumentError(1, "seconds must be a positive number, at most ten years");
        bool address = options is not null && mod.Vm.Get(options, "address").IsTruthy;
        HookValue length = seconds.IsNil ? default(HookValue) : seconds.AsNumber(), who = player is null ? default : PlayerHandles.ToValue(player);
        Verdict verdict = mod.Services.Hooks.Decide(mod.Services.Registry[HookCatalog.PlayerBan], uid, mod.Id, reason, length, who);
        if (verdict.Kind == VerdictKind.Deny) return Failed(mod, ref call, "refused", verdict.Reason.Length > 0 ? verdict.Reason : $"mod '{verdict.By}' refuses");
        // Every ban is written to the disk before the call returns: not more than a disk can take beside the ticks.
        if (!mod.TakeBan()) return Failed(mod, ref call, "busy", "too many bans; one per second");
        string? refusal = mod.Services.Players.Ban(new PlayerBan(uid, player, address, reason, $"mod {mod.Id}", seconds.IsNil ? null : TimeSpan.FromSeconds(seconds.AsNumber())));
        return refusal is null ? call.Return(true) : Failed(mod, ref call, "failed", refusal);
    }

    static HostResult Unban(ModScope mod, ref CallContext call) =>
        call.Return(mod.TakeBan() ? mod.Services.Players.Unban(call.String(0).ToString()) : throw call.Error("players.unban: too many; one per second"));

    static HostResult Failed(ModScope mod, ref CallContext call, string kind, string message) => call.Return(LuauValue.False, Err.Make(mod, kind, message));

    static LuauTable ToTable(ModScope mod, IEnumerable<IPlayer> players)
    {
        LuauTable table = mod.Vm.CreateTable();
        int count = 0;
        foreach (IPlayer player in players) mod.Vm.Set(table, ++count, mod.Players.ToLuau(player));
        return table;
    }
}
