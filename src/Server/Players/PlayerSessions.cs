using System.Text;
using GameServer.Net.Payloads;
using GameServer.Scripting.Ports;
using GameServer.Server.Observability;

namespace GameServer.Server.Players;

/// <summary>What players are told about the server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TickRate">Ticks per second.</param>
/// <param name="ReconnectWindow">How long the place of a player whose connection was lost is held; zero not at all.</param>
sealed record ServerIdentity(string Name, int TickRate, TimeSpan ReconnectWindow = default);

/// <summary>
/// The life of players: door, join, messages, leaving. Turns what the transport reports into events for the mods, and enforces the limits of
/// docs/protocol.md, section 5.
/// </summary>
/// <remarks>Tick thread. Nothing a client sends raises.</remarks>
sealed class PlayerSessions
{
    static readonly TimeSpan DroppedNoteInterval = TimeSpan.FromSeconds(1);

    // A client that was let in and never shows up gives its place back after this.
    static readonly TimeSpan ArrivalMax = TimeSpan.FromSeconds(10);

    readonly ServerIdentity _identity;
    readonly JoinGate _gate;
    readonly PlayerRegistry _registry;
    readonly PlayerGateway _gateway;
    readonly PlayerLimits _limits;
    readonly PlayerCounters _counters;
    readonly IPlayerEvents _events;
    readonly ServerLog _log;
    readonly TimeProvider _time;
    readonly long _start;
    readonly Dictionary<IPlayerConnection, (Admission Admission, TimeSpan Since)> _arriving = [];
    readonly JoinMeter _joins = new();
    readonly RefusalLog _refusals;
    readonly PayloadWriter _writer = new();
    readonly MessageNames _names = new();
    readonly List<Player> _leaving = [];

    public PlayerSessions(
        ServerIdentity identity,
        JoinGate gate,
        PlayerRegistry registry,
        PlayerGateway gateway,
        PlayerLimits limits,
        PlayerCounters counters,
        IPlayerEvents events,
        ServerLog log,
        TimeProvider time)
    {
        _identity = identity;
        _gate = gate;
        _registry = registry;
        _gateway = gateway;
        _limits = limits;
        _counters = counters;
        _events = events;
        _log = log;
        _time = time;
        _start = time.GetTimestamp();
        _refusals = new RefusalLog(log);
    }

    TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Somebody wants in.</summary>
    public void Request(IJoinRequest request)
    {
        if (!_joins.TryTake(request.Address, Now))
        {
            Refuse(request, LeaveCode.Flood, "too many joins from your address; wait a moment");
            return;
        }
        Admission? admission = _gate.Check(request.Data, request.Address, out LeaveCode code, out string text);
        if (admission is null)
        {
            Refuse(request, code, text);
            return;
        }
        if (admission.Resumes is { } player)
        {
            RequestResume(request, admission, player);
            return;
        }
        _registry.Reserve(admission);
        JoinCandidate candidate = new(admission.Name, admission.Uid, admission.Address.ToString(), admission.Trust, admission.Language) { Data = admission.Data };
        _events.PlayerConnecting(candidate, verdict => Decide(request, admission, verdict));
    }

    /// <summary>A client that was let in is really there.</summary>
    public void Connected(IPlayerConnection connection)
    {
        if (!_arriving.Remove(connection, out (Admission Admission, TimeSpan Since) arrival))
        {
            connection.Disconnect(ReasonData(LeaveCode.Refused, "the join took too long"));
            return;
        }
        Admission admission = arrival.Admission;
        if (admission.Resumes is { } known)
        {
            Resume(connection, admission, known);
            return;
        }
        if (_gate.IsFull)
        {
            GiveBack(admission);
            _counters.CountRefused(LeaveCode.Full);
            connection.Disconnect(ReasonData(LeaveCode.Full, _gate.FullText));
            return;
        }
        Player player = new(admission.Id, admission, connection, _limits, _time);
        connection.Player = player;
        _registry.Add(player);
        while (_gate.TooMany(admission) is { } held)
            Remove(held, $"{held.LostBy}; its place was needed", LeaveCode.None);
        _counters.Joined++;
        _log.PlayerJoined(player.Id, player.Name, player.Address, _registry.All.Count);
        Greet(player, isResumed: false);
        _events.PlayerConnect(player);
    }

    /// <summary>A connection has ended, by the client or by the network.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="reason">Text for people.</param>
    /// <param name="isLost">The network did it, or a crash: the player may come back to its place.</param>
    public void Disconnected(IPlayerConnection connection, string reason, bool isLost = false)
    {
        if (_arriving.Remove(connection, out (Admission Admission, TimeSpan Since) arrival))
            GiveBack(arrival.Admission);
        if (connection.Player is not { IsConnected: true, IsHeld: false } player)
            return;
        if (!isLost || _identity.ReconnectWindow <= TimeSpan.Zero || player.Leaving is not null)
        {
            Remove(player, reason, LeaveCode.None);
            return;
        }
        player.Hold(Now, Now + _identity.ReconnectWindow, reason);
        _counters.Held++;
        _log.PlayerHeld(player.Id, player.Name, reason, _identity.ReconnectWindow);
        _events.PlayerHold(player, reason);
    }

