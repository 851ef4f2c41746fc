using System.Net;
using GameServer.Net;
using GameServer.Net.Payloads;
using GameServer.Net.Peers;
using GameServer.Net.Sockets;
using GameServer.Server.Players;

namespace GameServer.Server.Cli;

/// <summary>What a client of this server can be told.</summary>
interface IGameClientEvents
{
    /// <summary>The client is in.</summary>
    void Welcome(GameClient client, int playerId, string name, string server, int tickRate);

    /// <summary>A line of chat; speaker 0 is the server or a mod.</summary>
    void Chat(GameClient client, int speaker, string name, string text);

    /// <summary>A message of a mod.</summary>
    /// <param name="client">Who got it.</param>
    /// <param name="name">Full name.</param>
    /// <param name="value">One encoded value; valid during the call.</param>
    void Message(GameClient client, string name, ReadOnlySpan<byte> value);

    /// <summary>A question of a mod.</summary>
    /// <param name="client">Who is asked.</param>
    /// <param name="name">Full name.</param>
    /// <param name="value">One encoded value; valid during the call.</param>
    /// <returns>One encoded value, or null for no answer to this.</returns>
    byte[]? Request(GameClient client, string name, ReadOnlySpan<byte> value) => null;

    /// <summary>What could be typed, answering <see cref="GameClient.Complete"/>.</summary>
    void Completions(GameClient client, string text, string usage, IReadOnlyList<string> words)
    {
    }

    /// <summary>The connection has ended, or could not be made.</summary>
    void Ended(GameClient client, LeaveCode code, string text);
}

/// <summary>A client that speaks docs/protocol.md through our own transport: bots and tests.</summary>
/// <remarks>One thread; <see cref="Update"/> drives everything, 10 times per second or more.</remarks>
sealed class GameClient : IDisposable
{
    readonly NetHost _net;
    readonly IGameClientEvents _events;
    readonly PayloadWriter _writer = new();
    Peer? _peer;

    /// <summary>Makes a client.</summary>
    /// <param name="events">Hears of what happens.</param>
    /// <param name="time">Clock.</param>
    /// <param name="faults">How bad its line is; null for a good one.</param>
    /// <param name="random">Chance of a bad line.</param>
    public GameClient(IGameClientEvents events, TimeProvider time, LineFaults? faults = null, Random? random = null)
    {
        _events = events;
        NetHostOptions options = new()
        {
            AcceptsConnections = false,
            UseReceiveThread = false,
            PeersMax = 1,
            BatchDatagrams = 16,
            SocketBufferBytes = 64 * 1024,
            PooledPacketsMax = 64,
            BindAddress = IPAddress.Any,
        };
        IDatagramSocket? line = faults is { Any: true }
            ? new FaultySocket(UdpSocket.Bind(new IPEndPoint(IPAddress.Any, 0), options.SocketBufferBytes), faults, random ?? new Random(0), time)
            : null;
        _net = new NetHost(options, time, line);
    }

    /// <summary>The entities this client sees.</summary>
    public EntityMirror Entities { get; } = new();

    /// <summary>World messages that did not follow the document: a mistake of the server.</summary>
    public long BadSnapshots { get; private set; }

    /// <summary>Round trip as the transport measures it.</summary>
    public TimeSpan RoundTrip => _peer?.RoundTripTime ?? default;

    /// <summary>Payloads received.</summary>
    public long Received { get; private set; }

    /// <summary>Payload bytes received.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Payloads sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Token to come back with (<see cref="ConnectData.Session"/>); empty until the server gave one.</summary>
    public byte[] SessionToken { get; private set; } = [];

    /// <summary>The server said that this client goes on as the player it was.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Begins to connect.</summary>
    public void Connect(IPEndPoint server, ConnectData data, WireDialect dialect = WireDialect.V2)
    {
        _net.Start();
        data.Write(_writer);
        _peer = _net.Connect(server, _writer.Written, dialect);
    }

