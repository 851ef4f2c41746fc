using System.Net;

namespace GameServer.Server.Players;

/// <summary>How often one address may knock. Behind it stand the transport's own limits; this one keeps a client that joins and leaves in a loop from
/// keeping mods and log busy. The server's own machine is not counted.</summary>
/// <remarks>Tick thread; the caller says what time it is.</remarks>
sealed class JoinMeter
{
    /// <summary>Joins of one address per second in the long run.</summary>
    public const double PerSecond = 2;

    /// <summary>Joins of one address at once: a whole household, or a class.</summary>
    public const double Burst = 40;

    /// <summary>Addresses remembered. Beyond it all are forgotten and begin anew.</summary>
    const int AddressesMax = 8192;

    readonly Dictionary<IPAddress, RateMeter> _meters = [];

    /// <summary>Counts one try.</summary>
    /// <returns>False: refuse it.</returns>
    public bool TryTake(IPAddress address, TimeSpan now)
    {
        if (IPAddress.IsLoopback(address))
            return true;
        if (!_meters.TryGetValue(address, out RateMeter? meter))
        {
            if (_meters.Count >= AddressesMax)
                _meters.Clear();
            _meters.Add(address, meter = new RateMeter(PerSecond, Burst));
        }
        return meter.TryTake(now);
    }
}