    /// <summary>A payload of a player.</summary>
    public void Received(IPlayerConnection connection, ReadOnlySpan<byte> payload)
    {
        if (connection.Player is not { IsConnected: true, Leaving: null } player)
            return;
        _counters.MessagesIn++;
        player.InBytes += payload.Length;
        switch (player.Meter.Message(Now))
        {
            case Intake.Flood:
                PlayerGateway.Dismiss(player, LeaveCode.Flood, "too many messages");
                return;
            case Intake.Drop:
                _counters.CountDropped(MessageDrop.MessageRate);
                return;
        }
        PayloadReader reader = new(payload);
        bool read = payload.Length <= _limits.MessageBytesMax
            && reader.TryReadByte(out byte type)
            && (MessageType)type switch
            {
                MessageType.Chat => TakeChat(player, ref reader),
                MessageType.Message => TakeMessage(player, ref reader),
                MessageType.Request => TakeAnswer(player, ref reader),
                MessageType.Complete => TakeComplete(player, ref reader),
                _ => false,
            };
        if (read)
            return;
        _counters.CountDropped(MessageDrop.Malformed);
        if (!player.Meter.Malformed(Now))
            PlayerGateway.Dismiss(player, LeaveCode.BadMessages, "too many malformed messages");
    }

    /// <summary>Last station of a tick: carries out kicks, tells clients about dropped messages.</summary>
    public void EndTick()
    {
        TimeSpan now = Now;
        for (int i = 0; i < _registry.All.Count; i++)
        {
            Player player = _registry.All[i];
            if (player.Leaving is not null || player.HeldUntil <= now)
                _leaving.Add(player);
            else if (!player.IsHeld)
                TellDropped(player, now);
        }
        foreach (Player player in _leaving)
        {
            if (player.Leaving is { } leaving)
                Dismiss(player, leaving.Code, leaving.Reason);
            else
                Remove(player, player.LostBy, LeaveCode.None);
        }
        _leaving.Clear();
        if (_arriving.Count > 0)
            ForgetLost(now);
        _refusals.Summarise(now);
    }

    /// <summary>Sends everybody away.</summary>
    public void DismissAll(LeaveCode code, string reason)
    {
        foreach (Player player in _registry.All.ToArray())
            Dismiss(player, code, reason);
    }

    void ForgetLost(TimeSpan now)
    {
        foreach ((IPlayerConnection connection, (Admission admission, TimeSpan since)) in _arriving)
        {
            // The transport says nothing when an address that was never proven disappears.
            if (connection.IsAlive && now - since < ArrivalMax)
                continue;
            // Removing the current entry is allowed while going through a dictionary.
            _arriving.Remove(connection);
            _counters.NeverArrived++;
            GiveBack(admission);
        }
    }

    void GiveBack(Admission admission)
    {
        if (admission.Resumes is null)
            _registry.Release(admission.FoldedName, admission.Address);
        _gate.Return(admission);
    }

    void Greet(Player player, bool isResumed)
    {
        _gateway.Welcome(player, _identity.Name, _identity.TickRate);
        if (_identity.ReconnectWindow > TimeSpan.Zero)
            _gateway.Session(player, isResumed, _identity.ReconnectWindow);
    }

    /// <summary>Somebody shows that it is a player who is here or was a moment ago. The mods were asked about it when it joined.</summary>
    void RequestResume(IJoinRequest request, Admission admission, Player player)
    {
        IPlayerConnection? connection = null;
        if (!player.Meter.Resume(Now))
            Refuse(request, LeaveCode.Flood, "you came back too often; wait a moment");
        else
            connection = request.IsOpen ? request.Accept() : null;
        if (connection is null)
        {
            GiveBack(admission);
            return;
        }
        player.HoldLonger(Now + ArrivalMax);
        _arriving.Add(connection, (admission, Now));
    }

    void Resume(IPlayerConnection connection, Admission admission, Player player)
    {
        if (!player.IsConnected || player.Leaving is not null)
        {
            _gate.Return(admission);
            connection.Disconnect(ReasonData(LeaveCode.Refused, "the session has ended; join anew"));
            return;
        }
        IPlayerConnection before = player.Connection;
        TimeSpan away = player.IsHeld ? Now - player.HeldSince : TimeSpan.Zero;
        _registry.Resume(player, connection);
        before.Player = null;
        before.Disconnect(ReasonData(LeaveCode.TakenOver, "you have connected again"));
        connection.Player = player;
        _counters.Resumed++;
        _log.PlayerResumed(player.Id, player.Name, player.Address, away);
        Greet(player, isResumed: true);
        _events.PlayerResume(player, away);
    }

