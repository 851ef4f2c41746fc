using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Toml;
using NuGet.Versioning;

namespace GameServer.Scripting.Mods;

/// <summary>Reads <c>mod.toml</c>. Reports every mistake of a file at once, each with line and column.</summary>
/// <remarks>Any thread.</remarks>
sealed class ManifestReader
{
    /// <summary>API level of this server.</summary>
    public const int ApiLevel = 1;
    const int TextMax = 200;
    const int PatternsMax = 64;

    static readonly string[] TopKeys =
    [
        "id", "name", "description", "authors", "version", "api", "entry", "dependencies", "optional_dependencies", "permissions", "exports", "hooks", "limits",
        "reload", "assets", "config", "messages", "commands", "language",
    ];

    readonly List<TomlError> _problems = [];
    readonly TomlTable _root;
    readonly string _folder;

    ManifestReader(TomlTable root, string folder) => (_root, _folder) = (root, folder);

    /// <summary>Reads a manifest.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="folder">Name of the folder it is in, which must be the mod's id.</param>
    /// <param name="problems">Mistakes in the order of the file.</param>
    /// <returns>Null when there are mistakes.</returns>
    public static ModManifest? Read(ReadOnlySpan<byte> utf8, string folder, out IReadOnlyList<TomlError> problems)
    {
        TomlDocument document = TomlReader.Read(utf8);
        if (document.HasErrors)
        {
            problems = document.Errors;
            return null;
        }
        var reader = new ManifestReader(document.Root, folder);
        ModManifest manifest = reader.Read();
        problems = [.. reader._problems.OrderBy(problem => problem.Position.Line).ThenBy(problem => problem.Position.Column)];
        return problems.Count == 0 ? manifest : null;
    }

    ModManifest Read()
    {
        _root.ReportUnknownKeys(TopKeys, _problems);
        string id = Text(_root, "id") ?? "";
        if (!_root.TryGet("id", out _)) Problem(_root, "id", "'id' is missing; it must be the folder's name");
        else if (ModId.Problem(id) is { } wrong) Problem(_root, "id", $"id {wrong}");
        else if (id != _folder) Problem(_root, "id", $"id '{id}' must be equal to the folder's name '{_folder}'");
        CheckApi();
        (IReadOnlyList<string> required, IReadOnlyList<string> optional) = Permissions();
        (bool keepState, ReloadFailure onError, IReadOnlyList<string> files) = Reload();
        List<ModDependency> dependencies = Dependencies(_folder);
        return new ModManifest
        {
            Id = id,
            Name = Text(_root, "name") ?? id,
            Description = Text(_root, "description") ?? "",
            Authors = Authors(),
            Version = Version(),
            Entry = Entry(),
            Dependencies = dependencies,
            RequiredPermissions = required,
            OptionalPermissions = optional,
            Limits = Limits(),
            KeepState = keepState,
            OnError = onError,
            ReloadFiles = files,
            Config = new ConfigSection(_problems).Read(_root),
            Assets = Assets(),
            Declarations = new ModDeclarations
            {
                Messages = _root.TryGet("messages", out _) ? new MessageSection(_problems).Read(_root) : null,
                Commands = Commands(),
                Exports = Exports(),
                Hooks = Hooks(),
                Language = Text(_root, "language") ?? "en",
                Dependencies = dependencies.Select(dependency => dependency.Id).ToHashSet(),
            },
        };
    }

    void CheckApi()
    {
        if (!_root.TryGet("api", out TomlValue? api)) return;
        if (api is TomlInteger number)
        {
            if (number.Value != ApiLevel) _problems.Add(new(api.Position, $"api {number.Value} is not served; this server has API level {ApiLevel}"));
        }
        else if (Text(_root, "api") is { } text)
        {
            if (!VersionRange.TryParse(text, out VersionRange range, out string problem)) _problems.Add(new(api.Position, $"api {problem}"));
            else if (!range.Contains(new SemanticVersion(ApiLevel, 0, 0)))
                _problems.Add(new(api.Position, $"api '{text}' does not include {ApiLevel}, the API level of this server"));
        }
    }

    SemanticVersion Version()
    {
        if (Text(_root, "version") is not { } text) return new SemanticVersion(0, 0, 0);
        if (SemanticVersion.TryParse(text, out SemanticVersion? version)) return version;
        ValueProblem(_root, "version", $"version '{text}' is not a version like 1.4.0");
        return new SemanticVersion(0, 0, 0);
    }

    string Entry()
    {
        string entry = Text(_root, "entry") ?? "init.luau";
        string[] parts = entry.Split('/');
        bool bad = !entry.EndsWith(".luau", StringComparison.Ordinal) || entry.Contains('\\') || entry.Contains(':') || parts.Any(part => part is "" or "." or "..");
        if (bad) ValueProblem(_root, "entry", $"entry '{entry}' must be a .luau file inside the mod's folder, written with '/'");
        return entry;
    }

