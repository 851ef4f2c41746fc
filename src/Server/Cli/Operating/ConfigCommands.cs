using System.CommandLine;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Toml;

namespace GameServer.Server.Cli.Operating;

/// <summary><c>gameserver config check/explain/list</c>: the settings as the server would take them.</summary>
static class ConfigCommands
{
    /// <summary>A setting as operators see it.</summary>
    sealed record Row(string Key, string Value, string From, string Default, string Allowed, string Doc, string Environment);

    /// <summary>Adds them to the group <c>config</c>.</summary>
    public static void AddTo(Command group)
    {
        group.Description = "See and check the settings; let a running server read them again.";
        group.Subcommands.Add(CreateCheck());
        group.Subcommands.Add(CreateExplain());
        group.Subcommands.Add(CreateList());
    }

    static Command CreateCheck()
    {
        Option<bool> json = new("--json") { Description = "Print the mistakes as JSON." };
        Command check = new(
            "check",
            "Check server.toml, the environment and --set; prints file:line:col: message for each mistake.\n\nExample: gameserver config check --config server.toml") { json };
        ConfigOptions config = new(check);
        check.SetAction(parsed =>
        {
            LoadedConfig loaded = config.Load(parsed);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(AdminJson.Write(loaded.Problems.Select(p => new { p.Origin, p.Position?.Line, p.Position?.Column, p.Message, p.IsWarning })));
            }
            else
            {
                foreach (ConfigProblem problem in loaded.Problems) output.WriteLine($"{problem}{(problem.IsWarning ? " (warning)" : "")}");
                int errors = loaded.Problems.Count(p => !p.IsWarning);
                output.WriteLine($"{errors} {(errors == 1 ? "mistake" : "mistakes")}; {loaded.Origins.Count} of {SettingCatalog.All.Count} settings are set");
            }
            return loaded.HasErrors ? ExitCodes.OperatorMistake : ExitCodes.Ok;
        });
        return check;
    }

    static Command CreateExplain()
    {
        Argument<string> key = new("KEY") { Description = "A setting like net.max_players, or a table like net." };
        Option<bool> json = new("--json") { Description = "Print it as JSON." };
        Command explain = new("explain", "Tell what a setting means, its value, and where that comes from.\n\nExample: gameserver config explain net.max_players") { key, json };
        ConfigOptions config = new(explain);
        explain.SetAction(parsed =>
        {
            LoadedConfig loaded = config.Load(parsed);
            string wanted = parsed.GetValue(key)!;
            Setting[] settings = [.. SettingCatalog.All.Where(s => s.FullKey == wanted || s.Section == wanted)];
            if (settings.Length == 0)
            {
                IEnumerable<string> known = SettingCatalog.All.Select(s => s.FullKey).Concat(SettingCatalog.Sections.Select(s => s.Name));
                parsed.InvocationConfiguration.Error.WriteLine($"there is no setting '{wanted}'{Nearest(wanted, known)}");
                return ExitCodes.OperatorMistake;
            }
            Row[] rows = [.. settings.Select(setting => RowOf(setting, loaded))];
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteLine(AdminJson.Write(rows));
            else foreach (Row row in rows) Print(row, output, rows.Length > 1);
            return ExitCodes.Ok;
        });
        return explain;
    }

    static Command CreateList()
    {
        Option<bool> changed = new("--changed") { Description = "Only settings that are not at their default." };
        Option<bool> json = new("--json") { Description = "Print them as JSON." };
        Command list = new("list", "List every setting with its value and where that comes from.\n\nExample: gameserver config list --changed") { changed, json };
        ConfigOptions config = new(list);
        list.SetAction(parsed =>
        {
            LoadedConfig loaded = config.Load(parsed);
            Row[] rows = [.. SettingCatalog.All.Where(s => !parsed.GetValue(changed) || !s.IsDefault(loaded.Config)).Select(s => RowOf(s, loaded))];
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(AdminJson.Write(rows));
                return ExitCodes.Ok;
            }
            Paint paint = new(output);
            int keys = rows.Select(row => row.Key.Length).Append(0).Max(), values = Math.Min(40, rows.Select(row => row.Value.Length).Append(0).Max());
            foreach (Row row in rows) output.WriteLine($"{row.Key.PadRight(keys)}  {row.Value.PadRight(values)}  {paint.Weak(row.From)}".TrimEnd());
            return ExitCodes.Ok;
        });
        return list;
    }

    static void Print(Row row, TextWriter output, bool several)
    {
        output.WriteLine($"{row.Key} = {row.Value}");
        output.WriteLine($"  {row.Doc}");
        output.WriteLine($"  from         {row.From}");
        output.WriteLine($"  default      {row.Default}");
        output.WriteLine($"  allowed      {row.Allowed}");
        output.WriteLine($"  environment  {row.Environment}");
        if (several) output.WriteLine();
    }

    static Row RowOf(Setting setting, LoadedConfig loaded) => new(
        setting.FullKey,
        Setting.ToToml(setting.ValueIn(loaded.Config)),
        loaded.Origins.TryGetValue(setting.FullKey, out string? origin) ? origin + PlaceOf(setting, loaded, origin) : "default",
        Setting.ToToml(setting.Default),
        setting.Allowed,
        setting.About.Doc,
        setting.EnvironmentName);

    // :14 behind the name of the file.
    static string PlaceOf(Setting setting, LoadedConfig loaded, string origin)
    {
        if (origin != loaded.File || !File.Exists(origin)) return "";
        TomlTable? table = TomlReader.Read(File.ReadAllBytes(origin)).Root;
        foreach (string name in setting.Section.Split('.'))
            table = table is not null && table.TryGet(name, out TomlValue? value) ? value as TomlTable : null;
        return table is not null && table.TryGet(setting.Key, out _) ? $":{table.PositionOf(setting.Key).Line}" : "";
    }

    // A key without its table is the usual slip.
    static string Nearest(string wanted, IEnumerable<string> known)
    {
        string[] all = [.. known];
        string? sameKey = all.FirstOrDefault(name => name.EndsWith($".{wanted}", StringComparison.Ordinal));
        return sameKey is null ? Suggestion.For(wanted, all) : $", did you mean '{sameKey}'?";
    }
}
