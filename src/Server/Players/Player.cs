using GameServer.Scripting.Ports;

namespace GameServer.Server.Players;

/// <summary>One connected player: who it is, its connection, and what it may still send.</summary>
/// <remarks>Tick thread. Lives from join to leave; the id is never used again.</remarks>
sealed class Player : IPlayer
{
    readonly TimeProvider _time;
    readonly long _joinedAt;
    TimeSpan _lastPing;
    TimeSpan? _stayed;
    string _address;

    public Player(int id, Admission admission, IPlayerConnection connection, PlayerLimits limits, TimeProvider time)
    {
        _time = time;
        _joinedAt = time.GetTimestamp();
        Id = id;
        Uid = admission.Uid;
        Name = admission.Name;
        FoldedName = admission.FoldedName;
        Language = admission.Language;
        Trust = admission.Trust;
        _address = connection.Address.ToString();
        Connection = connection;
        Meter = new PlayerMeter(limits);
        SessionToken = Players.SessionToken.Create(id);
    }

    public int Id { get; }

    public string Uid { get; }

    public string Name { get; }

    /// <summary>The name as <see cref="NameRules.Fold"/> makes it.</summary>
    public string FoldedName { get; }

    public string Language { get; }

    public string Address => _address;

    public PlayerTrust Trust { get; }

    public bool IsConnected => _stayed is null;

    public TimeSpan Ping => IsConnected && !IsHeld ? _lastPing = Connection.RoundTrip : _lastPing;

    public TimeSpan ConnectedFor => _stayed ?? _time.GetElapsedTime(_joinedAt);

    /// <summary>The transport. Another one after the player came back; the lost one while it is away.</summary>
    public IPlayerConnection Connection { get; private set; }

    /// <summary>Proof that a client is this player.</summary>
    public byte[] SessionToken { get; }

    /// <summary>The connection was lost and the place is being held.</summary>
    public bool IsHeld => HeldUntil is not null;

    /// <summary>When a held place is given up, by the clock of <see cref="PlayerSessions"/>; null while the player is there.</summary>
    public TimeSpan? HeldUntil { get; private set; }

    /// <summary>When the connection was lost.</summary>
    public TimeSpan HeldSince { get; private set; }

    /// <summary>How the connection was lost.</summary>
    public string LostBy { get; private set; } = "";

    /// <summary>What the player has sent, against its limits.</summary>
    public PlayerMeter Meter { get; }

    /// <summary>Payload bytes received.</summary>
    public long InBytes { get; set; }

    /// <summary>Payload bytes sent.</summary>
    public long OutBytes { get; set; }

    /// <summary>Why the player is about to be disconnected; null when it is not.</summary>
    public (LeaveCode Code, string Reason)? Leaving { get; set; }

    /// <summary>The connection is lost; the place is held for a while.</summary>
    public void Hold(TimeSpan now, TimeSpan until, string lostBy)
    {
        _lastPing = Connection.RoundTrip;
        HeldSince = now;
        HeldUntil = until;
        LostBy = lostBy;
    }

    /// <summary>The place is held at least until then, if it is held.</summary>
    public void HoldLonger(TimeSpan until)
    {
        if (HeldUntil < until)
            HeldUntil = until;
    }

    /// <summary>The player is back.</summary>
    public void Resume(IPlayerConnection connection)
    {
        HeldUntil = null;
        Connection = connection;
        _address = connection.Address.ToString();
    }

    /// <summary>Marks the player as gone.</summary>
    public void Leave()
    {
        if (!IsHeld)
            _lastPing = Connection.RoundTrip;
        _stayed = _time.GetElapsedTime(_joinedAt);
    }
}
