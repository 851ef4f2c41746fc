using GameServer.Net;
using GameServer.Server.Observability;

namespace GameServer.Server.Hosting;

/// <summary>Tells the operator about floods of strangers: one line per second at most, with the network most of it comes from.</summary>
/// <remarks>Tick thread.</remarks>
sealed class FloodWatch(NetHost net, ServerLog log, TimeProvider time)
{
    // Scanners of the internet send a handful per second to every port; that is no flood.
    const double RefusedPerSecondMin = 100;

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    long _since = time.GetTimestamp();

    /// <summary>What was last found, for the operator who asks.</summary>
    public string Last { get; private set; } = "none so far";

    /// <summary>Station of the tick.</summary>
    public void RunTick()
    {
        TimeSpan passed = time.GetElapsedTime(_since);
        if (passed < Interval)
            return;
        _since = time.GetTimestamp();
        NetFlood flood = net.TakeFlood();
        double perSecond = flood.Refused / passed.TotalSeconds;
        if (perSecond < RefusedPerSecondMin)
            return;
        string from = flood.Network ?? "many networks";
        Last = $"{from} {perSecond:0}/s at {time.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC";
        log.Flood(from, perSecond, net.IsShielded ? "the shield is on" : "gameserver shield on lets in known networks first");
    }
}
