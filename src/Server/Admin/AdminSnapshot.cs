using GameServer.Scripting;
using GameServer.Scripting.Profiling;

namespace GameServer.Server.Admin;

/// <summary>The server as the tick thread last published it. Fronts read it while the tick is busy or hangs.</summary>
/// <param name="Taken">When.</param>
/// <param name="Server">The server.</param>
/// <param name="Mods">Its mods.</param>
/// <param name="Players">Everybody online.</param>
/// <param name="Top">The page of <c>top</c> over ten seconds.</param>
/// <param name="Hooks">What every hook of every mod has cost since the server started.</param>
/// <param name="Edges">What mods cost each other.</param>
sealed record AdminSnapshot(
    DateTimeOffset Taken, ServerReport Server, IReadOnlyList<ModStatus> Mods, IReadOnlyList<PlayerReport> Players, TopReport Top, IReadOnlyList<HookTotal> Hooks,
    IReadOnlyList<CallCost> Edges)
{
    /// <summary>What mods cost.</summary>
    public IReadOnlyList<ModCost> Costs => Top.Mods;
}

/// <summary>Publishes a snapshot at an interval.</summary>
sealed class AdminSnapshots(IAdminTarget target, TimeProvider time)
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    const int WindowSeconds = 10;

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
        TopReport top = AdminCommands.TopOf(target, WindowSeconds);
        ModHost mods = target.Mods;
        Volatile.Write(ref _last, new AdminSnapshot(time.GetUtcNow(), top.Server, mods.List(), target.Players(), top, mods.HookTotals(), mods.CallCosts(WindowSeconds)));
        return true;
    }
}
