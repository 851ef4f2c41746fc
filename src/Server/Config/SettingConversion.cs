using System.Globalization;
using System.Text.Json;
using GameServer.Toml;

namespace GameServer.Server.Config;

/// <summary>From a TOML value to a setting's type, with its range.</summary>
static class SettingConversion
{
    /// <summary>Converts a value.</summary>
    /// <returns>Null when it went well; else what was found, to stand behind "must be …, found ".</returns>
    public static string? TryConvert(Setting setting, TomlValue value, out object? converted)
    {
        converted = null;
        Type type = setting.Type;
        if (type.IsEnum)
            return ToWord(type, value, out converted);
        switch (value)
        {
            case TomlBoolean flag when type == typeof(bool):
                converted = flag.Value;
                return null;
            case TomlInteger number when type == typeof(int):
                converted = (int)Math.Clamp(number.Value, int.MinValue, int.MaxValue);
                return InRange(setting, number.Value, number.Value.ToString(CultureInfo.InvariantCulture));
            case TomlInteger number when type == typeof(double):
                converted = (double)number.Value;
                return InRange(setting, number.Value, number.Value.ToString(CultureInfo.InvariantCulture));
            case TomlFloat number when type == typeof(double):
                converted = number.Value;
                return InRange(setting, number.Value, number.Value.ToString(CultureInfo.InvariantCulture));
            case TomlString text when type == typeof(string):
                converted = text.Value;
                return InRange(setting, text.Value.Length, $"{text.Value.Length} characters");
            case TomlArray array when type == typeof(IReadOnlyList<string>):
                return ToList(setting, array, out converted);
            default:
                return Describe(value);
        }
    }

    // Written so that NaN is outside every range.
    static string? InRange(Setting setting, double number, string found) =>
        number >= setting.About.Min && number <= setting.About.Max ? null : found;

    static string? ToWord(Type type, TomlValue value, out object? converted)
    {
        converted = null;
        if (value is not TomlString text)
            return Describe(value);
        foreach (object candidate in Enum.GetValues(type))
        {
            if (JsonNamingPolicy.KebabCaseLower.ConvertName(candidate.ToString()!) == text.Value)
            {
                converted = candidate;
                return null;
            }
        }
        return $"'{text.Value}'{Suggestion.For(text.Value, Setting.Words(type))}";
    }

    static string? ToList(Setting setting, TomlArray array, out object? converted)
    {
        converted = null;
        if (array.Items.FirstOrDefault(i => i is not TomlString) is { } other)
            return $"{TomlValue.NameOf(other.Kind)} in the list";
        string[] items = [.. array.Items.Cast<TomlString>().Select(s => s.Value)];
        converted = items;
        return InRange(setting, items.Length, $"{items.Length} entries");
    }

    static string Describe(TomlValue value) => value switch
    {
        TomlString text => $"the string '{text.Value}'",
        TomlInteger number => $"the integer {number.Value}",
        TomlFloat number => $"the float {number.Value.ToString(CultureInfo.InvariantCulture)}",
        TomlBoolean flag => flag.Value ? "true" : "false",
        _ => TomlValue.NameOf(value.Kind),
    };
}
