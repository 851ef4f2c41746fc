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
    /// <summary>Whether it changes something: then it is written to the audit log.</summary>
    public bool Changes => Method != "GET";
}

/// <summary>One call of a command.</summary>
/// <param name="Target">What to act on.</param>
/// <param name="By">Who calls, for the audit log: <c>admin</c> or <c>console</c>.</param>
/// <param name="Values">Arguments by name: string or double.</param>
sealed record AdminCall(IAdminTarget Target, string By, IReadOnlyDictionary<string, object> Values)
{
    /// <summary>A text argument; empty when not given.</summary>
    public string Text(string name) => Values.TryGetValue(name, out object? value) ? (string)value : "";

    /// <summary>A number; null when not given.</summary>
    public double? Number(string name) => Values.TryGetValue(name, out object? value) ? (double)value : null;
}
