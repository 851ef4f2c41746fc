using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace GameServer.Server.Observability;

/// <summary>
/// Writes one event as <c>14:03:07.512 INFO  text</c>. Text of mods and players passes through here, so control characters are
/// written as escapes: nothing in a message can move a terminal's cursor or pretend to be another line. Further lines of a
/// message (tracebacks) are indented.
/// </summary>
/// <param name="withDate">Put the date in front, for files.</param>
/// <param name="withColour">Colour the level, for terminals.</param>
sealed class LogLineFormatter(bool withDate, bool withColour) : ITextFormatter
{
    const string Indent = "      ";

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.ToString(withDate ? "yyyy-MM-dd HH:mm:ss.fff zzz" : "HH:mm:ss.fff", CultureInfo.InvariantCulture));
        output.Write(' ');
        (string word, string colour) = Level(logEvent.Level);
        if (withColour && colour.Length > 0)
            output.Write($"\e[{colour}m{word}\e[0m");
        else
            output.Write(word);
        output.Write(' ');
        if (ModBeside(logEvent) is { } mod)
            output.Write($"[{Clean(mod)}] ");
        output.WriteLine(Clean(Render(logEvent)).TrimEnd());
        if (logEvent.Exception is not null)
            output.WriteLine(Indent + Clean(logEvent.Exception.ToString()));
    }

    // The mod a line belongs to, unless its text names the mod already.
    static string? ModBeside(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue("Mod", out LogEventPropertyValue? mod) && mod is ScalarValue { Value: string id }
        && !logEvent.MessageTemplate.Tokens.Any(t => t is PropertyToken { PropertyName: "Mod" })
            ? id
            : null;

    // Like the "l" format: strings without quotes.
    static string Render(LogEvent logEvent)
    {
        StringBuilder text = new();
        foreach (MessageTemplateToken token in logEvent.MessageTemplate.Tokens)
        {
            if (token is PropertyToken property && logEvent.Properties.TryGetValue(property.PropertyName, out LogEventPropertyValue? value))
            {
                if (value is ScalarValue { Value: string literal })
                    text.Append(literal);
                else
                    text.Append(value.ToString(property.Format, CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(token);
            }
        }
        return text.ToString();
    }

    static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001F') && !text.AsSpan().ContainsAnyInRange('\u007F', '\u009F'))
            return text;
        StringBuilder clean = new(text.Length + 16);
        foreach (char c in text.ReplaceLineEndings("\n").TrimEnd('\n'))
        {
            if (c == '\n')
                clean.Append('\n').Append(Indent);
            else if (c == '\t')
                clean.Append("    ");
            else if (char.IsControl(c))
                clean.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                clean.Append(c);
        }
        return clean.ToString();
    }

    static (string Word, string Colour) Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => ("DEBUG", "90"),
        LogEventLevel.Information => ("INFO ", ""),
        LogEventLevel.Warning => ("WARN ", "33"),
        LogEventLevel.Error => ("ERROR", "31"),
        _ => ("FATAL", "41;97"),
    };
}
