using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using GameServer.Net.Payloads;
using GameServer.Server.Players;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>
/// A client of LiteNetLib 2.x made of bytes, for what no library would send. Connects, answers pings if told to, acknowledges if told to, and is otherwise
/// the puppet of a test.
/// </summary>
sealed class RawClient : IDisposable
{
    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
    readonly byte[] _buffer = new byte[2048];
    readonly byte[] _request;

    public RawClient(int port, string name, string key = "gameserver", byte[]? data = null)
    {
        _socket.Connect(IPAddress.Loopback, port);
        if (data is null)
        {
            PayloadWriter writer = new();
            new ConnectData(key, PlayerProtocol.Version, name, "en", []).Write(writer);
            data = writer.Written.ToArray();
        }
        _request = new byte[34 + data.Length];
        _request[0] = 6;
        _request[1] = 13;
        BinaryPrimitives.WriteInt64LittleEndian(_request.AsSpan(5), DateTime.UtcNow.Ticks);
        _request[17] = 16;
        _request[18] = 2;
        data.CopyTo(_request, 34);
        Request();
    }

    public bool AnswersPings { get; set; } = true;

    /// <summary>The server has accepted on the wire.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>The server has ended it.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Data has come, so the address is proven and the player is in.</summary>
    public bool IsIn { get; private set; }

    public int ConnectionNumber { get; private set; }

    public void Request() => Send(_request);

    public void Send(ReadOnlySpan<byte> datagram)
    {
        try
        {
            _socket.Send(datagram);
        }
        catch (SocketException)
        {
            // The socket's buffer is full, which is the attacker's trouble.
        }
    }

    /// <summary>Byte 0 of a packet by its number.</summary>
    public byte First(int number, bool isFragment = false) => (byte)(number | (ConnectionNumber << 5) | (isFragment ? 0x80 : 0));

    /// <summary>Takes what has arrived.</summary>
    public void Update()
    {
        while (_socket.Available > 0)
        {
            int length;
            try
            {
                length = _socket.Receive(_buffer);
            }
            catch (SocketException)
            {
                return;
            }
            ReadOnlySpan<byte> datagram = _buffer.AsSpan(0, length);
            switch (datagram[0] & 0x1F)
            {
                case 7 when length == 15:
                    IsAccepted = true;
                    ConnectionNumber = datagram[9];
                    break;
                case 4 when AnswersPings:
                    Send([First(5), datagram[1], datagram[2], 0, 0, 0, 0, 0, 0, 0, 0]);
                    break;
                case 8:
                    IsEnded = true;
                    break;
                case 0 or 1 or 2 or 13:
                    IsIn = true;
                    break;
            }
        }
    }

    public async Task InAsync(HostileServer server)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!IsIn)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < RunningServer.Limit, "the client of bytes did not get in");
            if (!IsAccepted)
                Request();
            Update();
            server.Play();
            await Task.Delay(20);
        }
    }

    public void Dispose() => _socket.Dispose();
}
