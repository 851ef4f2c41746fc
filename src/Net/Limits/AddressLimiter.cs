using GameServer.Net.Sockets;

namespace GameServer.Net.Limits;

/// <summary>
/// A rate for everything from strangers together and one per network (/24, /56). Memory is fixed: networks share a table of buckets by a
/// seeded hash, so a flood from forged addresses can neither grow it nor aim at one bucket.
/// </summary>
/// <remarks>Single-threaded. Loopback is only counted in the total: the operator's own machine hosts bots and tests.</remarks>
sealed class AddressLimiter
{
    const int Buckets = 2048;

    readonly double _totalPerSecond;
    readonly double _networkPerSecond;
    readonly TokenBucket[] _networks = new TokenBucket[Buckets];
    TokenBucket _total;

    /// <param name="totalPerSecond">Rate for all together; bursts may be as large as one second of it.</param>
    /// <param name="networkPerSecond">Rate for one network, with the same rule.</param>
    public AddressLimiter(double totalPerSecond, double networkPerSecond)
    {
        _totalPerSecond = totalPerSecond;
        _networkPerSecond = networkPerSecond;
        _total = new TokenBucket(totalPerSecond, 0);
        Array.Fill(_networks, new TokenBucket(networkPerSecond, 0));
    }

    /// <summary>Takes one token from the network's bucket and then from the common one.</summary>
    public bool TryTake(in NetAddress address, long now)
    {
        if (!address.IsLoopback)
        {
            ref var network = ref _networks[(uint)HashCode.Combine(address.NetworkPrefix) % Buckets];
            if (!network.TryTake(1, _networkPerSecond, _networkPerSecond, now))
                return false;
        }
        return _total.TryTake(1, _totalPerSecond, _totalPerSecond, now);
    }
}
