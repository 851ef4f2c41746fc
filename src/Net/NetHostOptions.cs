using System.Net;
using System.Numerics;
using GameServer.Net.Wire;

namespace GameServer.Net;

/// <summary>Everything that can be chosen about a host. Immutable; a changed copy is made with <c>with</c>.</summary>
public sealed record NetHostOptions
{
    /// <summary>Port to bind; 0 (default) lets the system choose, as clients do.</summary>
    public int Port { get; init; }

    /// <summary>Address to bind. Default: all addresses, IPv6 and IPv4 on one port where the system has both.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.IPv6Any;

    /// <summary>Whether connection requests are put before the application. Default true; a pure client sets false.</summary>
    public bool AcceptsConnections { get; init; } = true;

    /// <summary>Drain the socket on a thread of its own (default). Without it, the socket is read inside <c>Poll</c>: for clients, bots and tests.</summary>
    public bool UseReceiveThread { get; init; } = true;

    /// <summary>Most connections at once, 1–65536. Default 4096. Requests accepted beyond it are rejected.</summary>
    public int PeersMax { get; init; } = 4096;

    /// <summary>Channels per delivery method, 1–64. Default 64: packets for a channel beyond it are dropped, and channels cost nothing until used.</summary>
    public int ChannelsPerMethod { get; init; } = ProtocolLimits.ChannelsMax;

    /// <summary>Append and check CRC-32C on every datagram. Default false. Must be the same on both sides.</summary>
    public bool UseChecksum { get; init; }

    /// <summary>Look for a larger datagram size than 1024 bytes. Default false, as in LiteNetLib since 1.3.0. Probes of others are always answered.</summary>
    public bool UseMtuDiscovery { get; init; }

    /// <summary>
    /// Which line's unconnected messages and broadcasts are handed to the application. Default null: none, and they are dropped.
    /// The packet numbers of the lines overlap, so only one can be chosen.
    /// </summary>
    public WireDialect? UnconnectedMessages { get; init; }

    /// <summary>A ping per connection this often, 100 ms–60 s. Default 1 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A client that moves no messages and whose own pings we answer is pinged only this often, 100 ms–60 s; <see cref="PingInterval"/> and less
    /// turns the difference off. Default 4 s.
    /// </summary>
    public TimeSpan IdlePingInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A connection ends when nothing valid was heard for this long, 500 ms–10 min. Default 5 s. Closed connections are remembered as long.</summary>
    public TimeSpan PeerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Client: time between connection requests, 10 ms–10 s. Default 500 ms.</summary>
    public TimeSpan ConnectInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Client: repetitions of the first connection request, 0–1000. Default 10, so an attempt fails after 5.5 s.</summary>
    public int ConnectRetries { get; init; } = 10;

    /// <summary>
    /// An undecided request is accepted on the wire after this time, because clients give up after 5 s. The application may still
    /// reject it, which the client then sees as a disconnect with data. Default 3.5 s.
    /// </summary>
    public TimeSpan HoldAfter { get; init; } = TimeSpan.FromSeconds(3.5);

    /// <summary>An undecided request is rejected without data after this time. Default 30 s.</summary>
    public TimeSpan DecisionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest connect data taken, 0–1386 bytes. Default 512.</summary>
    public int ConnectDataBytesMax { get; init; } = 512;

    /// <summary>Newcomers whose address is not proven yet, in all. Default 2048, about 1 KB each. At the limit the oldest gives way if it had at least 100 ms.</summary>
    public int HalfOpenMax { get; init; } = 2048;

    /// <summary>The same per remote address (loopback excepted): many players may share one address. Default 256.</summary>
    public int HalfOpenPerAddressMax { get; init; } = 256;

    /// <summary>
    /// From this many unproven newcomers on, an address is proven before the application is asked, so forged requests cost it nothing.
    /// Default 128; 0 means always. A client rejected in that mode sees a disconnect with data instead of a rejection.
    /// </summary>
    public int ProveFirstFrom { get; init; } = 128;

    /// <summary>Time a newcomer has to prove its address. Default 3 s.</summary>
    public TimeSpan ProofTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Datagrams per second from strangers let through to the tick thread, in all. Default 20000.</summary>
    public int StrangersPerSecond { get; init; } = 20_000;

    /// <summary>The same for one network (/24, /56). Default 500.</summary>
    public int StrangersPerNetworkPerSecond { get; init; } = 500;

    /// <summary>While <see cref="NetHost.IsShielded"/>: datagrams per second from strangers of networks nobody was connected from before, in all. Default 500.</summary>
    public int ShieldPerSecond { get; init; } = 500;

    /// <summary>The same for one network (/24, /56). Default 10.</summary>
    public int ShieldPerNetworkPerSecond { get; init; } = 10;

