using GameServer.Net.Sockets;

namespace GameServer.Net.Limits;

/// <summary>
/// Counts what is refused of strangers and names the network that sent most of it, if one sent more than half: a majority vote, which needs no memory per
/// network, so a flood from forged addresses cannot fill anything.
/// </summary>
/// <remarks>Whoever moves datagrams from the socket, one thread at a time.</remarks>
struct FloodGauge
{
    NetAddress _candidate;
    long _votes;
    long _refused;

    public void Add(in NetAddress address)
    {
        _refused++;
        if (_votes == 0)
            _candidate = address;
        _votes += address.NetworkPrefix == _candidate.NetworkPrefix ? 1 : -1;
    }

    /// <summary>Everything since the last call.</summary>
    public NetFlood Take()
    {
        var flood = new NetFlood(_refused, _votes > 0 ? _candidate.NetworkText : null);
        this = default;
        return flood;
    }
}
