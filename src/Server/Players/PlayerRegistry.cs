using System.Net;
using GameServer.Scripting.Ports;

namespace GameServer.Server.Players;

/// <summary>Who is here, and who is on the way in. Names and addresses are reserved from the first check on, so that two cannot pass it at once.</summary>
/// <remarks>Tick thread.</remarks>
sealed class PlayerRegistry
{
    readonly List<Player> _players = [];
    readonly Dictionary<int, Player> _byId = [];
    readonly Dictionary<string, int> _names = [];
    readonly Dictionary<IPAddress, int> _addresses = [];
    int _lastId;

    /// <summary>Players in, in the order they joined.</summary>
    public IReadOnlyList<Player> All => _players;

    /// <summary>Players in and on the way in.</summary>
    public int Places { get; private set; }

    /// <summary>The player with this id, if it is in.</summary>
    public Player? ById(int id) => _byId.GetValueOrDefault(id);

    /// <summary>Players whose connection was lost and whose place is held.</summary>
    public int HeldCount => _players.Count(p => p.IsHeld);

    /// <summary>How often a name that looks like this one is in use or reserved.</summary>
    public int CountNamed(string foldedName) => _names.GetValueOrDefault(foldedName);

    /// <summary>The player with this identity, if one is in.</summary>
    public Player? ByUid(string uid) => _players.Find(p => p.Uid == uid);

    /// <summary>The held player of a name and an address, if there is one.</summary>
    public Player? HeldAs(string foldedName, IPAddress address) => _players.Find(p => p.IsHeld && p.FoldedName == foldedName && p.Connection.Address.Equals(address));

    /// <summary>Held players of one address.</summary>
    public int HeldFrom(IPAddress address) => _players.Count(p => p.IsHeld && p.Connection.Address.Equals(address));

    /// <summary>The player held for longest, of one address when that is given.</summary>
    public Player? LongestHeld(IPAddress? address = null) =>
        _players.Where(p => p.IsHeld && (address is null || p.Connection.Address.Equals(address))).MinBy(p => p.HeldSince);

    /// <summary>Players in or on the way in from one address.</summary>
    public int CountFrom(IPAddress address) => _addresses.GetValueOrDefault(address);

    /// <summary>A number no player ever had.</summary>
    public int NextId() => ++_lastId;

    /// <summary>Takes a place for somebody on the way in.</summary>
    public void Reserve(Admission admission)
    {
        Places++;
        _names[admission.FoldedName] = CountNamed(admission.FoldedName) + 1;
        _addresses[admission.Address] = CountFrom(admission.Address) + 1;
    }

    /// <summary>Gives a place back: the join failed, or the player left.</summary>
    public void Release(string foldedName, IPAddress address)
    {
        Places--;
        CountDown(_names, foldedName);
        CountDown(_addresses, address);
    }

    /// <summary>A player came back over another connection.</summary>
    public void Resume(Player player, IPlayerConnection connection)
    {
        CountDown(_addresses, player.Connection.Address);
        _addresses[connection.Address] = CountFrom(connection.Address) + 1;
        player.Resume(connection);
    }

    /// <summary>A player with a reserved place is in.</summary>
    public void Add(Player player)
    {
        _players.Add(player);
        _byId.Add(player.Id, player);
    }

    /// <summary>A player has left; its place is free.</summary>
    public void Remove(Player player)
    {
        _players.Remove(player);
        _byId.Remove(player.Id);
        Release(player.FoldedName, player.Connection.Address);
    }

    static void CountDown<T>(Dictionary<T, int> counts, T of)
        where T : notnull
    {
        if (counts.GetValueOrDefault(of) > 1)
            counts[of]--;
        else
            counts.Remove(of);
    }
}

/// <summary>Somebody who passed the server's own checks.</summary>
/// <param name="Id">Number the player will have.</param>
/// <param name="Uid">Stable identity.</param>
/// <param name="Name">Name.</param>
/// <param name="FoldedName">Name as <see cref="NameRules.Fold"/> makes it.</param>
/// <param name="Language">Language tag; may be empty.</param>
/// <param name="Trust">How sure the identity is.</param>
/// <param name="Address">Network address.</param>
/// <param name="Ticket">The ticket it came with, spent until the join fails.</param>
sealed record Admission(
    int Id, string Uid, string Name, string FoldedName, string Language, PlayerTrust Trust, IPAddress Address, Ticket? Ticket = null)
{
    /// <summary>What the client sent for the mods that decide; not checked, empty for none.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>The player that comes back; everything else is as it was then. Null for a newcomer.</summary>
    public Player? Resumes { get; init; }
}
