using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>The Player object.</summary>
static class PlayerClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 1;

    /// <summary>Longest line of chat in bytes of UTF-8.</summary>
    public const int ChatBytesMax = 512;

    /// <summary>Fields and methods.</summary>
    public static ApiClass Class { get; } = new("Player", Tag, "A player who is or was connected. Everything but `valid` keeps its last value after the player has left.",
    [
        Field("id", "number", "Number on this server, from 1, never reused while it runs.", p => p.Player.Id),
        Text("uid", "string", "Stable identity across visits.", p => p.Uid),
        Text("name", "string", "Name.", p => p.Name),
        Text("language", "string", "Language tag the client sent; may be empty.", p => p.Language),
        Text("address", "string", "Network address without port.", p => p.Address, Permission.PlayerAddress),
        Text("trust", "\"verified\" | \"claimed\" | \"guest\"", "How sure the identity is.", p => p.Trust.ToString().ToLowerInvariant()),
        Field("ping", "number", "Round trip in seconds.", p => p.Player.Ping.TotalSeconds),
        Field("connectedFor", "number", "Seconds since joining.", p => p.Player.ConnectedFor.TotalSeconds),
        Field("valid", "boolean", "Whether the player is still here.", p => p.Player.IsConnected),
        new("data", "{ [any]: any }", "A table of this mod alone, for anything about this player; handed over at a reload as far as it holds plain values.")
        {
            Needs = Permission.PlayerRead, Body = (ModScope mod, ref CallContext call) => call.Return(mod.Players.DataOf(Of(ref call))),
        },
    ],
    [
        new("send", "(self: Player, name: string, payload: any?, opts: { reliable: boolean? }?) -> boolean",
            "Sends a message of this mod to the player's client. False when the player has left or the mod sends too much.")
        { Needs = Permission.NetMessage, Body = NetApi.SendToPlayer },
        new("chat", "(self: Player, text: string) -> boolean", "Shows a line of chat to this player alone.") { Needs = Permission.ChatSend, Body = Chat },
        new("can", "(self: Player, right: string) -> boolean", "Whether the player has a right; see `perms`.") { Needs = Permission.PlayerRead, Body = PermsApi.Can },
        new("kick", "(self: Player, reason: string?) -> boolean", "Disconnects the player, unless a mod refuses.") { Needs = Permission.PlayerKick, Body = Kick },
    ]);

    /// <summary>The player a method was called on.</summary>
    public static PlayerHandle Of(ref CallContext call, int index = 0) => call.Userdata<PlayerHandle>(index, Tag);

    /// <summary>A line of chat from an argument: text of one line within the limit.</summary>
    public static string ChatText(ref CallContext call, int index)
    {
        LuauString text = call.String(index);
        if (text.Length > ChatBytesMax) throw call.ArgumentError(index, $"at most {ChatBytesMax} bytes");
        string line = text.ToString();
        return line.Any(char.IsControl) ? throw call.ArgumentError(index, "control characters are not allowed in chat") : line;
    }

    static HostResult Chat(ModScope mod, ref CallContext call)
    {
        PlayerHandle handle = Of(ref call);
        string text = ChatText(ref call, 1);
        return call.Return(mod.Egress.TryTake(1, text.Length) && mod.Services.Players.Chat(handle.Player, null, text));
    }

    static HostResult Kick(ModScope mod, ref CallContext call)
    {
        PlayerHandle handle = Of(ref call);
        string reason = ModLog.Clean(call.OptionalString(1)?.ToString() ?? "kicked", 256);
        if (!handle.Player.IsConnected) return call.Return(false);
        HookList list = mod.Services.Registry[HookCatalog.PlayerKick];
        Verdict verdict = mod.Services.Hooks.Decide(list, PlayerHandles.ToValue(handle.Player), mod.Id, reason);
        return call.Return(verdict.Kind != VerdictKind.Deny && mod.Services.Players.Kick(handle.Player, reason));
    }

    static ApiRow Field(string name, string type, string doc, Func<PlayerHandle, LuauValue> read) => new(name, type, doc)
    {
        Needs = Permission.PlayerRead, Body = (ModScope _, ref CallContext call) => call.Return(read(Of(ref call))),
    };

    static ApiRow Text(string name, string type, string doc, Func<IPlayer, string> read, Permission needs = Permission.PlayerRead) => new(name, type, doc)
    {
        Needs = needs, Body = (ModScope mod, ref CallContext call) => call.Return(mod.Vm.CreateString(read(Of(ref call).Player))),
    };
}
