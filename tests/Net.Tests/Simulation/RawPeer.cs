using System.Buffers.Binary;
using System.Net;
using GameServer.Net.Sockets;

namespace GameServer.Net.Tests.Simulation;

/// <summary>
/// The other side as nothing but bytes: sends what a test spells out in hexadecimal and shows what came back. Used where a host of ours on
/// both ends would agree with itself about a mistake.
/// </summary>
sealed class RawPeer
{
    readonly World _world;
    readonly SimulatedSocket _socket;
    readonly NetAddress _address;

    public RawPeer(World world, WireDialect dialect, string address = "10.0.0.9", int port = 0)
    {
        _world = world;
        Dialect = dialect;
        _socket = world.Network.Open(address, port);
        _address = NetAddress.From(_socket.LocalEndPoint);
    }

    public WireDialect Dialect { get; }

    public IPEndPoint EndPoint => _socket.LocalEndPoint;

    /// <summary>Where datagrams go.</summary>
    public NetAddress Target { get; set; }

    /// <summary>Connection number bits of what <see cref="First"/> makes.</summary>
    public int ConnectionNumber { get; set; }

    /// <summary>Answer pings without showing them; on by default, as a living client does.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Byte 0 of a packet given by its number in dialect 2.</summary>
    public byte First(int number, bool isFragment = false) =>
        (byte)((Dialect == WireDialect.V1 && number > 1 ? number - 1 : number) | (ConnectionNumber << 5) | (isFragment ? 0x80 : 0));

    public static byte[] Hex(string hex) => Convert.FromHexString(new string([.. hex.Where(char.IsAsciiHexDigit)]));

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public void Send(string hex) => Send(Hex(hex));

    public void Send(ReadOnlySpan<byte> bytes) => _world.Network.Carry(_address, Target, bytes);

    /// <summary>Gives the address up.</summary>
    public void Close() => _socket.Dispose();

    /// <summary>A connection request with an IPv4 address block.</summary>
    public byte[] Request(long time, ReadOnlySpan<byte> data, int peerId = 0, int protocol = 13)
    {
        var request = new byte[34 + data.Length];
        request[0] = First(6);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(1), protocol);
        BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(5), time);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(13), peerId);
        request[17] = 16;
        request[18] = 2;
        data.CopyTo(request.AsSpan(34));
        return request;
    }

    /// <summary>Connects to the server and answers its proof.</summary>
    /// <returns>The accept, in hexadecimal.</returns>
    public string Connect(Node server, long time = 1000, string data = "")
    {
        Target = Addresses.Of(server);
        Send(Request(time, Hex(data)));
        var accept = "";
        var before = server.Connected.Count;
        _world.RunUntil(() =>
        {
            foreach (var datagram in Take())
                accept = datagram;
            return server.Connected.Count > before;
        });
        ConnectionNumber = Hex(accept)[9];
        return accept;
    }

    /// <summary>Everything that has arrived, in hexadecimal; pings are answered and left out.</summary>
    public List<string> Take()
    {
        var taken = new List<string>();
        while (_socket.TryTake(out var bytes, out _))
        {
            if (AnswersPings && bytes.Length == 3 && (bytes[0] & 0x1F) == (First(4) & 0x1F))
            {
                var pong = new byte[11];
                pong[0] = (byte)((First(5) & 0x1F) | (bytes[0] & 0x60));
                bytes.AsSpan(1).CopyTo(pong.AsSpan(1));
                Send(pong);
            }
            else
            {
                taken.Add(Hex(bytes));
            }
        }
        return taken;
    }

    /// <summary>Sends, lets everybody tick twice, and shows what came back.</summary>
    public List<string> Exchange(params string[] datagrams)
    {
        foreach (var datagram in datagrams)
            Send(datagram);
        return Exchange();
    }

    /// <summary>Lets everybody tick twice and shows what came back.</summary>
    public List<string> Exchange()
    {
        _world.Step();
        var taken = Take();
        _world.Step();
        taken.AddRange(Take());
        return taken;
    }
}
