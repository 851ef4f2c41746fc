using System.Net;
using GameServer.Scripting.Ports;

namespace GameServer.Server.Players;

/// <summary>Who is here, and who is on the way in. Names and addresses are reserved from the first check on, so that two cannot pass it at once.</summary>
/// <remarks>Tick thread.</remarks>
sealed class PlayerRegistry
{
    readonly List<Player> _players = [];
    readonly Dictionary<int, Player> _byId = [];
    readonly HashSet<string> _names = [];
    readonly Dictionary<IPAddress, int> _addresses = [];
    int _lastId;

    /// <summary>Players in, in the order they joined.</summary>
    public IReadOnlyList<Player> All => _players;

    /// <summary>Players in and on the way in.</summary>
    public int Places { get; private set; }

    /// <summary>The player with this id, if it is in.</summary>
    public Player? ById(int id) => _byId.GetValueOrDefault(id);

    /// <summary>Whether a name that looks like this one is in use or reserved.</summary>
    public bool IsNameTaken(string foldedName) => _names.Contains(foldedName);

    /// <summary>Players in or on the way in from one address.</summary>
    public int CountFrom(IPAddress address) => _addresses.GetValueOrDefault(address);

    /// <summary>A number no player ever had.</summary>
    public int NextId() => ++_lastId;

    /// <summary>Takes a place for somebody on the way in.</summary>
    public void Reserve(Admission admission)
    {
        Places++;
        _names.Add(admission.FoldedName);
        _addresses[admission.Address] = CountFrom(admission.Address) + 1;
    }

    /// <summary>Gives a place back: the join failed, or the player left.</summary>
    public void Release(string foldedName, IPAddress address)
    {
        Places--;
        _names.Remove(foldedName);
        int left = CountFrom(address) - 1;
        if (left > 0)
            _addresses[address] = left;
        else
            _addresses.Remove(address);
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
}

/// <summary>Somebody who passed the server's own checks.</summary>
/// <param name="Id">Number the player will have.</param>
/// <param name="Uid">Stable identity.</param>
/// <param name="Name">Name.</param>
/// <param name="FoldedName">Name as <see cref="NameRules.Fold"/> makes it.</param>
/// <param name="Language">Language tag; may be empty.</param>
/// <param name="Trust">How sure the identity is.</param>
/// <param name="Address">Network address.</param>
sealed record Admission(int Id, string Uid, string Name, string FoldedName, string Language, PlayerTrust Trust, IPAddress Address);
