namespace GameServer.Server.Admin;

/// <summary>So many in each second, whoever asks.</summary>
/// <param name="max">How many.</param>
/// <param name="time">Clock.</param>
/// <remarks>Any thread.</remarks>
sealed class PerSecond(int max, TimeProvider time)
{
    readonly Lock _lock = new();
    long _second = -1;
    int _taken;

    /// <summary>Takes one.</summary>
    /// <returns>False when this second has had all of its own.</returns>
    public bool TryTake()
    {
        long second = time.GetTimestamp() / time.TimestampFrequency;
        lock (_lock)
        {
            if (second != _second) (_second, _taken) = (second, 0);
            return ++_taken <= max;
        }
    }
}
