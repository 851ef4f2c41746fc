namespace GameServer.Server.Admin;

/// <summary>Kinds of argument values.</summary>
enum AdminType
{
    /// <summary>Text.</summary>
    Text,
    /// <summary>A number.</summary>
    Number,
}

/// <summary>One argument of an admin command.</summary>
/// <param name="Name">Name, also of the JSON property or the path segment.</param>
/// <param name="Type">Kind of value.</param>
/// <param name="Description">What it means, in one sentence.</param>
/// <param name="Required">Whether it must be given.</param>
sealed record AdminArgument(string Name, AdminType Type, string Description, bool Required = true);

/// <summary>One row of the command table: command line, console and HTTP all come from it.</summary>
sealed record AdminCommand
{
    /// <summary>Name, words separated by blanks: <c>mod reload</c>.</summary>
    public required string Name { get; init; }
    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }
    /// <summary>HTTP route below /v1; arguments in braces.</summary>
    public required string Route { get; init; }
    /// <summary>What it does, in one sentence.</summary>
    public required string Summary { get; init; }
    /// <summary>Arguments in the order of the command line.</summary>
    public AdminArgument[] Arguments { get; init; } = [];
    /// <summary>Carries it out on the tick thread. What it returns becomes JSON; an <see cref="AdminAnswer"/> that is not ok becomes status 409, null 404.</summary>
    public required Func<AdminCall, object?> Execute { get; init; }
    /// <summary>A command line that can be pasted, without the program's name; only a row without required arguments may leave it out.</summary>
    public string Example
    {
        get => field ?? Name;
        init;
    }
    /// <summary>Carried out at once on any thread instead of on the tick thread: it must touch only what says that it may be.</summary>
    public bool IsOffTick { get; init; }
    /// <summary>Whether the mod in the route is made to let go of the tick when it holds it up: orders that cannot wait for it.</summary>
    public bool CutsShort { get; init; }
    /// <summary>What can be answered from the last snapshot while the tick hangs; null when nothing can.</summary>
    public Func<AdminSnapshot, AdminCall, object?>? Stale { get; init; }
    /// <summary>Whether the command line has a verb of its own making for it, and this row serves that.</summary>
    public bool HasOwnVerb { get; init; }
    /// <summary>Whether it changes something: then it is written to the audit log.</summary>
    public bool Changes => Method != "GET";

    /// <summary>Whether an argument is part of the route.</summary>
    public bool IsInRoute(AdminArgument argument) => Route.Contains($"{{{argument.Name}}}", StringComparison.Ordinal);
}

/// <summary>One call of a command.</summary>
/// <param name="Target">What to act on.</param>
/// <param name="By">Who calls, for bans and the audit log: <c>admin</c>, or <c>admin:ada</c> when the caller says who sits there.</param>
/// <param name="Values">Arguments by name: string or double.</param>
sealed record AdminCall(IAdminTarget Target, string By, IReadOnlyDictionary<string, object> Values)
{
    /// <summary>A text argument; empty when not given.</summary>
    public string Text(string name) => Values.TryGetValue(name, out object? value) ? (string)value : "";

    /// <summary>A number within bounds; the default when not given.</summary>
    public int Whole(string name, int fallback, int min, int max) => Number(name) is { } value ? (int)Math.Clamp(value, min, max) : fallback;

    /// <summary>A number; null when not given.</summary>
    public double? Number(string name) => Values.TryGetValue(name, out object? value) ? (double)value : null;
}
