using GameServer.Scripting.Api;
using GameServer.Toml;

namespace GameServer.Scripting.Mods;

/// <summary>The <c>[config]</c> table of a manifest: settings of the mod by name, each a default, or a table with <c>default</c>, <c>min</c>, <c>max</c>,
/// <c>choices</c> and <c>doc</c>. The same as <c>config.define</c>, said without running code.</summary>
sealed class ConfigSection(List<TomlError> problems)
{
    static readonly string[] Keys = ["default", "min", "max", "choices", "doc"];

    /// <summary>Reads all settings.</summary>
    public IReadOnlyDictionary<string, ConfigSpec> Read(TomlTable root)
    {
        var specs = new Dictionary<string, ConfigSpec>(StringComparer.Ordinal);
        if (root.GetTable("config", problems) is not { } all) return specs;
        if (all.Count > ModConfig.SettingsMax) problems.Add(new(all.Position, $"a mod has at most {ModConfig.SettingsMax} settings"));
        foreach (TomlEntry entry in all.Entries)
        {
            if (!ConfigApi.IsName(entry.Key)) problems.Add(new(entry.KeyPosition, $"setting '{entry.Key}': a name has 1 to {ConfigApi.NameMax} letters, digits, _ or -"));
            else if (Spec(all, entry) is { } spec) specs[entry.Key] = spec;
        }
        return specs;
    }

    ConfigSpec? Spec(TomlTable all, TomlEntry entry)
    {
        TomlTable? detail = entry.Value as TomlTable;
        detail?.ReportUnknownKeys(Keys, problems);
        TomlValue? value = detail is null ? entry.Value : detail.TryGet("default", out TomlValue? given) ? given : null;
        if (Kind(value) is not ({ } kind, { } fallback))
        {
            problems.Add(new(entry.Value.Position, $"'{all.PathOf(entry.Key)}' must be a number, boolean or string, or a table with such a default"));
            return null;
        }
        IReadOnlyList<string> choices = detail?.GetStrings("choices", problems) ?? [];
        var spec = new ConfigSpec(choices.Count > 0 ? ConfigKind.Choice : kind, fallback)
        {
            Min = detail?.GetNumber("min", problems) ?? double.NegativeInfinity, Max = detail?.GetNumber("max", problems) ?? double.PositiveInfinity,
            Choices = choices, Doc = detail?.GetString("doc", problems) ?? "",
        };
        if (!spec.Accepts(fallback)) problems.Add(new(value!.Position, $"'{all.PathOf(entry.Key)}': the default must be {spec.Allowed}"));
        return spec;
    }

    static (ConfigKind?, object?) Kind(TomlValue? value) => value switch
    {
        TomlInteger integer => (ConfigKind.Int, (double)integer.Value),
        TomlFloat number when double.IsFinite(number.Value) => (ConfigKind.Number, number.Value),
        TomlBoolean flag => (ConfigKind.Bool, flag.Value),
        TomlString text => (ConfigKind.String, text.Value),
        _ => (null, null),
    };
}
