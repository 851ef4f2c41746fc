using System.Net;
using GameServer.Net.Payloads;
using GameServer.Server.Players;

namespace GameServer.Server.Tests.Players;

/// <summary>A connection that keeps what is sent over it.</summary>
sealed class FakeConnection(IPAddress address) : IPlayerConnection
{
    public IPAddress Address => address;

    public bool IsAlive { get; set; } = true;

    public TimeSpan RoundTrip => TimeSpan.FromMilliseconds(12);

    public double Loss => 0.25;

    public int UnreliableBytesMax => 1000;

    public Player? Player { get; set; }

    public List<(byte[] Payload, bool Reliable)> Sent { get; } = [];

    public byte[]? Farewell { get; private set; }

    public bool IsFull { get; set; }

    /// <summary>Sent payloads are not kept.</summary>
    public bool Discards { get; set; }

    public bool Send(ReadOnlySpan<byte> payload, bool reliable)
    {
        if (IsFull || Farewell is not null)
            return false;
        if (!Discards)
            Sent.Add((payload.ToArray(), reliable));
        return true;
    }

    public void Disconnect(ReadOnlySpan<byte> data) => Farewell = data.ToArray();

    /// <summary>Payloads of one type, without the type byte.</summary>
    public IEnumerable<byte[]> OfType(MessageType type) => Sent.Where(s => s.Payload[0] == (byte)type).Select(s => s.Payload[1..]);
}

/// <summary>A join request that remembers its answer.</summary>
sealed class FakeRequest(byte[] data, string address = "203.0.113.7") : IJoinRequest
{
    public ReadOnlySpan<byte> Data => data;

    public IPAddress Address { get; } = IPAddress.Parse(address);

    public bool IsOpen { get; set; } = true;

    public FakeConnection? Connection { get; private set; }

    public (LeaveCode Code, string Text)? Refusal { get; private set; }

    public IPlayerConnection? Accept() => Connection = new FakeConnection(Address);

    public void Reject(ReadOnlySpan<byte> data) => Refusal = ReadReason(data);

    public static (LeaveCode Code, string Text) ReadReason(ReadOnlySpan<byte> data)
    {
        PayloadReader reader = new(data);
        Assert.True(reader.TryReadByte(out byte code));
        Assert.True(reader.TryReadString(out string text));
        Assert.True(reader.IsAtEnd);
        return ((LeaveCode)code, text);
    }

    public static byte[] ConnectBytes(string key = "key", ushort protocol = 1, string name = "Ada", string language = "en", byte[]? ticket = null)
    {
        PayloadWriter writer = new();
        new ConnectData(key, protocol, name, language, ticket ?? []).Write(writer);
        return writer.Written.ToArray();
    }
}
