using System.Globalization;
using System.Reflection;
using System.Text.Json;
using GameServer.Scripting;
using GameServer.Toml;

namespace GameServer.Server.Config;

/// <summary>One row of the table of settings: a property of <see cref="ServerConfig"/>, or a limit of <see cref="LimitCatalog"/>.</summary>
/// <param name="Section">Name of the TOML table, like <c>limits.user</c>.</param>
/// <param name="Key">Key inside the table.</param>
/// <param name="Type">Type of the value: bool, int, double, string, an enum, or a list of strings.</param>
/// <param name="Default">The value without any file.</param>
/// <param name="About">Text, range and unit.</param>
/// <param name="Property">Where the value lives in the section's record; null for limits.</param>
sealed record Setting(string Section, string Key, Type Type, object Default, SettingAttribute About, PropertyInfo? Property)
{
    /// <summary>The full key, like <c>net.port</c>.</summary>
    public string FullKey => $"{Section}.{Key}";

    /// <summary>The environment variable, like <c>GAMESERVER_NET_PORT</c>.</summary>
    public string EnvironmentName => ConfigLoader.EnvironmentPrefix + FullKey.Replace('.', '_').ToUpperInvariant();

    /// <summary>What the value must be, for messages and the reference: <c>an integer from 10 to 128 (Hz)</c>.</summary>
    public string Allowed
    {
        get
        {
            if (Type == typeof(bool))
                return "true or false";
            if (Type.IsEnum)
                return string.Join(", ", Words(Type).Select(w => $"\"{w}\""));
            string range = (About.Min, About.Max) switch
            {
                (double.NegativeInfinity, double.PositiveInfinity) => "",
                (double.NegativeInfinity, _) => $" up to {Number(About.Max)}",
                (_, double.PositiveInfinity) => $" from {Number(About.Min)}",
                _ => $" from {Number(About.Min)} to {Number(About.Max)}",
            };
            if (Type == typeof(string))
                return range.Length == 0 ? "a string" : $"a string,{range} characters";
            if (Type == typeof(IReadOnlyList<string>))
                return "a list of strings";
            string unit = About.Unit.Length == 0 ? "" : $" ({About.Unit})";
            return (Type == typeof(int) ? "an integer" : "a number") + range + unit;
        }
    }

    /// <summary>Whether the value in <paramref name="config"/> is the default.</summary>
    public bool IsDefault(ServerConfig config) => ToToml(ValueIn(config)) == ToToml(Default);

    /// <summary>Whether two configurations agree in it.</summary>
    public bool IsSame(ServerConfig one, ServerConfig other) => ToToml(ValueIn(one)) == ToToml(ValueIn(other));

    /// <summary>The value in <paramref name="config"/>.</summary>
    public object ValueIn(ServerConfig config)
    {
        if (Property is null)
            return LimitCatalog.Rows.First(row => row.Key == Key).Get(Section == "limits.core" ? config.LimitsCore : config.LimitsUser);
        PropertyInfo section = SettingCatalog.Sections.First(s => s.Name == Section).Property!;
        return Property.GetValue(section.GetValue(config))!;
    }

    /// <summary>The words an enum accepts in TOML: its names in kebab case.</summary>
    public static IEnumerable<string> Words(Type enumType) => Enum.GetNames(enumType).Select(JsonNamingPolicy.KebabCaseLower.ConvertName);

    /// <summary>A value as TOML text.</summary>
    /// <param name="value">A value of a setting's type.</param>
    public static string ToToml(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text => TomlText.Quote(text),
        Enum word => TomlText.Quote(JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString())),
        IReadOnlyList<string> list => $"[{string.Join(", ", list.Select(TomlText.Quote))}]",
        double number => Number(number),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The table of all settings, in the order of server.toml.</summary>
static class SettingCatalog
{
    /// <summary>The TOML tables in order, each with a sentence about it; the property is null for limits.</summary>
    public static IReadOnlyList<(string Name, string Doc, PropertyInfo? Property)> Sections { get; } =
    [
        .. typeof(ServerConfig).GetProperties()
            .Select(p => (Property: p, About: p.GetCustomAttribute<SectionAttribute>()))
            .Where(s => s.About is not null)
            .Select(s => (SnakeCase(s.Property.Name), s.About!.Doc, (PropertyInfo?)s.Property)),
        ("limits.user", "Limits of one mod of trust level user (every mod that [core] does not list).", null),
        ("limits.core", "Limits of one mod of trust level core.", null),
    ];

    /// <summary>All settings in order.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. ReadAll()];

    /// <summary>The limits of one mod, whose defaults here are those of trust level user.</summary>
    public static IEnumerable<Setting> Limits => All.Where(s => s.Section == "limits.user");

    static IEnumerable<Setting> ReadAll()
    {
        ServerConfig defaults = new();
        foreach ((string name, _, PropertyInfo? section) in Sections)
        {
            if (section is null)
            {
                foreach (Setting limit in LimitsOf(name, name == "limits.core" ? defaults.LimitsCore : defaults.LimitsUser))
                    yield return limit;
                continue;
            }
            object record = section.GetValue(defaults)!;
            foreach (PropertyInfo property in section.PropertyType.GetProperties())
            {
                if (property.GetCustomAttribute<SettingAttribute>() is { } about)
                    yield return new Setting(name, SnakeCase(property.Name), property.PropertyType, property.GetValue(record)!, about, property);
            }
        }
    }

    static IEnumerable<Setting> LimitsOf(string section, ModLimits limits)
    {
        foreach (LimitRow row in LimitCatalog.Rows)
        {
            SettingAttribute about = new(Sentence(row.What)) { Min = row.Min, Max = row.Max, Unit = row.Unit };
            yield return new Setting(section, row.Key, typeof(double), row.Get(limits), about, null);
        }
    }

    static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..] + ".";

    static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
