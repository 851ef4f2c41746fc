using System.Reflection;
using GameServer.Scripting;
using GameServer.Toml;

namespace GameServer.Server.Config;

/// <summary>Collects values and problems from all layers, then makes the records.</summary>
sealed class ConfigBuilder
{
    static readonly string[] ModKeys = ["grant", "deny", "http_hosts", "http_private", "limits", "config"];

    readonly Dictionary<string, object> _values = [];
    readonly Dictionary<string, ModSection> _perMod = [];
    readonly Dictionary<string, TomlPosition?> _positions = [];
    readonly List<ConfigProblem> _problems = [];
    readonly Dictionary<string, string> _origins = [];

    public IReadOnlyList<ConfigProblem> Problems => _problems;

    public IReadOnlyDictionary<string, string> Origins => _origins;

    public void AddProblem(string origin, TomlPosition? position, string message, bool isWarning = false) =>
        _problems.Add(new ConfigProblem(origin, position, message, isWarning));

    /// <summary>Reports a setting whose value is wrong beside another; the place is that of the value in use.</summary>
    public void AddProblemAt(string fullKey, string message, bool isWarning = false) =>
        AddProblem(_origins.GetValueOrDefault(fullKey, "defaults"), _positions.GetValueOrDefault(fullKey), message, isWarning);

    /// <summary>Takes every key of a file.</summary>
    public void ReadTable(TomlTable root, string origin)
    {
        // "limits" is only the first half of two section names.
        string[] topNames = [.. SettingCatalog.Sections.Select(s => s.Name.Split('.')[0]).Distinct()];
        foreach (TomlEntry entry in root.Entries)
        {
            if (!topNames.Contains(entry.Key))
                AddProblem(origin, entry.KeyPosition, UnknownTopLevel(entry, topNames));
            else if (entry.Value is not TomlTable table)
                AddProblem(origin, entry.Value.Position, $"'{entry.Key}' must be a table: write [{entry.Key}]");
            else if (entry.Key == "limits")
                ReadLimits(table, origin);
            else
                ReadSection(table, entry.Key, origin);
        }
    }

    /// <summary>Takes one value that is text: from the environment or the command line.</summary>
    public void Assign(string fullKey, string text, string origin)
    {
        string[] parts = fullKey.Split('.');
        bool isLimitOfMod = parts is ["mods", _, "limits", _];
        Setting? setting = isLimitOfMod
            ? SettingCatalog.Limits.FirstOrDefault(s => s.Key == parts[3])
            : SettingCatalog.All.FirstOrDefault(s => s.FullKey == fullKey);
        if (setting is null)
        {
            AddProblem(origin, null, $"unknown key '{fullKey}'{Suggestion.For(fullKey, SettingCatalog.All.Select(s => s.FullKey))}");
            return;
        }
        TomlValue? value = ParseText(setting, text);
        string? mistake = "";
        if (value is null || (mistake = SettingConversion.TryConvert(setting, value, out object? converted)) is not null)
            AddProblem(origin, null, $"'{fullKey}' must be {setting.Allowed}, found {(string.IsNullOrEmpty(mistake) ? $"'{text}'" : mistake)}");
        else if (isLimitOfMod)
            SetLimit(parts[1], setting.Key, (double)converted!);
        else
            Set(fullKey, converted!, origin, null);
    }

    /// <summary>Makes the records from the defaults and everything taken.</summary>
    public ServerConfig Build()
    {
        ServerConfig config = new() { PerMod = _perMod };
        foreach ((string name, _, PropertyInfo? property) in SettingCatalog.Sections)
        {
            if (property is null)
                continue;
            object section = property.GetValue(config)!;
            foreach (Setting setting in SettingCatalog.All.Where(s => s.Section == name))
            {
                if (_values.TryGetValue(setting.FullKey, out object? value))
                    setting.Property!.SetValue(section, value);
            }
        }
        return config with
        {
            LimitsUser = LimitCatalog.Apply(config.LimitsUser, TakenLimits("limits.user")),
            LimitsCore = LimitCatalog.Apply(config.LimitsCore, TakenLimits("limits.core")),
        };
    }

    IEnumerable<KeyValuePair<string, double>> TakenLimits(string section) => SettingCatalog.All
        .Where(s => s.Section == section && _values.ContainsKey(s.FullKey))
        .Select(s => KeyValuePair.Create(s.Key, (double)_values[s.FullKey]));

    static string UnknownTopLevel(TomlEntry entry, string[] topNames)
    {
        if (entry.Value is TomlTable)
            return $"unknown table [{entry.Key}]{Suggestion.For(entry.Key, topNames)}";
        string? home = SettingCatalog.All.FirstOrDefault(s => s.Key == entry.Key)?.Section;
        return $"unknown key '{entry.Key}'{(home is null ? "" : $"; it belongs under [{home}]")}";
    }

