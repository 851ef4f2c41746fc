namespace GameServer.Net;

/// <summary>The counters of one host since it was made.</summary>
/// <remarks>
/// Reading is allowed on any thread and may lag a little behind. The receive thread and the tick thread count apart, so counting costs
/// one addition.
/// </remarks>
public sealed class NetStatistics
{
    /// <summary>How many counters there are.</summary>
    public static readonly int CounterCount = Enum.GetValues<NetCounter>().Length;

    readonly long[] _tick = new long[CounterCount];
    readonly long[] _receive = new long[CounterCount];

    /// <summary>The value of one counter.</summary>
    public long this[NetCounter counter] => Volatile.Read(ref _tick[(int)counter]) + Volatile.Read(ref _receive[(int)counter]);

    /// <summary>Counts on the tick thread.</summary>
    internal void Add(NetCounter counter, long amount = 1) => _tick[(int)counter] += amount;

    /// <summary>Counts on the receive thread.</summary>
    internal void AddReceiving(NetCounter counter, long amount = 1) => _receive[(int)counter] += amount;
}
