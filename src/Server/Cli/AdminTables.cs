using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace GameServer.Server.Cli;

/// <summary>Reports of a running server as aligned tables, coloured when the output is a terminal.</summary>
static class AdminTables
{
    /// <summary>One column: heading, text of a row, and whether it is a number.</summary>
    sealed record Column(string Heading, Func<JsonElement, string> Text, bool Right = false);

    static readonly Dictionary<string, Column[]> Lists = new(StringComparer.Ordinal)
    {
        ["mod list"] =
        [
            new("mod", row => Text(row, "id")), new("version", row => Text(row, "version")), new("state", State), new("gen", row => Text(row, "generation"), true),
            new("ms/tick", row => Number(row, "tick_milliseconds", 1, "0.000"), true), new("MB", row => Number(row, "memory_bytes", 1 << 20, "0.0"), true),
            new("errors", row => Text(row, "errors"), true), new("kills", row => Text(row, "kills"), true), new("reason", row => Text(row, "reason")),
        ],
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
    };

    /// <summary>Writes the answer of a command.</summary>
    public static void Write(string command, JsonElement body, TextWriter output)
    {
        Table? table = body.ValueKind == JsonValueKind.Object ? Facts(body)
            : body.ValueKind == JsonValueKind.Array && Lists.TryGetValue(command, out Column[]? columns) ? ListOf(columns, body)
            : null;
        if (table == null) output.WriteLine(body.GetRawText());
        else if (IsTerminal(output)) AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
        else WritePlain(table, output);
    }

    static bool IsTerminal(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    // Into a file or a pipe: the same columns without colours, however wide, and without blanks at the ends of lines.
    static void WritePlain(Table table, TextWriter output)
    {
        using var text = new StringWriter();
        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No,
        });
        plain.Profile.Width = 1000;
        plain.Write(table);
        foreach (string line in text.ToString().TrimEnd().Split('\n')) output.WriteLine(line.TrimEnd());
    }

    static Table ListOf(Column[] columns, JsonElement rows)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach (Column column in columns)
        {
            var heading = new TableColumn(new Markup($"[grey]{Markup.Escape(column.Heading)}[/]")) { NoWrap = true };
            table.AddColumn(column.Right ? heading.RightAligned() : heading);
        }
        foreach (JsonElement row in rows.EnumerateArray())
            table.AddRow([.. columns.Select(column => new Markup(column.Heading == "state" ? column.Text(row) : Markup.Escape(column.Text(row))))]);
        return table;
    }

    static Table Facts(JsonElement body)
    {
        Table table = new Table().Border(TableBorder.None).HideHeaders();
        table.AddColumn(new TableColumn("") { NoWrap = true });
        table.AddColumn("");
        foreach (JsonProperty fact in body.EnumerateObject())
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

    static string State(JsonElement row)
    {
        string state = Text(row, "state");
        string colour = state switch { "running" => "green", "loading" or "reloading" or "suspended" or "backoff" => "yellow", "stopped" => "grey", _ => "red" };
        return $"[{colour}]{Markup.Escape(state)}[/]";
    }

    static string Text(JsonElement row, string name) => row.TryGetProperty(name, out JsonElement value) ? Plain(value) : "";

    static string Number(JsonElement row, string name, double per, string format) =>
        row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? (value.GetDouble() / per).ToString(format, CultureInfo.InvariantCulture)
            : "";
}
