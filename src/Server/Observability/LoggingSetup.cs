using GameServer.Server.Config;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Sinks.Async;

namespace GameServer.Server.Observability;

/// <summary>
/// Builds the log from the settings: terminal and daily files, each behind a bounded queue with a thread of its own, so that a slow
/// disk or terminal never stops a tick. A full queue drops events; how many is said when the log closes.
/// </summary>
sealed class LoggingSetup : IAsyncLogEventSinkMonitor, IDisposable
{
    const int QueuedEventsMax = 10_000;

    readonly List<IAsyncLogEventSinkInspector> _queues = [];
    readonly Logger _logger;

    /// <summary>Opens the log.</summary>
    /// <param name="settings">What to write where.</param>
    /// <param name="folder">Absolute folder of the log files; null writes none.</param>
    /// <param name="watchers">Further places that get every event; called on the thread that logs.</param>
    public LoggingSetup(LogSection settings, string? folder, params ILogEventSink[] watchers)
    {
        LoggerConfiguration configuration = new LoggerConfiguration().MinimumLevel.Is(Map(settings.Level));
        if (settings.Console)
        {
            LogLineFormatter terminal = new(withDate: false, withColour: !Console.IsOutputRedirected);
            configuration.WriteTo.Async(to => to.Console(terminal), monitor: this, bufferSize: QueuedEventsMax);
        }
        if (folder is not null)
        {
            configuration.WriteTo.Async(
                to => to.File(
                    new LogLineFormatter(withDate: true, withColour: false),
                    Path.Combine(folder, "gameserver-.log"),
                    rollingInterval: RollingInterval.Day,
                    fileSizeLimitBytes: (long)settings.FileMb * 1024 * 1024,
                    rollOnFileSizeLimit: true,
                    retainedFileCountLimit: settings.FilesMax),
                monitor: this,
                bufferSize: QueuedEventsMax);
        }
        foreach (ILogEventSink watcher in watchers)
            configuration.WriteTo.Sink(watcher);
        _logger = configuration.CreateLogger();
    }

    /// <summary>The log. Any thread.</summary>
    public ILogger Logger => _logger;

    /// <summary>Events thrown away because a queue was full.</summary>
    public long Dropped => _queues.Sum(q => q.DroppedMessagesCount);

    void IAsyncLogEventSinkMonitor.StartMonitoring(IAsyncLogEventSinkInspector inspector) => _queues.Add(inspector);

    void IAsyncLogEventSinkMonitor.StopMonitoring(IAsyncLogEventSinkInspector inspector)
    {
        // The counts are still wanted after the queue has closed.
    }

    /// <summary>Writes everything that is queued and closes the files.</summary>
    public void Dispose() => _logger.Dispose();

    static LogEventLevel Map(LogLevel level) => level switch
    {
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Info => LogEventLevel.Information,
        LogLevel.Warn => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
