namespace GameServer.Scripting.Testing.Doubles;

/// <summary>The clock of a test: moved by the test, tick by tick, and by a tenth of the real time that passes, so that a script that never ends still meets its
/// limit while a busy machine takes nobody's time away.</summary>
/// <remarks>Any thread.</remarks>
sealed class TestClock(TimeProvider real) : TimeProvider
{
    /// <summary>Real time counts for this part of itself.</summary>
    public const int RealTimePart = 10;

    static readonly DateTimeOffset Origin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    readonly long _began = real.GetTimestamp();
    long _moved;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _moved) + (real.GetElapsedTime(_began).Ticks / RealTimePart);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Origin + TimeSpan.FromTicks(GetTimestamp());

    /// <summary>Moves on.</summary>
    public void Advance(TimeSpan time) => Interlocked.Add(ref _moved, time.Ticks);
}
