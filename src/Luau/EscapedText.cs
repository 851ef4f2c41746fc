using System.Globalization;
using System.Text;

namespace GameServer.Luau;

/// <summary>Text as it stands between the quotes of a Luau string.</summary>
public static class EscapedText
{
    /// <summary>Appends text with quotes, backslashes and control characters escaped.</summary>
    /// <param name="target">Gets the text; no quotes are put around it.</param>
    /// <param name="text">What to append.</param>
    public static void AppendEscaped(this StringBuilder target, ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            switch (c)
            {
                case '"': target.Append("\\\""); break;
                case '\\': target.Append(@"\\"); break;
                case '\n': target.Append(@"\n"); break;
                case '\r': target.Append(@"\r"); break;
                case '\t': target.Append(@"\t"); break;
                default:
                    if (char.IsControl(c)) target.Append(CultureInfo.InvariantCulture, $"\\{(int)c:000}");
                    else target.Append(c);
                    break;
            }
        }
    }
}
