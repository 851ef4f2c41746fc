using System.Globalization;
using System.Text;

namespace GameServer.Toml;

/// <summary>Writes values as TOML text.</summary>
public static class TomlText
{
    /// <summary>A basic string: quotes and backslashes escaped, control characters as <c>\uXXXX</c>.</summary>
    public static string Quote(string text)
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
