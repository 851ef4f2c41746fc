namespace GameServer.Support;

/// <summary>A clock that stands still until a test moves it.</summary>
/// <remarks>
/// Timestamps count 100 ns units. Thread-safe. Only reading the clock is supported: timers made by the base class run on
/// real time, and code under test that needs one belongs behind a tick instead.
/// </remarks>
public sealed class ManualTime : TimeProvider
{
    static readonly DateTimeOffset Origin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    long _elapsedTicks;

    /// <summary>Time passed since the clock was made.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _elapsedTicks));

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _elapsedTicks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Origin + Elapsed;

    /// <summary>Moves the clock forward.</summary>
    /// <param name="amount">Not negative.</param>
    public void Advance(TimeSpan amount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amount, TimeSpan.Zero);
        Interlocked.Add(ref _elapsedTicks, amount.Ticks);
    }
}