    // A string setting takes the text as it is; others are read as TOML, lists also as words with commas.
    static TomlValue? ParseText(Setting setting, string text)
    {
        Type type = setting.Type;
        string toml = text;
        if ((type == typeof(string) || type.IsEnum) && !text.StartsWith('"') && !text.StartsWith('\''))
            toml = Setting.ToToml(text);
        else if (type == typeof(IReadOnlyList<string>) && !text.StartsWith('['))
            toml = Setting.ToToml(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        TomlDocument document = TomlReader.Read($"v = {toml}");
        return !document.HasErrors && document.Root.Count == 1 ? document.Root.Entries[0].Value : null;
    }

    void ReadLimits(TomlTable table, string origin)
    {
        string[] levels = ["user", "core"];
        foreach (TomlEntry entry in table.Entries)
        {
            if (entry.Value is TomlTable level && levels.Contains(entry.Key))
                ReadSection(level, $"limits.{entry.Key}", origin);
            else
                AddProblem(origin, entry.KeyPosition, $"unknown key 'limits.{entry.Key}'; there are [limits.user] and [limits.core]");
        }
    }

    void ReadSection(TomlTable table, string section, string origin)
    {
        Setting[] settings = [.. SettingCatalog.All.Where(s => s.Section == section)];
        foreach (TomlEntry entry in table.Entries)
        {
            Setting? setting = settings.FirstOrDefault(s => s.Key == entry.Key);
            if (setting is not null)
                SetFromToml(setting, entry, origin);
            else if (section == "mods" && entry.Value is TomlTable mod)
                ReadMod(mod, entry.Key, origin);
            else
                AddProblem(origin, entry.KeyPosition, Unknown(section, entry.Key, settings));
        }
    }

    static string Unknown(string section, string key, Setting[] settings)
    {
        string near = Suggestion.For(key, settings.Select(s => s.Key));
        if (near.Length == 0 && SettingCatalog.All.FirstOrDefault(s => s.Key == key) is { } elsewhere)
            near = $"; it belongs under [{elsewhere.Section}]";
        return $"unknown key '{section}.{key}'{near}";
    }

    void SetFromToml(Setting setting, TomlEntry entry, string origin)
    {
        if (SettingConversion.TryConvert(setting, entry.Value, out object? converted) is { } found)
            AddProblem(origin, entry.Value.Position, $"'{setting.FullKey}' must be {setting.Allowed}, found {found}");
        else
            Set(setting.FullKey, converted!, origin, entry.KeyPosition);
    }

    void ReadMod(TomlTable table, string id, string origin)
    {
        List<TomlError> errors = [];
        table.ReportUnknownKeys(ModKeys, errors);
        ModSection mod = _perMod.GetValueOrDefault(id, new ModSection());
        _perMod[id] = mod with
        {
            Grant = table.GetStrings("grant", errors) ?? mod.Grant,
            Deny = table.GetStrings("deny", errors) ?? mod.Deny,
            HttpHosts = table.GetStrings("http_hosts", errors) ?? mod.HttpHosts,
            HttpPrivate = table.GetBoolean("http_private", errors) ?? mod.HttpPrivate,
        };
        ReportUnknownPermissions(table, "grant", PermissionNames.Grantable, errors);
        ReportUnknownPermissions(table, "deny", PermissionNames.All, errors);
        TomlTable? limits = table.GetTable("limits", errors);
        TomlTable? config = table.GetTable("config", errors);
        foreach (TomlError error in errors)
            AddProblem(origin, error.Position, error.Message);
        if (limits is not null)
            ReadLimitsOfMod(limits, id, origin);
        if (config is not null)
            ReadConfigOfMod(config, id, origin);
    }

    static void ReportUnknownPermissions(TomlTable table, string key, IReadOnlyList<string> allowed, List<TomlError> errors)
    {
        if (!table.TryGet(key, out TomlValue? value) || value is not TomlArray list)
            return;
        foreach (TomlValue item in list.Items)
        {
            if (item is not TomlString { Value: string name } || allowed.Contains(name))
                continue;
            string why = PermissionNames.All.Contains(name) ? "cannot be given to a mod" : $"is no permission{Suggestion.For(name, allowed)}";
            errors.Add(new TomlError(item.Position, $"'{table.PathOf(key)}': '{name}' {why}; there are {string.Join(", ", allowed)}"));
        }
    }

    void ReadLimitsOfMod(TomlTable limits, string id, string origin)
    {
        foreach (TomlEntry entry in limits.Entries)
        {
            string fullKey = limits.PathOf(entry.Key);
            Setting? limit = SettingCatalog.Limits.FirstOrDefault(s => s.Key == entry.Key);
            if (limit is null)
                AddProblem(origin, entry.KeyPosition, $"unknown key '{fullKey}'{Suggestion.For(entry.Key, SettingCatalog.Limits.Select(s => s.Key))}");
            else if (SettingConversion.TryConvert(limit, entry.Value, out object? converted) is { } found)
                AddProblem(origin, entry.Value.Position, $"'{fullKey}' must be {limit.Allowed}, found {found}");
            else
                SetLimit(id, entry.Key, (double)converted!);
        }
    }

    // What a mod does with these is its own affair; it checks them when it defines its configuration.
    void ReadConfigOfMod(TomlTable config, string id, string origin)
    {
        Dictionary<string, object> values = [];
        foreach (TomlEntry entry in config.Entries)
        {
            object? value = entry.Value switch
            {
                TomlString text => text.Value,
                TomlBoolean flag => flag.Value,
                TomlInteger number => number.Value,
                TomlFloat number => number.Value,
                _ => null,
            };
            if (value is null)
                AddProblem(origin, entry.Value.Position, $"'{config.PathOf(entry.Key)}' must be a string, a number or a boolean");
            else
                values[entry.Key] = value;
        }
        _perMod[id] = _perMod[id] with { Config = values };
    }

    void SetLimit(string id, string key, double value)
    {
        ModSection mod = _perMod.GetValueOrDefault(id, new ModSection());
        _perMod[id] = mod with { Limits = new Dictionary<string, double>(mod.Limits) { [key] = value } };
    }

    void Set(string fullKey, object value, string origin, TomlPosition? position)
    {
        _values[fullKey] = value;
        _origins[fullKey] = origin;
        _positions[fullKey] = position;
    }
}
