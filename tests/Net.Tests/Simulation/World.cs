using System.Net;
using GameServer.Net.Peers;
using GameServer.Support;

namespace GameServer.Net.Tests.Simulation;

/// <summary>One host in a simulated world, and everything that happened to it.</summary>
sealed class Node
{
    readonly Action<Node, ConnectionRequest> _onRequest;

    public Node(NetHost host, Action<Node, ConnectionRequest>? onRequest)
    {
        Host = host;
        _onRequest = onRequest ?? ((_, request) => request.Accept());
    }

    public NetHost Host { get; }

    public List<ConnectionRequest> Requests { get; } = [];

    public List<Peer> Connected { get; } = [];

    public List<(Peer Peer, DisconnectReason Reason, byte[] Data)> Disconnected { get; } = [];

    public List<(Peer Peer, byte[] Payload, DeliveryMethod Method, byte Channel)> Received { get; } = [];

    public List<(byte[] Payload, IPEndPoint From, bool IsBroadcast)> Unconnected { get; } = [];

    /// <summary>Called for every message instead of collecting it.</summary>
    public NetMessageHandler? OnMessage { get; set; }

    public Peer Peer => Assert.Single(Host.Peers);

    public long this[NetCounter counter] => Host.Statistics[counter];

    public void Drain()
    {
        while (Host.Poll(out var happened))
        {
            switch (happened.Kind)
            {
                case NetEventKind.ConnectionRequest:
                    Requests.Add(happened.Request!);
                    _onRequest(this, happened.Request!);
                    break;
                case NetEventKind.Connected:
                    Connected.Add(happened.Peer!);
                    break;
                case NetEventKind.Disconnected:
                    Disconnected.Add((happened.Peer!, happened.Reason, happened.Payload.ToArray()));
                    break;
                case NetEventKind.Unconnected:
                    Unconnected.Add((happened.Payload.ToArray(), happened.RemoteEndPoint, happened.IsBroadcast));
                    break;
                case NetEventKind.Received when OnMessage is { } handler:
                    handler(happened.Peer!, happened.Payload, happened.Method, happened.Channel);
                    break;
                default:
                    Received.Add((happened.Peer!, happened.Payload.ToArray(), happened.Method, happened.Channel));
                    break;
            }
        }
    }
}

delegate void NetMessageHandler(Peer peer, ReadOnlySpan<byte> payload, DeliveryMethod method, byte channel);

/// <summary>Hosts on one simulated network under one clock.</summary>
sealed class World
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(15);

    readonly List<Node> _nodes = [];

    public World(int seed = 1, LinkConditions? conditions = null)
    {
        Seed = seed;
        Network = new SimulatedNetwork(Time, seed, conditions);
    }

    public int Seed { get; }

    public ManualTime Time { get; } = new();

    public SimulatedNetwork Network { get; }

    public static NetHostOptions Options { get; } = new() { UseReceiveThread = false, ProofSeed = 7, BatchDatagrams = 16 };

    public Node Add(
        NetHostOptions? options = null, string address = "10.0.0.1", int port = 0, Action<Node, ConnectionRequest>? onRequest = null)
    {
        var host = new NetHost(options ?? Options, Time, Network.Open(address, port));
        host.Start();
        var node = new Node(host, onRequest);
        _nodes.Add(node);
        return node;
    }

    public void Remove(Node node) => _nodes.Remove(node);

    /// <summary>One tick of everybody.</summary>
    public void Step()
    {
        Time.Advance(Tick);
        foreach (var node in _nodes)
        {
            node.Drain();
            node.Host.Update();
        }
    }

    public void Run(double seconds)
    {
        for (var end = Time.Elapsed + TimeSpan.FromSeconds(seconds); Time.Elapsed < end;)
            Step();
    }

    /// <summary>Ticks until something holds; fails when it does not within the time.</summary>
    public void RunUntil(Func<bool> holds, double seconds = 10)
    {
        for (var end = Time.Elapsed + TimeSpan.FromSeconds(seconds); !holds();)
        {
            Assert.True(Time.Elapsed < end, $"Nothing happened within {seconds} s (seed {Seed}).");
            Step();
        }
    }

    /// <summary>A server and a client that are connected.</summary>
    public (Node Server, Node Client) Pair(
        WireDialect dialect = WireDialect.V2, NetHostOptions? server = null, NetHostOptions? client = null)
    {
        var serverNode = Add(server, "10.0.0.1", 27015);
        var clientNode = Add(client ?? Options with { AcceptsConnections = false }, "10.0.0.2");
        clientNode.Host.Connect(serverNode.Host.LocalEndPoint, "key"u8, dialect);
        RunUntil(() => serverNode.Connected.Count == 1 && clientNode.Connected.Count == 1);
        return (serverNode, clientNode);
    }
}
