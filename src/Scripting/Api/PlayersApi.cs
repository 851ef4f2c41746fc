using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>players</c>.</summary>
static class PlayersApi
{
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

    static LuauTable ToTable(ModScope mod, IEnumerable<IPlayer> players)
    {
        LuauTable table = mod.Vm.CreateTable();
        int count = 0;
        foreach (IPlayer player in players) mod.Vm.Set(table, ++count, mod.Players.ToLuau(player));
        return table;
    }
}
