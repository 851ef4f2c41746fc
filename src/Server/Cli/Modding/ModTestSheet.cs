using GameServer.Scripting.Testing;

namespace GameServer.Server.Cli.Modding;

/// <summary>Results of tests as people read them, one line per test as it ends.</summary>
sealed class ModTestSheet(TextWriter output, bool verbose)
{
    readonly Paint _paint = new(output);
    string _folder = "";
    string _file = "";

    /// <summary>The tests of a mod follow.</summary>
    public void Begin(string folder) => (_folder, _file) = (folder, "");

    /// <summary>A test has ended.</summary>
    public void Add(ModTestResult result)
    {
        string file = $"{result.Mod}/{result.File}";
        if (file != _file) output.WriteLine(ModFolders.WithPaths($"{file}:1", _folder)[..^2]);
        _file = file;
        string mark = result.Outcome switch
        {
            ModTestOutcome.Passed => _paint.Good("ok    "),
            ModTestOutcome.Skipped => _paint.Weak("skip  "),
            _ => _paint.Bad("FAILED"),
        };
        string why = result.Outcome == ModTestOutcome.Skipped ? $"  ({result.Message})" : "";
        output.WriteLine($"  {mark} {result.Name}{why}{_paint.Weak(result.Milliseconds >= 100 ? $"  {result.Milliseconds:0} ms" : "")}");
        bool failed = result.Outcome == ModTestOutcome.Failed;
        if (failed) Indent(ModFolders.WithPaths(result.Message, _folder));
        if (!failed && !verbose) return;
        foreach (string line in result.Output) Indent(_paint.Weak($"| {ModFolders.WithPaths(line, _folder).ReplaceLineEndings("\n")}"));
    }

    /// <summary>The tests of a mod are through.</summary>
    public void End(ModTestReport report)
    {
        foreach (string problem in report.Problems) output.WriteLine($"{_paint.Bad("FAILED")} {ModFolders.WithPaths(problem, _folder)}");
        if (report.Results.Count == 0 && report.Problems.Count == 0) output.WriteLine($"{report.Mod}: no tests");
    }

    /// <summary>The last line.</summary>
    public void Close(IReadOnlyList<ModTestReport> reports, TimeSpan took)
    {
        int Count(ModTestOutcome outcome) => reports.Sum(report => report.Results.Count(result => result.Outcome == outcome));
        int failed = Count(ModTestOutcome.Failed) + reports.Sum(report => report.Problems.Count);
        string text = $"{Count(ModTestOutcome.Passed)} passed, {failed} failed, {Count(ModTestOutcome.Skipped)} skipped in {took.TotalSeconds:0.00} s";
        output.WriteLine(failed == 0 ? _paint.Good(text) : _paint.Bad(text));
    }

    void Indent(string text)
    {
        foreach (string line in text.Split('\n')) output.WriteLine($"         {line}");
    }
}