    /// <summary>Answers per second to strangers, in all. Default 1000.</summary>
    public int AnswersPerSecond { get; init; } = 1000;

    /// <summary>The same for one network (/24, /56). Default 100.</summary>
    public int AnswersPerNetworkPerSecond { get; init; } = 100;

    /// <summary>Longest message taken from a peer, 1 kB–90 MB. Default 1 MiB. Passing it disconnects.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>Messages of one peer that have arrived in part. Default 64. Passing it disconnects.</summary>
    public int IncompleteMessagesMax { get; init; } = 64;

    /// <summary>Bytes of one peer's incomplete messages. Default 2 MiB. Passing it disconnects.</summary>
    public int IncompleteBytesMax { get; init; } = 2 << 20;

    /// <summary>Bytes of one peer held back until their predecessors arrive. Default 256 KiB. Beyond it packets stay unacknowledged and come again.</summary>
    public int HeldBytesMax { get; init; } = 256 << 10;

    /// <summary>Incomplete and held bytes of all peers together. Default 128 MiB.</summary>
    public long ReceiveBytesTotalMax { get; init; } = 128L << 20;

    /// <summary>Reliable bytes queued or unacknowledged for one peer. Default 4 MiB. Beyond it sending returns false.</summary>
    public int SendQueueBytesMax { get; init; } = 4 << 20;

    /// <summary>The same for all peers together. Default 256 MiB.</summary>
    public long SendQueueBytesTotalMax { get; init; } = 256L << 20;

    /// <summary>A peer that leaves a reliable packet unacknowledged for this long is disconnected. Default 30 s.</summary>
    public TimeSpan UnackedAgeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Datagrams per second of one peer before they are dropped; one second's worth may come at once. Default 10000.</summary>
    public int PeerDatagramsPerSecond { get; init; } = 10_000;

    /// <summary>Bytes per second of one peer before its datagrams are dropped. Default 12 MB.</summary>
    public int PeerBytesPerSecond { get; init; } = 12_000_000;

    /// <summary>Messages per second of one peer before Unreliable and Sequenced ones are dropped and reliable ones disconnect. Default 50000.</summary>
    public int PeerMessagesPerSecond { get; init; } = 50_000;

    /// <summary>A peer over its soft datagram or byte rate times this is disconnected. Default 4.</summary>
    public double InboundHardFactor { get; init; } = 4;

    /// <summary>Packets no correct peer sends that are forgiven at once; ten more are forgiven per second. Default 100.</summary>
    public int ViolationsMax { get; init; } = 100;

    /// <summary>
    /// What a client is told when the host itself ends its connection because of a limit; at most 1014 bytes. Called on the tick thread.
    /// Default null: one string in NetDataWriter's encoding.
    /// </summary>
    public Func<DisconnectReason, byte[]>? FarewellOf { get; init; }

    /// <summary>Datagrams worked off between two updates; the rest waits. Default 16384.</summary>
    public int DatagramsPerUpdateMax { get; init; } = 16384;

    /// <summary>Memory between receive thread and tick thread, 64 KiB–1 GiB, a power of two. Default 8 MiB.</summary>
    public int ReceiveQueueBytes { get; init; } = 8 << 20;

    /// <summary>Datagrams that cross the socket in one go, 1–1024. Default 64. Each costs 3 KB of memory.</summary>
    public int BatchDatagrams { get; init; } = 64;

    /// <summary>Move datagrams in batches where the system can (recvmmsg and sendmmsg on 64-bit Linux). Default true.</summary>
    public bool UseSystemBatches { get; init; } = true;

    /// <summary>Wanted size of the system's socket buffers. Default 4 MiB; the system may give less.</summary>
    public int SocketBufferBytes { get; init; } = 4 << 20;

    /// <summary>Packets kept for reuse in each size class. Default 4096.</summary>
    public int PooledPacketsMax { get; init; } = 4096;

    /// <summary>Seed of the ping numbers that prove addresses. Default null: unpredictable. Only for repeatable tests.</summary>
    public int? ProofSeed { get; init; }

