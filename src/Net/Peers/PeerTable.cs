using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using GameServer.Net.Sockets;

namespace GameServer.Net.Peers;

/// <summary>All records of a host, by address and by id, and which of them are connected or half-open.</summary>
/// <remarks>Tick thread, except <see cref="TryFind"/>, which the receive thread uses too.</remarks>
sealed class PeerTable
{
    readonly ConcurrentDictionary<NetAddress, Peer> _byAddress = new(1, 31);
    readonly List<Peer?> _byId = [];

    /// <summary>By id: host time at which the record wants to be updated. Apart from the records, so that looking for the few that are due touches no others.</summary>
    long[] _dueAt = [];
    readonly PriorityQueue<int, int> _freeIds = new();
    readonly List<Peer> _connected = [];

    /// <summary>Newcomers, oldest first.</summary>
    readonly LinkedList<Peer> _newcomers = [];
    readonly Dictionary<Peer, LinkedListNode<Peer>> _newcomerNodes = [];
    readonly Dictionary<NetAddress, int> _newcomersByHost = [];

    /// <summary>Connected peers in no particular order.</summary>
    public IReadOnlyList<Peer> Connected => _connected;

    public int NewcomerCount => _newcomers.Count;

    /// <summary>Ids run below this.</summary>
    public int IdLimit => _byId.Count;

    public Peer? OldestNewcomer => _newcomers.First?.Value;

    /// <summary>The record of an address. Any thread.</summary>
    public bool TryFind(in NetAddress address, [MaybeNullWhen(false)] out Peer peer) => _byAddress.TryGetValue(address, out peer);

    /// <summary>The record with this id, if there is one.</summary>
    public Peer? ById(int id) => _byId[id];

    /// <summary>The record with this id, if there is one and its time has come.</summary>
    public Peer? DueById(int id, long now) => _dueAt[id] <= now ? _byId[id] : null;

    /// <summary>Makes a record due at a host time; 0 means at the next update.</summary>
    public void SetDue(Peer peer, long at)
    {
        if (_byId[peer.Id] == peer)
            _dueAt[peer.Id] = at;
    }

    /// <summary>Smallest id not in use.</summary>
    public int TakeId()
    {
        if (_freeIds.TryDequeue(out var id, out _))
            return id;
        _byId.Add(null);
        if (_byId.Count > _dueAt.Length)
            Array.Resize(ref _dueAt, Math.Max(64, _byId.Count * 2));
        return _byId.Count - 1;
    }

    public void Add(Peer peer)
    {
        _byId[peer.Id] = peer;
        _dueAt[peer.Id] = 0;
        _byAddress[peer.Address] = peer;
    }

    public void Remove(Peer peer)
    {
        if (_byId[peer.Id] != peer)
            return;
        RemoveNewcomer(peer);
        RemoveConnected(peer);
        _byId[peer.Id] = null;
        _dueAt[peer.Id] = long.MaxValue;
        _freeIds.Enqueue(peer.Id, peer.Id);
        _ = _byAddress.TryRemove(new KeyValuePair<NetAddress, Peer>(peer.Address, peer));
    }

    public void AddConnected(Peer peer)
    {
        peer.ListIndex = _connected.Count;
        _connected.Add(peer);
    }

    public void RemoveConnected(Peer peer)
    {
        var index = peer.ListIndex;
        if (index < 0)
            return;
        var last = _connected[^1];
        _connected[index] = last;
        last.ListIndex = index;
        _connected.RemoveAt(_connected.Count - 1);
        peer.ListIndex = -1;
    }

    public void AddNewcomer(Peer peer)
    {
        _newcomerNodes[peer] = _newcomers.AddLast(peer);
        var host = peer.Address.WithoutPort;
        _newcomersByHost[host] = NewcomersFrom(host) + 1;
    }

    public void RemoveNewcomer(Peer peer)
    {
        if (!_newcomerNodes.Remove(peer, out var node))
            return;
        _newcomers.Remove(node);
        var host = peer.Address.WithoutPort;
        if (NewcomersFrom(host) <= 1)
            _newcomersByHost.Remove(host);
        else
            _newcomersByHost[host]--;
    }

    /// <summary>Newcomers from one remote address, whatever the port.</summary>
    public int NewcomersFrom(in NetAddress address) => _newcomersByHost.GetValueOrDefault(address.WithoutPort);
}
