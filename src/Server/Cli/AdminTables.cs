using System.Globalization;
using System.Text.Json;
using GameServer.Server.Cli.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GameServer.Server.Cli;

/// <summary>Reports of a running server as aligned tables, coloured when the output is a terminal.</summary>
static class AdminTables
{
    /// <summary>One column: heading, text of a row, whether it is a number, and the colour of a row's text.</summary>
    sealed record Column(string Heading, Func<JsonElement, string> Text, bool Right = false, Func<JsonElement, string?>? Colour = null);

    const int WideEnough = 1000;

    static readonly Column[] Costs =
    [
        new("mod", row => Text(row, "mod"), Colour: row => StateColour(Text(row, "state"))),
        new("self ms", row => Number(row, "window", "self_ms_per_tick", 1, "0.000"), true, BudgetColour),
        new("total ms", row => Number(row, "window", "total_ms_per_tick", 1, "0.000"), true), new("core %", row => Number(row, "window", "core_percent", 1, "0.0"), true),
        new("calls/s", row => Number(row, "window", "calls_per_second", 1, "0.0"), true),
        new("us/call", row => Number(row, "window", "self_microseconds_per_call", 1, "0.0"), true),
        new("max ms", row => Number(row, "window", "longest_ms", 1, "0.00"), true),
        new("err", row => Number(row, "window", "errors", 1, "0"), true, row => Field(row, "window", "errors") > 0 ? "yellow" : null),
        new("kill", row => Number(row, "window", "kills", 1, "0"), true, row => Field(row, "window", "kills") > 0 ? "red" : null),
        new("MB", row => Number(row, "memory_bytes", 1 << 20, "0.0"), true), new("peak", row => Number(row, "memory_peak_bytes", 1 << 20, "0.0"), true),
        new("most of it", row => Text(row, "worst")),
    ];

    static readonly Column[] Hooks =
    [
        new("hook", row => Text(row, "hook")),
        new("1 s", row => Number(row, "second", "self_ms_per_tick", 1, "0.000"), true), new("10 s", row => Number(row, "ten_seconds", "self_ms_per_tick", 1, "0.000"), true),
        new("60 s ms/tick", row => Number(row, "minute", "self_ms_per_tick", 1, "0.000"), true),
        new("total 10 s", row => Number(row, "ten_seconds", "total_ms_per_tick", 1, "0.000"), true),
        new("calls/s", row => Number(row, "ten_seconds", "calls_per_second", 1, "0.0"), true),
        new("us/call", row => Number(row, "ten_seconds", "self_microseconds_per_call", 1, "0.0"), true), new("longest ms", row => Number(row, "longest_ms", 1, "0.00"), true),
        new("calls", row => Text(row, "calls"), true), new("errors", row => Text(row, "errors"), true), new("kills", row => Text(row, "kills"), true),
        new("skipped", row => Text(row, "skipped"), true),
    ];

    static readonly Column[] Calls =
    [
        new("caller", row => Text(row, "caller")), new("calls", row => $"{Text(row, "callee")}.{Text(row, "export")}"),
        new("calls/s", row => Number(row, "window", "calls_per_second", 1, "0.0"), true),
        new("us/call", row => Number(row, "window", "self_microseconds_per_call", 1, "0.0"), true),
        new("total ms/tick", row => Number(row, "window", "total_ms_per_tick", 1, "0.000"), true),
        new("KB/s", row => Number(row, "window", "bytes_per_second", 1024, "0.0"), true),
        new("longest ms", row => Number(row, "window", "longest_ms", 1, "0.00"), true), new("all calls", row => Text(row, "calls"), true),
        new("failed", row => Text(row, "failures"), true),
    ];

