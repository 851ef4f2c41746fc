namespace GameServer.Scripting.Scheduling;

/// <summary>The clock of scripts: moves once per tick by the fixed step, so that the same inputs give the same times.</summary>
/// <remarks>Tick thread.</remarks>
sealed class TickClock(int tickRate)
{
    /// <summary>Ticks per second.</summary>
    public int TickRate { get; } = tickRate;

    /// <summary>Number of the present tick.</summary>
    public long Tick { get; private set; }

    /// <summary>Seconds of script time since the server started.</summary>
    public double Now { get; private set; }

    /// <summary>Seconds since the tick before.</summary>
    public double Dt { get; private set; } = 1.0 / tickRate;

    /// <summary>Moves on.</summary>
    public void Advance(long tick, double dt)
    {
        Tick = tick;
        Dt = dt;
        Now += dt;
    }

    /// <summary>The tick at which a wait of that many seconds from now is over: always a later one.</summary>
    public long DueIn(double seconds)
    {
        double ticks = Math.Ceiling((seconds * TickRate) - 1e-9);
        return Tick + (long)Math.Clamp(ticks, 1, 1L << 50);
    }
}