    IReadOnlyList<string> Authors()
    {
        if (!_root.TryGet("authors", out TomlValue? value)) return [];
        if (value is TomlString) return [Text(_root, "authors") ?? ""];
        return _root.GetStrings("authors", _problems) ?? [];
    }

    List<ModDependency> Dependencies(string self)
    {
        var all = new List<ModDependency>();
        foreach ((string section, bool optional) in (ReadOnlySpan<(string, bool)>)[("dependencies", false), ("optional_dependencies", true)])
        {
            if (_root.GetTable(section, _problems) is not { } table) continue;
            foreach (TomlEntry entry in table.Entries)
            {
                if (ModId.Problem(entry.Key) is { } wrong) _problems.Add(new(entry.KeyPosition, $"dependency {wrong}"));
                else if (entry.Key == self) _problems.Add(new(entry.KeyPosition, "a mod cannot depend on itself"));
                else if (all.Any(other => other.Id == entry.Key)) _problems.Add(new(entry.KeyPosition, $"dependency '{entry.Key}' is named twice"));
                else all.Add(Dependency(table, entry, optional));
            }
        }
        return all;
    }

    ModDependency Dependency(TomlTable table, TomlEntry entry, bool optional)
    {
        string? text = null;
        if (entry.Value is TomlTable detail)
        {
            detail.ReportUnknownKeys(["version", "optional"], _problems);
            text = detail.GetString("version", _problems);
            optional |= detail.GetBoolean("optional", _problems) ?? false;
        }
        else
        {
            text = table.GetString(entry.Key, _problems);
        }
        VersionRange range = VersionRange.Any;
        if (text is not null && !VersionRange.TryParse(text, out range, out string problem)) _problems.Add(new(entry.Value.Position, $"version of '{entry.Key}' {problem}"));
        return new ModDependency(entry.Key, range, optional);
    }

    (IReadOnlyList<string> Required, IReadOnlyList<string> Optional) Permissions()
    {
        if (_root.GetTable("permissions", _problems) is not { } table) return ([], []);
        table.ReportUnknownKeys(["required", "optional"], _problems);
        return (PermissionNames(table, "required"), PermissionNames(table, "optional"));
    }

    IReadOnlyList<string> PermissionNames(TomlTable table, string key)
    {
        IReadOnlyList<string> names = table.GetStrings(key, _problems) ?? [];
        foreach (string name in names)
        {
            if (PermissionCatalog.Find(name) is null)
                ValueProblem(table, key, $"unknown permission '{name}'{Suggestion.For(name, PermissionCatalog.Rows.Select(row => row.Name))}");
        }
        return names;
    }

    Dictionary<string, double> Limits()
    {
        var limits = new Dictionary<string, double>();
        if (_root.GetTable("limits", _problems) is not { } table) return limits;
        table.ReportUnknownKeys([.. LimitCatalog.Rows.Select(row => row.Key)], _problems);
        foreach (LimitRow row in LimitCatalog.Rows)
        {
            if (table.GetNumber(row.Key, _problems) is not { } value) continue;
            if (!(value >= row.Min && value <= row.Max)) ValueProblem(table, row.Key, $"'limits.{row.Key}' must be {row.Min} to {row.Max} {row.Unit}".TrimEnd());
            else limits[row.Key] = value;
        }
        return limits;
    }