    /// <summary>Says something.</summary>
    /// <returns>False when not connected or the queue is full.</returns>
    public bool Chat(string text) => Send(_writer.Clear().WriteByte((byte)MessageType.Chat).WriteString(text));

    /// <summary>Sends a message to a mod.</summary>
    /// <param name="name">Full name, <c>mod:name</c>.</param>
    /// <param name="value">One encoded value.</param>
    public bool Message(string name, ReadOnlySpan<byte> value) =>
        Send(_writer.Clear().WriteByte((byte)MessageType.Message).WriteString(name).WriteBytes(value));

    /// <summary>Asks what could be typed.</summary>
    /// <param name="text">A command as far as it was typed, with its slash.</param>
    public bool Complete(string text) => Send(_writer.Clear().WriteByte((byte)MessageType.Complete).WriteString(text));

    /// <summary>Leaves.</summary>
    public void Leave() => _peer?.Disconnect();

    /// <summary>Takes what has arrived and sends what is due.</summary>
    public void Update()
    {
        while (_net.Poll(out NetEvent happened))
        {
            switch (happened.Kind)
            {
                case NetEventKind.Received:
                    Received++;
                    ReceivedBytes += happened.Payload.Length;
                    Take(happened.Payload);
                    break;
                case NetEventKind.Disconnected:
                    PayloadReader reader = new(happened.Payload);
                    bool said = reader.TryReadByte(out byte code) & reader.TryReadString(out string text);
                    _events.Ended(this, said ? (LeaveCode)code : LeaveCode.None, said ? text : happened.Reason.ToString());
                    break;
            }
        }
        _net.Update();
    }

    public void Dispose() => _net.Dispose();

    bool Send(PayloadWriter message)
    {
        if (_peer is null || !_peer.Send(message.Written, DeliveryMethod.ReliableOrdered))
            return false;
        Sent++;
        return true;
    }

    void Take(ReadOnlySpan<byte> payload)
    {
        PayloadReader reader = new(payload);
        reader.TryReadByte(out byte type);
        switch ((MessageType)type)
        {
            case MessageType.Welcome
                when reader.TryReadUInt16(out _) && reader.TryReadInt32(out int id) && reader.TryReadString(out string name)
                && reader.TryReadString(out string server) && reader.TryReadUInt16(out ushort rate):
                Entities.Clear();
                _events.Welcome(this, id, name, server, rate);
                break;
            case MessageType.Chat
                when reader.TryReadInt32(out int speaker) && reader.TryReadString(out string speakerName) && reader.TryReadString(out string text):
                _events.Chat(this, speaker, speakerName, text);
                break;
            case MessageType.World when !Entities.Take(reader.ReadRemaining()):
                BadSnapshots++;
                break;
            case MessageType.Session
                when reader.TryReadByte(out byte resumed) && reader.TryReadUInt16(out _) && reader.TryReadBytesWithLength(out ReadOnlySpan<byte> token):
                (IsResumed, SessionToken) = (resumed == 1, token.ToArray());
                break;
            case MessageType.Request when reader.TryReadUInt32(out uint number) && reader.TryReadString(out string asked):
                byte[]? answer = _events.Request(this, asked, reader.ReadRemaining());
                Send(_writer.Clear().WriteByte((byte)MessageType.Request).WriteUInt32(number).WriteByte(answer is null ? (byte)1 : (byte)0).WriteBytes(answer ?? [0]));
                break;
            case MessageType.Complete when reader.TryReadString(out string typed) && reader.TryReadString(out string usage) && reader.TryReadUInt16(out ushort words):
                List<string> found = [];
                while (words-- > 0 && reader.TryReadString(out string word))
                    found.Add(word);
                _events.Completions(this, typed, usage, found);
                break;
            case MessageType.Message when reader.TryReadString(out string message):
                _events.Message(this, message, reader.ReadRemaining());
                break;
        }
    }
}