    /// <summary>All problems with these values, each naming the property and what is allowed; empty when they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check(Port is >= 0 and <= 65535, nameof(Port), "0–65535");
        Check(PeersMax is >= 1 and <= 65536, nameof(PeersMax), "1–65536");
        Check(ChannelsPerMethod is >= 1 and <= ProtocolLimits.ChannelsMax, nameof(ChannelsPerMethod), "1–64");
        Check(PingInterval >= Milliseconds(100) && PingInterval <= Milliseconds(60_000), nameof(PingInterval), "100 ms–60 s");
        Check(IdlePingInterval >= Milliseconds(100) && IdlePingInterval <= Milliseconds(60_000), nameof(IdlePingInterval), "100 ms–60 s");
        Check(PeerTimeout >= Milliseconds(500) && PeerTimeout <= Milliseconds(600_000), nameof(PeerTimeout), "500 ms–10 min");
        Check(PingInterval < PeerTimeout, nameof(PingInterval), "less than PeerTimeout");
        Check(ConnectInterval >= Milliseconds(10) && ConnectInterval <= Milliseconds(10_000), nameof(ConnectInterval), "10 ms–10 s");
        Check(ConnectRetries is >= 0 and <= 1000, nameof(ConnectRetries), "0–1000");
        Check(HoldAfter > TimeSpan.Zero, nameof(HoldAfter), "more than 0");
        Check(DecisionTimeout > TimeSpan.Zero, nameof(DecisionTimeout), "more than 0");
        Check(ConnectDataBytesMax is >= 0 and <= ProtocolLimits.DatagramBytesMax - ConnectRequest.HeaderBytesMax,
            nameof(ConnectDataBytesMax), "0–1386");
        Check(HalfOpenMax >= 1, nameof(HalfOpenMax), "1 or more");
        Check(HalfOpenPerAddressMax >= 1, nameof(HalfOpenPerAddressMax), "1 or more");
        Check(ProveFirstFrom >= 0, nameof(ProveFirstFrom), "0 or more");
        Check(ProofTimeout > TimeSpan.Zero, nameof(ProofTimeout), "more than 0");
        Check(StrangersPerSecond >= 1, nameof(StrangersPerSecond), "1 or more");
        Check(StrangersPerNetworkPerSecond >= 1, nameof(StrangersPerNetworkPerSecond), "1 or more");
        Check(ShieldPerSecond >= 1, nameof(ShieldPerSecond), "1 or more");
        Check(ShieldPerNetworkPerSecond >= 1, nameof(ShieldPerNetworkPerSecond), "1 or more");
        Check(AnswersPerSecond >= 1, nameof(AnswersPerSecond), "1 or more");
        Check(AnswersPerNetworkPerSecond >= 1, nameof(AnswersPerNetworkPerSecond), "1 or more");
        Check(MessageBytesMax is >= 1000 and <= 90_000_000, nameof(MessageBytesMax), "1 kB–90 MB");
        Check(IncompleteMessagesMax >= 1, nameof(IncompleteMessagesMax), "1 or more");
        Check(IncompleteBytesMax >= MessageBytesMax, nameof(IncompleteBytesMax), "at least MessageBytesMax");
        Check(HeldBytesMax >= 0, nameof(HeldBytesMax), "0 or more");
        Check(ReceiveBytesTotalMax >= IncompleteBytesMax, nameof(ReceiveBytesTotalMax), "at least IncompleteBytesMax");
        Check(SendQueueBytesMax >= 2000, nameof(SendQueueBytesMax), "2 kB or more");
        Check(SendQueueBytesTotalMax >= SendQueueBytesMax, nameof(SendQueueBytesTotalMax), "at least SendQueueBytesMax");
        Check(UnackedAgeMax > TimeSpan.Zero, nameof(UnackedAgeMax), "more than 0");
        Check(PeerDatagramsPerSecond >= 10, nameof(PeerDatagramsPerSecond), "10 or more");
        Check(PeerBytesPerSecond >= ProtocolLimits.DatagramBytesMax, nameof(PeerBytesPerSecond), "1432 or more");
        Check(PeerMessagesPerSecond >= 10, nameof(PeerMessagesPerSecond), "10 or more");
        Check(InboundHardFactor >= 1, nameof(InboundHardFactor), "1 or more");
        Check(ViolationsMax >= 1, nameof(ViolationsMax), "1 or more");
        Check(DatagramsPerUpdateMax >= 1, nameof(DatagramsPerUpdateMax), "1 or more");
        Check(ReceiveQueueBytes is >= 1 << 16 and <= 1 << 30 && BitOperations.IsPow2(ReceiveQueueBytes),
            nameof(ReceiveQueueBytes), "a power of two, 64 KiB–1 GiB");
        Check(BatchDatagrams is >= 1 and <= 1024, nameof(BatchDatagrams), "1–1024");
        Check(SocketBufferBytes >= 4096, nameof(SocketBufferBytes), "4096 or more");
        Check(PooledPacketsMax >= 0, nameof(PooledPacketsMax), "0 or more");
        return problems;

        void Check(bool isGood, string property, string allowed)
        {
            if (!isGood)
                problems.Add($"{property}: allowed is {allowed}");
        }

        static TimeSpan Milliseconds(int value) => TimeSpan.FromMilliseconds(value);
    }
}
