using System.Text.RegularExpressions;

namespace GameServer.Architecture.Tests;

/// <summary>Style as a test: calls that are banned with their replacement, sizes, and words that do not belong into a source file.</summary>
public class TidyTests
{
    /// <summary>Banned call, what to use instead, and the files that are the one place for it.</summary>
    static readonly (string Pattern, string Instead, string[] Except)[] Banned =
    [
        (@"\bDateTime(Offset)?\.(Utc)?Now\b", "an injected TimeProvider", []),
        (@"\bStopwatch\.", "an injected TimeProvider", []),
        (@"\bnew Stopwatch\b", "an injected TimeProvider", []),
        (@"\bRandom\.Shared\b", "an injected seeded source", []),
        (@"\bThread\.Sleep\(", "a wait on an event with a timeout", ["src/Server/Hosting/"]),
        (@"\bTask\.Delay\(", "the tick clock, or a TimeProvider timer", []),
        (@"\bnew (Udp|Tcp)Client\b", "IDatagramSocket", ["src/Net/Sockets/"]),
        (@"\bConsole\.(Write|WriteLine|Error|Out)\b", "the log, or the console seam of a command", ["src/Server/Cli/", "src/Server/Program.cs", "src/Server/Observability/"]),
        (@"\bEnvironment\.Exit\(", "an exit code returned to Program", ["src/Server/Hosting/ShutdownSignal.cs"]),
        (@"\bGC\.Collect\(\s*\)", "the end-of-tick gen-0 collection", []),
    ];

    [Fact]
    public void Banned_calls_are_not_used()
    {
        var found = new List<string>();
        foreach (string file in Sources.CSharp())
        {
            int number = 0;
            foreach (string line in Sources.Lines(file))
            {
                number++;
                string code = line.TrimStart();
                if (code.StartsWith("//", StringComparison.Ordinal)) continue;
                foreach ((string pattern, string instead, string[] except) in Banned)
                {
                    if (!except.Any(file.StartsWith) && Regex.IsMatch(code, pattern)) found.Add($"{file}:{number}: use {instead}: {code}");
                }
            }
        }
        Sources.AssertNone(found);
    }

    /// <summary>Longest file allowed, in lines. The listed files are tables or the interpreter loop.</summary>
    [Fact]
    public void Files_stay_readable()
    {
        const int LinesMax = 600;
        string[] tables = ["src/Luau/Runtime/Interpreter.Execute.cs", "src/Luau/Bytecode/OpCode.cs", "src/Luau/Runtime/BuiltinCalls.cs"];
        string[] tooLong = [.. Sources.CSharp().Where(file => !tables.Contains(file))
            .Select(file => (File: file, Count: Sources.Lines(file).Length)).Where(f => f.Count > LinesMax)
            .Select(f => $"{f.File}: {f.Count} lines (at most {LinesMax}): look for the seam")];
        Sources.AssertNone(tooLong);
    }

    [Fact]
    public void Lines_fit_a_screen()
    {
        const int ColumnsMax = 180;
        string[] tooWide = [.. Sources.CSharp().SelectMany(file => Sources.Lines(file)
            .Select((line, index) => (line, index)).Where(l => l.line.Length > ColumnsMax)
            .Select(l => $"{file}:{l.index + 1}: {l.line.Length} columns (at most {ColumnsMax})"))];
        Sources.AssertNone(tooWide);
    }

    [Fact]
    public void No_forgotten_marks_are_left()
    {
        string[] marks = [.. Sources.CSharp().SelectMany(file => Sources.Lines(file)
            .Select((line, index) => (line, index))
            .Where(l => Regex.IsMatch(l.line, @"//.*\b(TODO|FIXME|HACK|XXX)\b") || l.line.Contains("NotImplementedException"))
            .Select(l => $"{file}:{l.index + 1}: {l.line.Trim()}"))];
        Sources.AssertNone(marks);
    }

    [Fact]
    public void No_mutable_static_state()
    {
        // Thread-static scratch and constants are fine; a static field that can be assigned is shared between servers in one process.
        var mutable = new Regex(@"^\s*(?:public |internal |private |protected )?static (?!readonly|extern|partial|abstract|implicit|explicit|class|void|async|unsafe)[\w<>\[\]?., ]+ _?\w+\s*(?:=[^>=]|;)");
        var found = new List<string>();
        foreach (string file in Sources.CSharp())
        {
            string[] lines = Sources.Lines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                if (!mutable.IsMatch(lines[i])) continue;
                if (i > 0 && lines[i - 1].Contains("[ThreadStatic]")) continue;
                if (lines[i].Contains("[ThreadStatic]")) continue;
                found.Add($"{file}:{i + 1}: {lines[i].Trim()}");
            }
        }
        Sources.AssertNone(found);
    }
}
