using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;

namespace GameServer.Scripting.Tests.Support;

/// <summary>Keeps log lines for assertions.</summary>
sealed class CollectingSink : ILogEventSink
{
    readonly ConcurrentQueue<(LogEventLevel Level, string Text)> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines.Select(line => line.Text)];

    public IReadOnlyList<string> Of(LogEventLevel level) => [.. _lines.Where(line => line.Level == level).Select(line => line.Text)];

    public void Emit(LogEvent logEvent) => _lines.Enqueue((logEvent.Level, logEvent.RenderMessage().Replace("\"", "", StringComparison.Ordinal)));

    public void Clear() => _lines.Clear();
}
