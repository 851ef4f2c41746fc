using GameServer.Scripting;

namespace GameServer.Server.Admin;

/// <summary>The server as the tick thread last published it. Fronts read it while the tick is busy or hangs.</summary>
/// <param name="Taken">When.</param>
/// <param name="Server">The server.</param>
/// <param name="Mods">Its mods.</param>
/// <param name="Players">Everybody online.</param>
sealed record AdminSnapshot(DateTimeOffset Taken, ServerReport Server, IReadOnlyList<ModStatus> Mods, IReadOnlyList<PlayerReport> Players);

/// <summary>Publishes a snapshot at an interval.</summary>
sealed class AdminSnapshots(IAdminTarget target, TimeProvider time)
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    AdminSnapshot? _last;
    long _due;

    /// <summary>The last one; null before the first tick. Any thread.</summary>
    public AdminSnapshot? Last => Volatile.Read(ref _last);

    /// <summary>Tick station: takes a new snapshot when one is due.</summary>
    /// <returns>Whether one was taken.</returns>
    public bool TakeWhenDue()
    {
        long now = time.GetTimestamp();
        if (now < _due && _last != null) return false;
        _due = now + (long)(Interval.TotalSeconds * time.TimestampFrequency);
        Volatile.Write(ref _last, new AdminSnapshot(time.GetUtcNow(), target.Server(), target.Mods.List(), target.Players()));
        return true;
    }
}