    void Decide(IJoinRequest request, Admission admission, JoinVerdict verdict)
    {
        IPlayerConnection? connection = null;
        if (!verdict.Allowed)
            Refuse(request, LeaveCode.Refused, verdict.Reason);
        else
            connection = request.IsOpen ? request.Accept() : null;
        if (connection is null)
            GiveBack(admission);
        else
            _arriving.Add(connection, (admission, Now));
    }

    void Refuse(IJoinRequest request, LeaveCode code, string text)
    {
        _counters.CountRefused(code);
        _refusals.Write(code, text, request.Address, Now);
        request.Reject(ReasonData(code, text));
    }

    ReadOnlySpan<byte> ReasonData(LeaveCode code, string text) => _writer.Clear().WriteByte((byte)code).WriteString(Cut(text)).Written;

    // The transport carries about a kilobyte; a cut must not fall inside a character.
    static string Cut(string text)
    {
        while (Encoding.UTF8.GetByteCount(text) > PlayerProtocol.ReasonBytesMax)
        {
            int keep = Math.Min(text.Length - 1, PlayerProtocol.ReasonBytesMax);
            text = text[..(char.IsHighSurrogate(text[keep - 1]) ? keep - 1 : keep)];
        }
        return text;
    }

    bool TakeChat(Player player, ref PayloadReader reader)
    {
        if (!reader.TryReadString(out string text, _limits.ChatBytesMax) || !reader.IsAtEnd || !IsChatText(text))
            return false;
        if (player.Meter.Chat(Now) == Intake.Drop)
        {
            _counters.CountDropped(MessageDrop.ChatRate);
            return true;
        }
        ChatVerdict verdict = _events.PlayerChat(player, text);
        if (verdict.Text is not { } spoken)
            return true;
        _log.Chat(player.Id, player.Name, spoken);
        for (int i = 0; i < _registry.All.Count; i++)
            _gateway.Chat(_registry.All[i], player, spoken);
        return true;
    }

    bool TakeComplete(Player player, ref PayloadReader reader)
    {
        if (!reader.TryReadString(out string line, _limits.ChatBytesMax) || !reader.IsAtEnd)
            return false;
        // Scripts may be asked for words: it costs what a line of chat may.
        if (!player.Meter.Completes(Now))
        {
            _counters.CountDropped(MessageDrop.MessageRate);
            return true;
        }
        _gateway.Suggest(player, line, _events.Complete(player, line));
        return true;
    }

    bool TakeMessage(Player player, ref PayloadReader reader)
    {
        if (!reader.TryReadStringUtf8(out ReadOnlySpan<byte> name, PlayerProtocol.MessageNameBytesMax) || !IsMessageName(name))
            return false;
        string message = _names.Of(name);
        return Settle(player, message, _events.PlayerMessage(player, message, reader.ReadRemaining()));
    }

    bool TakeAnswer(Player player, ref PayloadReader reader) =>
        reader.TryReadUInt32(out uint request) && reader.TryReadByte(out byte refused) && refused <= 1
        && Settle(player, "answers", _events.PlayerAnswer(player, request, refused == 1, reader.ReadRemaining()));

    // Counts what was thrown away; false for what could not be read.
    bool Settle(Player player, string name, MessageOutcome outcome)
    {
        _gateway.MessageDropped(player, name, outcome);
        return outcome != MessageOutcome.Malformed;
    }

    static bool IsChatText(string text)
    {
        bool visible = false;
        foreach (char c in text)
        {
            // Line and paragraph separators, and characters that turn the direction of what follows.
            if (char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
                return false;
            visible |= !char.IsWhiteSpace(c);
        }
        return visible;
    }

    static bool IsMessageName(ReadOnlySpan<byte> name)
    {
        int colons = 0;
        foreach (byte b in name)
        {
            if (b == ':')
                colons++;
            else if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'-' or (byte)'.'))
                return false;
        }
        return colons == 1 && name[0] != ':' && name[^1] != ':';
    }

    void TellDropped(Player player, TimeSpan now)
    {
        PlayerMeter meter = player.Meter;
        if (meter.UntoldDrops.Count == 0 || (meter.ToldAt != TimeSpan.MinValue && now - meter.ToldAt < DroppedNoteInterval))
            return;
        meter.ToldAt = now;
        foreach (Untold drop in meter.UntoldDrops.ToArray())
        {
            _gateway.Dropped(player, drop.What, drop.Count, drop.Why);
            _events.MessageDropped(player, drop.What, drop.Count, drop.Why);
        }
        meter.ForgetUntold();
    }

    void Dismiss(Player player, LeaveCode code, string reason)
    {
        if (!player.IsConnected)
            return;
        _counters.CountRefused(code);
        player.Connection.Disconnect(ReasonData(code, reason));
        Remove(player, reason, code);
    }

    void Remove(Player player, string reason, LeaveCode code)
    {
        _registry.Remove(player);
        _log.PlayerLeft(player.Id, player.Name, reason, player.ConnectedFor, _registry.All.Count);
        _events.PlayerDisconnect(player, reason, (int)code);
        player.Leave();
    }
}
