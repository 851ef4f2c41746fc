namespace GameServer.Scripting.Testing;

/// <summary>How a test ended.</summary>
public enum ModTestOutcome
{
    /// <summary>Everything held.</summary>
    Passed,
    /// <summary>Something did not.</summary>
    Failed,
    /// <summary>It says itself that it is not to run.</summary>
    Skipped,
}

/// <summary>One test that ran.</summary>
/// <param name="Mod">Id of the mod.</param>
/// <param name="File">Path of the test file relative to the mod's folder.</param>
/// <param name="Line">Line of the test in it.</param>
/// <param name="Name">Name.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">Why it failed or was skipped, with place; empty otherwise.</param>
/// <param name="Milliseconds">Real time it took.</param>
/// <param name="Output">What it printed, and what was logged.</param>
public sealed record ModTestResult(
    string Mod, string File, int Line, string Name, ModTestOutcome Outcome, string Message, double Milliseconds, IReadOnlyList<string> Output);

/// <summary>The tests of one mod.</summary>
/// <param name="Mod">Id.</param>
/// <param name="Problems">What kept tests from running at all, with place: a script that does not compile, a test file that fails.</param>
/// <param name="Results">Tests in the order they ran.</param>
public sealed record ModTestReport(string Mod, IReadOnlyList<string> Problems, IReadOnlyList<ModTestResult> Results)
{
    /// <summary>Whether nothing failed.</summary>
    public bool IsGood => Problems.Count == 0 && Results.All(result => result.Outcome != ModTestOutcome.Failed);
}

/// <summary>How tests are run.</summary>
public sealed record ModTestOptions
{
    /// <summary>Only tests whose name, or file, holds one of these texts; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Whether snapshots are taken instead of compared.</summary>
    public bool Update { get; init; }

    /// <summary>Real time one test may take; default 10 s. A mod that never ends is stopped by its own limits, a tenth as fast as in a server.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Version of the server that scripts see.</summary>
    public string ServerVersion { get; init; } = "0.0.0";
}
