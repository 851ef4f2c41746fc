using System.Globalization;
using GameServer.Net.Payloads;
using GameServer.Net.Sockets;
using GameServer.Scripting.Mods;
using GameServer.Server.Observability;
using GameServer.Server.Players;

namespace GameServer.Server.Cli.Bots;

/// <summary>What bots do.</summary>
sealed record BotBehaviour
{
    /// <summary>Chat lines per second and bot.</summary>
    public double ChatPerSecond { get; init; } = 0.2;

    /// <summary>Messages per second and bot.</summary>
    public double MessagesPerSecond { get; init; } = 5;

    /// <summary>Name of the message that a random step is sent as; empty sends none.</summary>
    public string MessageName { get; init; } = "";

    /// <summary>Declared messages to send beside it, with values that fit, never above the rate their mod takes.</summary>
    public IReadOnlyList<DeclaredMessage> Messages { get; init; } = [];

    /// <summary>What they do instead of all that; null for the above.</summary>
    public BotScript? Script { get; init; }

    /// <summary>What their names begin with.</summary>
    public string NamePrefix { get; init; } = "bot";

    /// <summary>How bad their lines are.</summary>
    public LineFaults Faults { get; init; } = new(0, TimeSpan.Zero, TimeSpan.Zero);
}

/// <summary>One bot: joins, chats, and walks about in the sample game, or does what a script says. Measures how long its own chat lines take to come back.</summary>
/// <remarks>Thread of the <see cref="BotCrowd"/>.</remarks>
sealed class Bot : IGameClientEvents, IDisposable
{
    // Mods take bursts, and so does the server; a bot stays a little below what is allowed in the long run.
    const double RateShare = 0.9;

    static readonly (string Name, sbyte X, sbyte Y)[] Directions = [("up", 0, -1), ("down", 0, 1), ("left", -1, 0), ("right", 1, 0)];

    readonly BotBehaviour _behaviour;
    readonly TimeProvider _time;
    readonly Random _random;
    readonly Histogram _chatEcho;
    readonly PayloadWriter _value = new();
    readonly Dictionary<int, long> _waitingLines = [];
    readonly long[] _nextDeclared;
    BotScript.Run? _script;
    long _nextChat;
    long _nextMessage;
    int _lines;

    public Bot(int number, BotBehaviour behaviour, Random random, Histogram chatEcho, TimeProvider time)
    {
        Number = number;
        Name = $"{behaviour.NamePrefix} {number}";
        _behaviour = behaviour;
        _random = random;
        _chatEcho = chatEcho;
        _time = time;
        _nextDeclared = new long[behaviour.Messages.Count];
        Client = new GameClient(this, time, behaviour.Faults, new Random(random.Next()));
    }

    public int Number { get; }

    public string Name { get; private set; }

    /// <summary>Number on the server; 0 before the welcome.</summary>
    public int Id { get; private set; }

    public GameClient Client { get; }

    /// <summary>True from the welcome until the end.</summary>
    public bool IsIn { get; private set; }

    /// <summary>True once the bot was welcomed.</summary>
    public bool WasIn { get; private set; }

    /// <summary>Why it is no longer there; null while it is.</summary>
    public string? End { get; private set; }

    public void Welcome(GameClient client, int playerId, string name, string server, int tickRate)
    {
        (Id, Name) = (playerId, name);
        bool first = !WasIn;
        IsIn = WasIn = true;
        _nextChat = After(_behaviour.ChatPerSecond * 2);
        _nextMessage = After(_behaviour.MessagesPerSecond * 2);
        for (int i = 0; i < _nextDeclared.Length; i++) _nextDeclared[i] = After(RateOf(i) * 2);
        if (first) _script = _behaviour.Script?.Start(this);
    }

    public void Chat(GameClient client, int speaker, string name, string text)
    {
        _script?.Chat(speaker == 0 ? "" : name, text);
        if (speaker != Id || !int.TryParse(text.AsSpan(text.LastIndexOf('#') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int line))
            return;
        if (_waitingLines.Remove(line, out long sent))
            _chatEcho.Record((long)_time.GetElapsedTime(sent).TotalMicroseconds);
    }

    public void Message(GameClient client, string name, ReadOnlySpan<byte> value) => _script?.Message(name, value);

    public void Ended(GameClient client, LeaveCode code, string text)
    {
        IsIn = false;
        End = code == LeaveCode.None ? text : $"{code}: {text}";
    }

    /// <summary>Takes what arrived, then does what is due.</summary>
    public void Update()
    {
        Client.Update();
        if (!IsIn)
            return;
        if (_script is not null)
        {
            _script.Update();
            return;
        }
        long now = _time.GetTimestamp();
        if (_behaviour.ChatPerSecond > 0 && now >= _nextChat)
        {
            _nextChat = After(_behaviour.ChatPerSecond);
            if (Client.Chat($"hello from bot {Number} #{++_lines}"))
                _waitingLines[_lines] = now;
        }
        if (_behaviour.MessageName.Length > 0 && now >= _nextMessage)
        {
            _nextMessage = After(_behaviour.MessagesPerSecond);
            Client.Message(_behaviour.MessageName, Step());
        }
        for (int i = 0; i < _nextDeclared.Length; i++)
        {
            if (now < _nextDeclared[i])
                continue;
            _nextDeclared[i] = After(RateOf(i));
            Client.Message(_behaviour.Messages[i].Name, _behaviour.Messages[i].Sample(_random));
        }
    }

    public void Dispose() => Client.Dispose();

    double RateOf(int message) => Math.Min(_behaviour.MessagesPerSecond, _behaviour.Messages[message].PerSecond * RateShare);

    // { dir = "left", dx = -1, dy = 0 }, in the encoding of docs/protocol.md, section 4.
    ReadOnlySpan<byte> Step()
    {
        (string name, sbyte x, sbyte y) = Directions[_random.Next(Directions.Length)];
        return _value.Clear().WriteByte(10).WriteUInt16(3)
            .WriteByte(5).WriteString("dir").WriteByte(5).WriteString(name)
            .WriteByte(5).WriteString("dx").WriteByte(4).WriteInt32(x)
            .WriteByte(5).WriteString("dy").WriteByte(4).WriteInt32(y)
            .Written;
    }

    // Spread evenly between half and one and a half of the interval, so that bots do not act in step.
    long After(double perSecond) => _time.GetTimestamp() + (long)(_time.TimestampFrequency / perSecond * (0.5 + _random.NextDouble()));
}
