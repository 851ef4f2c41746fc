using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace GameServer.Server.Config;

/// <summary>One row of the table of settings, read from the attributes of <see cref="ServerConfig"/>.</summary>
/// <param name="Section">Name of the TOML table, like <c>limits.user</c>.</param>
/// <param name="Key">Key inside the table.</param>
/// <param name="Property">Where the value lives in the section's record.</param>
/// <param name="Default">The value without any file.</param>
/// <param name="About">Text, range and unit.</param>
sealed record Setting(string Section, string Key, PropertyInfo Property, object Default, SettingAttribute About)
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
            Type type = Property.PropertyType;
            if (type == typeof(bool))
                return "true or false";
            if (type.IsEnum)
                return string.Join(", ", Words(type).Select(w => $"\"{w}\""));
            string range = (About.Min, About.Max) switch
            {
                (double.NegativeInfinity, double.PositiveInfinity) => "",
                (double.NegativeInfinity, _) => $" up to {Number(About.Max)}",
                (_, double.PositiveInfinity) => $" from {Number(About.Min)}",
                _ => $" from {Number(About.Min)} to {Number(About.Max)}",
            };
            if (type == typeof(string))
                return range.Length == 0 ? "a string" : $"a string,{range} characters";
            if (type == typeof(IReadOnlyList<string>))
                return "a list of strings";
            string unit = About.Unit.Length == 0 ? "" : $" ({About.Unit})";
            return (type == typeof(int) ? "an integer" : "a number") + range + unit;
        }
    }

    /// <summary>The words an enum accepts in TOML: its names in kebab case.</summary>
    public static IEnumerable<string> Words(Type enumType) => Enum.GetNames(enumType).Select(JsonNamingPolicy.KebabCaseLower.ConvertName);

    /// <summary>A value as TOML text.</summary>
    /// <param name="value">A value of a setting's type.</param>
    public static string ToToml(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text => Quote(text),
        Enum word => Quote(JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString())),
        IReadOnlyList<string> list => $"[{string.Join(", ", list.Select(Quote))}]",
        double number => number.ToString(number == Math.Floor(number) ? "0.0" : "R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);

    static string Quote(string text)
    {
        StringBuilder built = new("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                built.Append('\\').Append(c);
            else if (char.IsControl(c))
                built.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                built.Append(c);
        }
        return built.Append('"').ToString();
    }
}

/// <summary>The table of all settings, in the order of the records.</summary>
static class SettingCatalog
{
    /// <summary>The sections in order: TOML name, text, property of <see cref="ServerConfig"/>.</summary>
    public static IReadOnlyList<(string Name, string Doc, PropertyInfo Property)> Sections { get; } =
        [.. typeof(ServerConfig).GetProperties()
            .Select(p => (Property: p, About: p.GetCustomAttribute<SectionAttribute>()))
            .Where(s => s.About is not null)
            .Select(s => (SnakeCase(s.Property.Name).Replace("limits_", "limits.", StringComparison.Ordinal), s.About!.Doc, s.Property))];

    /// <summary>All settings in order.</summary>
    public static IReadOnlyList<Setting> All { get; } = ReadAll();

    /// <summary>The limits of one mod, whose defaults here are those of trust level user.</summary>
    public static IEnumerable<Setting> Limits => All.Where(s => s.Section == "limits.user");

    static List<Setting> ReadAll()
    {
        ServerConfig defaults = new();
        List<Setting> all = [];
        foreach ((string name, _, PropertyInfo section) in Sections)
        {
            object record = section.GetValue(defaults)!;
            foreach (PropertyInfo property in section.PropertyType.GetProperties())
            {
                if (property.GetCustomAttribute<SettingAttribute>() is { } about)
                    all.Add(new Setting(name, SnakeCase(property.Name), property, property.GetValue(record)!, about));
            }
        }
        return all;
    }

    static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
