using GameServer.Scripting.Hooks;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>Players as handles that cross between VMs.</summary>
static class PlayerHandles
{
    /// <summary>Kind byte of players.</summary>
    public const byte Kind = 1;

    /// <summary>A player as an argument of a hook.</summary>
    public static HookValue ToValue(IPlayer player) => HookValue.Handle(Kind, player.Id, player);

    /// <summary>Players that fit: by id (<c>#3</c> or <c>3</c>), else by name, else by the beginning of the name; case does not matter.</summary>
    public static IEnumerable<IPlayer> Find(IPlayerGateway players, string text)
    {
        text = text.Trim();
        if (int.TryParse(text.TrimStart('#'), out int id) && players.ById(id) is { } byId) return [byId];
        IPlayer[] exact = [.. players.All.Where(player => player.Name.Equals(text, StringComparison.OrdinalIgnoreCase))];
        if (exact.Length > 0) return exact;
        return text.Length == 0 ? [] : [.. players.All.Where(player => player.Name.StartsWith(text, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>The only player that fits; null when none or several do.</summary>
    public static IPlayer? FindOne(IPlayerGateway players, string text) => Find(players, text).Take(2).ToArray() is [IPlayer one] ? one : null;
}
