namespace GameServer.Scripting.Scheduling;

/// <summary>The tick clock as a clock for the libraries of a VM: without the right to wall time, scripts see time pass in ticks since the epoch of the server's start.</summary>
sealed class TickTime(TickClock clock) : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => (long)(clock.Now * TimeSpan.TicksPerSecond);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(clock.Now);
}