    static readonly Dictionary<string, Column[]> Lists = new(StringComparer.Ordinal)
    {
        ["mod list"] =
        [
            new("mod", row => Text(row, "id")), new("version", row => Text(row, "version")),
            new("state", row => Text(row, "state"), Colour: row => StateColour(Text(row, "state"))),
            new("gen", row => Text(row, "generation"), true),
            new("ms/tick", row => Number(row, "tick_milliseconds", 1, "0.000"), true), new("MB", row => Number(row, "memory_bytes", 1 << 20, "0.0"), true),
            new("errors", row => Text(row, "errors"), true), new("kills", row => Text(row, "kills"), true), new("reason", row => Text(row, "reason")),
        ],
        ["mod top"] = Costs,
        ["mod calls"] = Calls,
        ["players"] =
        [
            new("id", row => Text(row, "id"), true), new("name", row => Text(row, "name")), new("uid", row => Text(row, "uid")), new("trust", row => Text(row, "trust")),
            new("address", row => Text(row, "address")), new("ping ms", row => Number(row, "ping_milliseconds", 1, "0"), true),
            new("min", row => Number(row, "connected_seconds", 60, "0"), true), new("dropped", row => Text(row, "dropped"), true), new("is", row => Text(row, "state")),
        ],
        ["whitelist list"] =
        [
            new("who", row => Text(row, "who")), new("note", row => Text(row, "note")), new("by", row => Text(row, "by")), new("added", row => Text(row, "added")),
            new("list is", row => Text(row, "state")),
        ],
        ["perms list"] =
        [
            new("uid", row => Text(row, "uid")), new("name", row => Text(row, "name")), new("groups", row => Text(row, "groups")), new("rights", row => Text(row, "rights")),
        ],
        ["perms groups"] =
        [
            new("group", row => Text(row, "name")), new("inherits", row => Text(row, "inherits")), new("rights", row => Text(row, "rights")),
        ],
        ["perms known"] =
        [
            new("right", row => Text(row, "name")), new("mod", row => Text(row, "mod")), new("by default", row => Text(row, "by_default")),
            new("for", row => Text(row, "description")),
        ],
        ["commands"] =
        [
            new("command", row => Text(row, "name")), new("arguments", row => Text(row, "args")), new("mod", row => Text(row, "mod")), new("right", row => Text(row, "right")),
            new("help", row => Text(row, "help")),
        ],
        ["bans"] =
        [
            new("ban", row => Text(row, "id")), new("uid", row => Text(row, "uid")), new("address", row => Text(row, "address")), new("name", row => Text(row, "name")),
            new("until", row => Text(row, "expires")), new("by", row => Text(row, "by")), new("reason", row => Text(row, "reason")),
        ],
        ["audit"] =
        [
            new("when", row => Time(row, "at")), new("by", row => Text(row, "by")), new("from", row => Text(row, "from")), new("command", row => Text(row, "command")),
            new("arguments", row => row.TryGetProperty("arguments", out JsonElement value) ? value.GetRawText() : ""),
            new("outcome", row => Text(row, "outcome"), Colour: row => Text(row, "outcome") == "done" ? "green" : "yellow"),
        ],
    };

    /// <summary>Writes the answer of a command.</summary>
    public static void Write(string command, JsonElement body, TextWriter output)
    {
        switch (command)
        {
            case "mod show" or "mod profile" when body.ValueKind == JsonValueKind.Object:
                WriteMod(body, output);
                return;
            case "mod why" when body.ValueKind == JsonValueKind.Object:
                output.WriteLine(WhyText.Of(body));
                return;
        }
        if (body.ValueKind == JsonValueKind.Object) Write(Facts(body), output);
        else if (body.ValueKind == JsonValueKind.Array) WriteList(ListOf(Lists.GetValueOrDefault(command) ?? ColumnsOf(body), body.EnumerateArray()), output);
        else output.WriteLine(body.GetRawText());
    }

    /// <summary>The table of costs, as lines however wide.</summary>
    /// <param name="mods">Rows as the server sends them.</param>
    /// <param name="colours">Whether to colour.</param>
    public static string[] CostLines(IEnumerable<JsonElement> mods, bool colours) => Lines(ListOf(Costs, mods), WideEnough, colours);

    static void WriteMod(JsonElement body, TextWriter output)
    {
        Write(Facts(body, leaveOut: ["hooks", "calls"]), output);
        if (body.TryGetProperty("hooks", out JsonElement hooks) && hooks.GetArrayLength() > 0)
        {
            output.WriteLine();
            WriteList(ListOf(Hooks, hooks.EnumerateArray()), output);
        }
        if (body.TryGetProperty("calls", out JsonElement calls) && calls.GetArrayLength() > 0)
        {
            output.WriteLine();
            WriteList(ListOf(Calls, calls.EnumerateArray()), output);
        }
    }

