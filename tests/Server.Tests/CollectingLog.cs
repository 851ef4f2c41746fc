using GameServer.Server.Observability;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace GameServer.Server.Tests;

/// <summary>Keeps every log line a test causes, as level and text.</summary>
sealed class CollectingLog : ILogEventSink
{
    readonly List<string> _lines = [];

    public CollectingLog()
    {
        Logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(this).CreateLogger();
        Log = new ServerLog(Logger);
    }

    public Logger Logger { get; }

    public ServerLog Log { get; }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public void Emit(LogEvent logEvent)
    {
        using StringWriter line = new();
        new LogLineFormatter(withDate: false, withColour: false).Format(logEvent, line);
        lock (_lines)
            _lines.Add(line.ToString()["00:00:00.000 ".Length..].TrimEnd());
    }
}
