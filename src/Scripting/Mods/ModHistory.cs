namespace GameServer.Scripting.Mods;

/// <summary>The last things that happened to a mod. Bounded: the oldest goes first; the same thing again and again is one entry with a count.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ModHistory(TimeProvider time)
{
    const int EntriesMax = 24;

    readonly List<ModEvent> _events = [];

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<ModEvent> Events => [.. _events];

    /// <summary>Adds something that happened now.</summary>
    public void Add(string kind, string text)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (_events.Count > 0 && _events[^1] is var last && last.Kind == kind && last.Text == text)
        {
            _events[^1] = last with { At = now, Count = last.Count + 1 };
            return;
        }
        if (_events.Count == EntriesMax) _events.RemoveAt(0);
        _events.Add(new ModEvent(now, kind, text, 1));
    }
}
