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
        Address = connection.Address.ToString();
        Connection = connection;
        Meter = new PlayerMeter(limits);
    }

    public int Id { get; }

    public string Uid { get; }

    public string Name { get; }

    /// <summary>The name as <see cref="NameRules.Fold"/> makes it.</summary>
    public string FoldedName { get; }

    public string Language { get; }

    public string Address { get; }

    public PlayerTrust Trust { get; }

    public bool IsConnected => _stayed is null;

    public TimeSpan Ping => IsConnected ? _lastPing = Connection.RoundTrip : _lastPing;

    public TimeSpan ConnectedFor => _stayed ?? _time.GetElapsedTime(_joinedAt);

    /// <summary>The transport.</summary>
    public IPlayerConnection Connection { get; }

    /// <summary>What the player has sent, against its limits.</summary>
    public PlayerMeter Meter { get; }

    /// <summary>Payload bytes received.</summary>
    public long InBytes { get; set; }

    /// <summary>Payload bytes sent.</summary>
    public long OutBytes { get; set; }

    /// <summary>Why the player is about to be disconnected; null when it is not.</summary>
    public (LeaveCode Code, string Reason)? Leaving { get; set; }

    /// <summary>Marks the player as gone.</summary>
    public void Leave()
    {
        _lastPing = Connection.RoundTrip;
        _stayed = _time.GetElapsedTime(_joinedAt);
    }
}
