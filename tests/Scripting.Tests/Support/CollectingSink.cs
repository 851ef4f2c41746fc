using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace GameServer.Scripting.Tests.Support;

/// <summary>Keeps log lines for assertions.</summary>
sealed class CollectingSink : ILogEventSink
{
    // Strings as they are, without quotes.
    readonly MessageTemplateTextFormatter _plain = new("{Message:lj}");
    readonly ConcurrentQueue<(LogEventLevel Level, string Text)> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines.Select(line => line.Text)];

    public IReadOnlyList<string> Of(LogEventLevel level) => [.. _lines.Where(line => line.Level == level).Select(line => line.Text)];

    public void Emit(LogEvent logEvent)
    {
        using var text = new StringWriter();
        _plain.Format(logEvent, text);
        _lines.Enqueue((logEvent.Level, text.ToString()));
    }

    public void Clear() => _lines.Clear();
}