    static bool IsTerminal(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    // Lists are never squeezed: a terminal that is too narrow wraps their lines itself. Facts are a column of text and fit any width.
    static void WriteList(Table list, TextWriter output)
    {
        foreach (string line in Lines(list, WideEnough, colours: IsTerminal(output))) output.WriteLine(line);
    }

    static void Write(IRenderable table, TextWriter output)
    {
        if (IsTerminal(output)) AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
        // Into a file or a pipe: the same columns without colours, however wide, and without blanks at the ends of lines.
        else foreach (string line in Lines(table, WideEnough, colours: false)) output.WriteLine(line);
    }

    static string[] Lines(IRenderable table, int width, bool colours)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text), Interactive = InteractionSupport.No,
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No, ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = width;
        console.Write(table);
        return [.. text.ToString().TrimEnd().Split('\n').Select(line => line.TrimEnd())];
    }

    static Table ListOf(Column[] columns, IEnumerable<JsonElement> rows)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach (Column column in columns)
        {
            var heading = new TableColumn(new Markup($"[grey]{Markup.Escape(column.Heading)}[/]")) { NoWrap = true };
            table.AddColumn(column.Right ? heading.RightAligned() : heading);
        }
        foreach (JsonElement row in rows) table.AddRow([.. columns.Select(column => Cell(column, row))]);
        return table;
    }

    /// <summary>Columns of a list that has none of its own: what the first row has.</summary>
    static Column[] ColumnsOf(JsonElement rows)
    {
        JsonElement first = rows.EnumerateArray().FirstOrDefault();
        if (first.ValueKind != JsonValueKind.Object) return [new Column("", Plain)];
        return [.. first.EnumerateObject().Select(field => new Column(field.Name.Replace('_', ' '), row => Text(row, field.Name), field.Value.ValueKind == JsonValueKind.Number))];
    }

    static Markup Cell(Column column, JsonElement row)
    {
        string text = Markup.Escape(column.Text(row));
        return column.Colour?.Invoke(row) is { } colour ? new Markup($"[{colour}]{text}[/]") : new Markup(text);
    }

    static Table Facts(JsonElement body, params string[] leaveOut)
    {
        Table table = new Table().Border(TableBorder.None).HideHeaders();
        table.AddColumn(new TableColumn("") { NoWrap = true });
        table.AddColumn("");
        foreach (JsonProperty fact in body.EnumerateObject().Where(fact => !leaveOut.Contains(fact.Name)))
            table.AddRow(new Markup($"[grey]{Markup.Escape(fact.Name.Replace('_', ' '))}[/]"), new Text(Plain(fact.Value)));
        return table;
    }

    static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetDouble().ToString("0.###", CultureInfo.InvariantCulture),
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Plain)),
        JsonValueKind.Object => string.Join("\n", value.EnumerateObject().Where(IsSet).Select(p => $"{p.Name.Replace('_', ' ')} {Plain(p.Value)}")),
        _ => value.GetRawText(),
    };

    // Dozens of counters that never counted say nothing.
    static bool IsSet(JsonProperty property) => property.Value.ValueKind != JsonValueKind.Number || property.Value.GetDouble() != 0;

    static string StateColour(string state) => state switch
    {
        "running" => "green",
        "loading" or "reloading" or "suspended" or "backoff" => "yellow",
        "stopped" => "grey",
        _ => "red",
    };

    // Red above the mod's share, yellow from half of it.
    static string? BudgetColour(JsonElement row)
    {
        double self = Field(row, "window", "self_ms_per_tick"), budget = row.TryGetProperty("budget_ms", out JsonElement value) ? value.GetDouble() : 0;
        return budget <= 0 ? null : self > budget ? "red" : self > budget / 2 ? "yellow" : null;
    }

    static string Text(JsonElement row, string name) => row.TryGetProperty(name, out JsonElement value) ? Plain(value) : "";

    static string Time(JsonElement row, string name) =>
        DateTimeOffset.TryParse(Text(row, name), CultureInfo.InvariantCulture, out DateTimeOffset at)
            ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : "";

    static double Field(JsonElement row, string part, string name) =>
        row.TryGetProperty(part, out JsonElement inner) && inner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    static string Number(JsonElement row, string part, string name, double per, string format) =>
        row.TryGetProperty(part, out JsonElement inner) ? Number(inner, name, per, format) : "";

    static string Number(JsonElement row, string name, double per, string format) =>
        row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? (value.GetDouble() / per).ToString(format, CultureInfo.InvariantCulture)
            : "";
}
