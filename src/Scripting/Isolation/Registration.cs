
namespace GameServer.Scripting.Isolation;

/// <summary>What a mod can have registered with the host.</summary>
enum RegistrationKind
{
    /// <summary>Handler of a hook, event or message.</summary>
    Handler,
    /// <summary>Timer.</summary>
    Timer,
    /// <summary>Waiting task.</summary>
    Task,
    /// <summary>Exported function.</summary>
    Export,
    /// <summary>Command.</summary>
    Command,
    /// <summary>Right of players.</summary>
    Right,
}

/// <summary>Something the host keeps for one generation of a mod. Scripts hold it as a Connection.</summary>
/// <remarks>Tick thread. Released at most once, whoever comes first: the script, the host, or the end of the generation.</remarks>
abstract class Registration(RegistrationKind kind)
{
    internal Ownership? Owner;
    internal int Index;
    internal long Number;

    /// <summary>What it is; limits count by it.</summary>
    public RegistrationKind Kind { get; } = kind;

    /// <summary>Bytes charged to the mod for it.</summary>
    public virtual int HostBytes => HostAccount.RegistrationBytes;

    /// <summary>Whether it still does something.</summary>
    public bool IsLive => Owner != null;

    /// <summary>Ends it; nothing of it happens any more from now on.</summary>
    public void Release()
    {
        if (Owner == null) return;
        Owner.Remove(this);
        OnReleased();
    }

    /// <summary>Lets go of what it holds, without ever having been registered.</summary>
    internal void Discard() => OnReleased();

    /// <summary>Lets go of what it holds.</summary>
    protected abstract void OnReleased();
}

/// <summary>Everything one generation of a mod has registered. One routine lets go of it all, on every way a generation can end.</summary>
/// <remarks>Tick thread.</remarks>
sealed class Ownership(HostAccount account)
{
    readonly List<Registration> _all = [];
    readonly int[] _counts = new int[Enum.GetValues<RegistrationKind>().Length];
    long _number;
    bool _closed;

    /// <summary>Live registrations.</summary>
    public int Count => _all.Count;

    /// <summary>Number of the latest registration; later ones have greater numbers.</summary>
    public long Latest => _number;

    /// <summary>Live registrations of a kind.</summary>
    public int CountOf(RegistrationKind kind) => _counts[(int)kind];

    /// <summary>Takes a registration in.</summary>
    /// <param name="registration">New. When it is refused it lets go of what it holds, so that a script cannot pile up refusals.</param>
    /// <param name="max">Most of its kind the mod may have.</param>
    /// <returns>Null, or why not.</returns>
    public string? Add(Registration registration, double max)
    {
        string? refusal = TryAdd(registration, max);
        if (refusal is not null) registration.Discard();
        return refusal;
    }

    string? TryAdd(Registration registration, double max)
    {
        int kind = (int)registration.Kind;
        if (_closed) return "the mod is being unloaded";
        if (_counts[kind] >= max) return $"too many {Name(registration.Kind)} (limit {max})";
        if (!account.TryCharge(registration.HostBytes)) return $"the server holds too much for this mod (host_memory_kb, {account.BytesMax / 1024})";
        registration.Owner = this;
        registration.Number = ++_number;
        registration.Index = _all.Count;
        _all.Add(registration);
        _counts[kind]++;
        return null;
    }

    /// <summary>Releases what was registered after <paramref name="number"/>: the work of a call that was killed.</summary>
    public void ReleaseAfter(long number)
    {
        if (_number == number) return;
        foreach (Registration registration in _all.Where(one => one.Number > number).ToArray()) registration.Release();
    }

    /// <summary>Releases everything; nothing can be added afterwards.</summary>
    public void ReleaseAll()
    {
        _closed = true;
        while (_all.Count > 0) _all[^1].Release();
    }

    internal void Remove(Registration registration)
    {
        Registration last = _all[^1];
        _all[registration.Index] = last;
        last.Index = registration.Index;
        _all.RemoveAt(_all.Count - 1);
        _counts[(int)registration.Kind]--;
        account.Refund(registration.HostBytes);
        registration.Owner = null;
    }

    static string Name(RegistrationKind kind) => kind switch
    {
        RegistrationKind.Handler => "handlers",
        RegistrationKind.Timer => "timers",
        RegistrationKind.Task => "waiting tasks",
        RegistrationKind.Export => "exports",
        RegistrationKind.Right => "rights of players",
        _ => "commands",
    };
}
