using GameServer.Net.Sockets;

namespace GameServer.Net.Limits;

/// <summary>
/// For the time of an attack: networks from which somebody was really connected before go through as ever, all others share a small rate. Memory is
/// fixed; that a stranger's network falls into the place of a known one is possible and rare.
/// </summary>
/// <remarks><see cref="Remember"/> on the tick thread, <see cref="TryAdmit"/> where datagrams are received.</remarks>
sealed class Shield(double totalPerSecond, double networkPerSecond)
{
    const int Places = 1 << 14;

    readonly AddressLimiter _limiter = new(totalPerSecond, networkPerSecond);
    readonly ulong[] _known = new ulong[Places];
    volatile bool _isOn;

    /// <summary>Whether it holds anybody off.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <summary>Somebody is really connected from here.</summary>
    public void Remember(in NetAddress address) => Volatile.Write(ref _known[PlaceOf(address)], Mark(address));

    /// <summary>Whether a stranger's datagram may go on.</summary>
    public bool TryAdmit(in NetAddress address, long now) =>
        !_isOn || Volatile.Read(ref _known[PlaceOf(address)]) == Mark(address) || _limiter.TryTake(address, now);

    static int PlaceOf(in NetAddress address) => (int)((uint)HashCode.Combine(address.NetworkPrefix) % Places);

    /// <summary>Never 0, which means "nobody yet".</summary>
    static ulong Mark(in NetAddress address) => address.NetworkPrefix | 1;
}
