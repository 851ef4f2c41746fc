namespace GameServer.Scripting.Reload;

/// <summary>Which mods were touched, and when each has been quiet long enough to be looked at.</summary>
/// <remarks>Tick thread; asked from the tick, so it needs no timers. Under endless writes a mod is due after a maximum wait.</remarks>
sealed class Debouncer(TimeProvider time, TimeSpan quiet, TimeSpan quietMax)
{
    readonly Dictionary<string, (long First, long Last)> _touched = new(StringComparer.Ordinal);

    /// <summary>Mods that wait.</summary>
    public int Count => _touched.Count;

    /// <summary>A mod was touched now.</summary>
    public void Touch(string id) => Touch(id, time.GetTimestamp());

    /// <summary>A mod was touched.</summary>
    /// <param name="id">Which.</param>
    /// <param name="at">When: the quiet time counts from the event, not from the tick that hears of it.</param>
    public void Touch(string id, long at)
    {
        (long First, long Last) before = _touched.TryGetValue(id, out (long First, long Last) known) ? known : (at, at);
        _touched[id] = (before.First, Math.Max(before.Last, at));
    }

    /// <summary>Takes the mods that are due, in order of their first touch.</summary>
    public IReadOnlyList<string> TakeDue()
    {
        // Apart from the rest, whose closures would be allocated in every tick.
        return _touched.Count == 0 ? [] : TakeDue(time.GetTimestamp());
    }

    string[] TakeDue(long now)
    {
        string[] due = [.. _touched
            .Where(mod => time.GetElapsedTime(mod.Value.Last, now) >= quiet || time.GetElapsedTime(mod.Value.First, now) >= quietMax)
            .OrderBy(mod => mod.Value.First).ThenBy(mod => mod.Key, StringComparer.Ordinal).Select(mod => mod.Key)];
        foreach (string id in due) _touched.Remove(id);
        return due;
    }
}
