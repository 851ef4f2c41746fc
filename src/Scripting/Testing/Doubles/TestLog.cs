using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace GameServer.Scripting.Testing.Doubles;

/// <summary>A line of a test's log.</summary>
/// <param name="Level">Level.</param>
/// <param name="Text">Text; more than one line for errors, which come with a traceback.</param>
/// <param name="IsOfMod">Whether a mod wrote it; otherwise the server wrote it about a mod.</param>
sealed record TestLogLine(LogEventLevel Level, string Text, bool IsOfMod)
{
    /// <summary>Whether the server reports something that went wrong in a mod.</summary>
    public bool IsFault => Level >= LogEventLevel.Error && !IsOfMod;

    /// <summary>The first line.</summary>
    public string Headline => Text.Split('\n', 2)[0];
}

/// <summary>Keeps what is logged during a test.</summary>
/// <remarks>Any thread.</remarks>
sealed class TestLog : ILogEventSink
{
    const int LinesMax = 10_000;
    /// <summary>How the lines begin that mods write themselves (<see cref="ScriptingLog.Line"/>).</summary>
    const string LineOfMod = "[{Mod}] ";

    readonly MessageTemplateTextFormatter _plain = new("{Message:lj}");
    readonly List<TestLogLine> _lines = [];
    readonly Lock _gate = new();

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<TestLogLine> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        using var text = new StringWriter();
        _plain.Format(logEvent, text);
        bool ofMod = logEvent.MessageTemplate.Text.StartsWith(LineOfMod, StringComparison.Ordinal);
        string line = text.ToString();
        lock (_gate)
        {
            if (_lines.Count < LinesMax) _lines.Add(new TestLogLine(logEvent.Level, line, ofMod));
        }
    }
}
