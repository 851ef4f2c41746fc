using GameServer.Server.Admin;
using GameServer.Server.Observability;
using Serilog.Core;
using Serilog.Events;

namespace GameServer.Server.Hosting;

/// <summary>Shows log lines to whoever watches through the admin interface.</summary>
/// <remarks>Any thread.</remarks>
sealed class AdminLogSink(AdminEvents events) : ILogEventSink
{
    readonly LogLineFormatter _formatter = new(withDate: false, withColour: false);

    public void Emit(LogEvent logEvent)
    {
        if (!events.IsWatched)
            return;
        using StringWriter line = new();
        _formatter.Format(logEvent, line);
        string mod = logEvent.Properties.TryGetValue("Mod", out LogEventPropertyValue? value) && value is ScalarValue { Value: string id } ? id : "";
        int level = Math.Clamp((int)logEvent.Level - (int)LogEventLevel.Debug, 0, 3);
        events.Publish("log", AdminJson.Write(new { level = logEvent.Level.ToString(), mod, line = line.ToString().TrimEnd() }), level, mod);
    }
}
