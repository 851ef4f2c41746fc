using System.Text;
using Serilog.Events;

namespace GameServer.Scripting.Isolation;

/// <summary>What a mod writes to the log, and what is written about its errors: so many lines per second, so many bytes per line; the rest is counted.</summary>
/// <remarks>Tick thread. Outlives the mod's generations.</remarks>
sealed class ModLog(string modId, ScriptingLog log, TimeProvider time)
{
    // Apart from each other: a mod that floods the log must not hide what is said about it.
    readonly Allowance _lines = new(time);
    readonly Allowance _errors = new(time);

    /// <summary>Lines left out since the server started.</summary>
    public long Suppressed => _lines.Suppressed + _errors.Suppressed;

    /// <summary>Writes a line of the mod.</summary>
    public void Line(LogEventLevel level, string text, ModLimits limits)
    {
        if (_lines.Admit(limits.LogLinesS)) log.Line(modId, level, Clean(text, (int)limits.LogLineBytes), _lines.TakeSuppressed());
    }

    /// <summary>Writes about an error of the mod.</summary>
    public void Error(string source, string message, string traceback, ModLimits limits)
    {
        if (!_errors.Admit(limits.LogLinesS)) return;
        int bytes = (int)limits.LogLineBytes;
        log.ScriptError(modId, source, Clean(message, bytes), CleanLines(traceback, bytes), _errors.TakeSuppressed());
    }

    /// <summary>One line without control characters, cut to length: a mod cannot fake lines of somebody else or steer a terminal.</summary>
    public static string Clean(string text, int bytesMax)
    {
        bool cut = text.Length > bytesMax;
        if (cut) text = text[..bytesMax];
        while (Encoding.UTF8.GetByteCount(text) > bytesMax) text = text[..^Math.Max(1, text.Length / 16)];
        if (text.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0 || text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') >= 0)
            text = string.Concat(text.Select(c => c == '\t' ? " " : c == '\n' ? "\\n" : char.IsControl(c) ? $"\\{(int)c}" : c.ToString()));
        return cut ? text + "..." : text;
    }

    static string CleanLines(string text, int bytesMax) => string.Join('\n', text.Split('\n').Take(40).Select(line => "  " + Clean(line.TrimEnd(), bytesMax)));

    /// <summary>So many lines per second; the rest is counted.</summary>
    sealed class Allowance(TimeProvider time)
    {
        double _tokens = double.NaN;
        long _filled;
        int _suppressed;

        public long Suppressed { get; private set; }

        public bool Admit(double perSecond)
        {
            long now = time.GetTimestamp();
            if (double.IsNaN(_tokens)) _tokens = perSecond;
            else _tokens = Math.Min(perSecond, _tokens + (perSecond * time.GetElapsedTime(_filled, now).TotalSeconds));
            _filled = now;
            if (_tokens < 1)
            {
                _suppressed++;
                Suppressed++;
                return false;
            }
            _tokens--;
            return true;
        }

        /// <summary>How many were left out since the last line.</summary>
        public int TakeSuppressed()
        {
            int suppressed = _suppressed;
            _suppressed = 0;
            return suppressed;
        }
    }
}