    /// <summary>Names of data files and where they are.</summary>
    Dictionary<string, string> Assets()
    {
        var assets = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_root.GetTable("assets", _problems) is not { } table) return assets;
        foreach (TomlEntry entry in table.Entries)
        {
            if (table.GetString(entry.Key, _problems) is not { } path) continue;
            bool bad = !path.StartsWith(ModSnapshot.AssetsFolder, StringComparison.Ordinal) || path.Contains('\\') || path.Split('/').Any(part => part is "" or "." or "..");
            if (bad) ValueProblem(table, entry.Key, $"'{table.PathOf(entry.Key)}' must be a file below {ModSnapshot.AssetsFolder}, written with '/'");
            assets[entry.Key] = path;
        }
        return assets;
    }

    (bool KeepState, ReloadFailure OnError, IReadOnlyList<string> Files) Reload()
    {
        if (_root.GetTable("reload", _problems) is not { } table) return (true, ReloadFailure.Rollback, []);
        table.ReportUnknownKeys(["keep_state", "on_error", "files"], _problems);
        IReadOnlyList<string> files = table.GetStrings("files", _problems) ?? [];
        if (files.Count > PatternsMax || files.Any(pattern => pattern.Length is 0 or > TextMax))
            ValueProblem(table, "files", $"'reload.files' has at most {PatternsMax} patterns of 1 to {TextMax} characters");
        string onError = table.GetString("on_error", _problems) ?? "rollback";
        if (onError is not ("rollback" or "stop")) ValueProblem(table, "on_error", $"'reload.on_error' must be \"rollback\" or \"stop\", not \"{onError}\"");
        return (table.GetBoolean("keep_state", _problems) ?? true, onError == "stop" ? ReloadFailure.Stop : ReloadFailure.Rollback, files);
    }

    HashSet<string>? Hooks()
    {
        if (!_root.TryGet("hooks", out _)) return null;
        IReadOnlyList<string> names = _root.GetStrings("hooks", _problems) ?? [];
        foreach (string name in names)
        {
            if (!name.Contains(':') && HookCatalog.Find(name) is null)
                ValueProblem(_root, "hooks", $"unknown hook '{name}'{Suggestion.For(name, HookCatalog.Rows.Select(row => row.Name))}");
        }
        return names.ToHashSet();
    }

    Dictionary<string, CommandDeclaration> Commands()
    {
        var commands = new Dictionary<string, CommandDeclaration>();
        if (_root.GetTable("commands", _problems) is not { } all) return commands;
        foreach (TomlEntry entry in all.Entries)
        {
            if (all.GetTable(entry.Key, _problems) is not { } table) continue;
            if (!CommandNames.IsName(entry.Key)) _problems.Add(new(entry.KeyPosition, $"command '{entry.Key}' may hold only a-z, 0-9, '_' and '-', at most 32"));
            table.ReportUnknownKeys(["permission", "args", "help", "refusal"], _problems);
            CommandArguments? arguments = null;
            if (table.GetString("args", _problems) is { } text && CommandArguments.TryParse(text, out arguments) is { } wrong)
                ValueProblem(table, "args", $"'{table.PathOf("args")}': {wrong}");
            string? right = table.GetString("permission", _problems);
            if (right is not null && !PermsApi.IsName(right)) ValueProblem(table, "permission", $"'{right}' is no name of a right, like use or kits.use");
            commands[entry.Key] = new CommandDeclaration(entry.Key, right, arguments, Text(table, "help") ?? "", Text(table, "refusal"));
        }
        return commands;
    }

    Dictionary<string, ExportDeclaration> Exports()
    {
        var exports = new Dictionary<string, ExportDeclaration>();
        if (_root.GetTable("exports", _problems) is not { } all) return exports;
        foreach (TomlEntry entry in all.Entries)
        {
            if (all.GetTable(entry.Key, _problems) is not { } table) continue;
            table.ReportUnknownKeys(["visibility", "requires", "rate", "args"], _problems);
            string visibility = table.GetString("visibility", _problems) ?? "public";
            if (visibility is not ("public" or "internal")) ValueProblem(table, "visibility", $"'{table.PathOf("visibility")}' must be \"public\" or \"internal\"");
            Permission requires = PermissionNames(table, "requires").Aggregate(Permission.None, (mask, name) => mask | (PermissionCatalog.Find(name)?.Bit ?? Permission.None));
            exports[entry.Key] = new ExportDeclaration(entry.Key, visibility == "public", requires, MessageSection.Rate(table, _problems), ExportArguments(table));
        }
        return exports;
    }

    /// <summary>A list of types, those that may be left out at the end.</summary>
    ExportArguments? ExportArguments(TomlTable table)
    {
        if (table.GetStrings("args", _problems) is not { } names) return null;
        if (names.Count > ModCalls.ValuesMax) ValueProblem(table, "args", $"'{table.PathOf("args")}' has more than {ModCalls.ValuesMax} types");
        var types = new List<(MessageSchema, bool)>();
        foreach (string name in names)
        {
            if (MessageSchema.TryParse(name, out MessageSchema type, out bool optional)) types.Add((type, optional));
            else ValueProblem(table, "args", $"'{table.PathOf("args")}': unknown type '{name}': {MessageSection.Types}");
        }
        return new ExportArguments(types, string.Join(", ", names));
    }

    string? Text(TomlTable table, string key)
    {
        string? text = table.GetString(key, _problems);
        if (text is null) return null;
        if (text.Length > TextMax) ValueProblem(table, key, $"'{table.PathOf(key)}' has more than {TextMax} characters");
        if (text.Any(char.IsControl)) ValueProblem(table, key, $"'{table.PathOf(key)}' holds control characters");
        return text;
    }

    void Problem(TomlTable table, string key, string message) => _problems.Add(new TomlError(table.PositionOf(key), message));

    void ValueProblem(TomlTable table, string key, string message) =>
        _problems.Add(new TomlError(table.TryGet(key, out TomlValue? value) ? value.Position : table.PositionOf(key), message));
}
