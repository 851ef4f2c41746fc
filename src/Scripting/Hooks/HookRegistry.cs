namespace GameServer.Scripting.Hooks;

/// <summary>All hooks and their handlers.</summary>
/// <remarks>Tick thread.</remarks>
sealed class HookRegistry
{
    /// <summary>Hooks of all mods together beyond those of the server; names nobody listens to are forgotten first.</summary>
    public const int CustomHooksMax = 4096;

    readonly Dictionary<string, HookList> _lists = new(StringComparer.Ordinal);
    long _sequence;

    /// <summary>Makes the hooks of the catalog, without handlers.</summary>
    public HookRegistry()
    {
        foreach (HookRow row in HookCatalog.Rows) _lists.Add(row.Name, new HookList(row.Name, row));
    }

    /// <summary>Number of the latest handler.</summary>
    public long Latest => _sequence;

    /// <summary>The list of a hook of the server.</summary>
    public HookList this[HookRow row] => _lists[row.Name];

    /// <summary>The list of a name, null when nobody has named it yet.</summary>
    public HookList? Find(string name) => _lists.GetValueOrDefault(name);

    /// <summary>The list of a name, made when there is none; null when there are too many.</summary>
    public HookList? FindOrAdd(string name)
    {
        if (_lists.TryGetValue(name, out HookList? list)) return list;
        if (_lists.Count >= CustomHooksMax) Forget();
        if (_lists.Count >= CustomHooksMax) return null;
        list = new HookList(name, null);
        _lists.Add(name, list);
        return list;
    }

    /// <summary>Registers a handler; one of the same mod, hook and id is replaced.</summary>
    /// <returns>Null, or why not.</returns>
    public string? Add(Handler handler, double handlersMax)
    {
        if (handler.Id is not null) Same(handler)?.Release();
        if (handler.Subscriber.Ownership.Add(handler, handlersMax) is { } refusal) return refusal;
        handler.Sequence = ++_sequence;
        handler.List.Add(handler);
        return null;
    }

    /// <summary>Puts all lists in order again after the places of mods changed.</summary>
    public void Resort()
    {
        foreach (HookList list in _lists.Values) list.Resort();
    }

    static Handler? Same(Handler handler) => handler.List.Handlers.Concat(handler.List.Observers)
        .FirstOrDefault(other => other.Subscriber == handler.Subscriber && other.Id == handler.Id);

    void Forget()
    {
        foreach (HookList list in _lists.Values.Where(list => list.Row is null && list.IsEmpty && list.Definition is null).ToList()) _lists.Remove(list.Name);
    }
}
