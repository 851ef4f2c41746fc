using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GameServer.Luau.Tests.Conformance;

/// <summary>Random programs give the same output and the same error texts in our VM and in upstream Luau.</summary>
[Trait("Category", "Slow")]
public partial class DifferentialTests
{
    const int ProgramsPerSeed = 60;

    [UpstreamTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Expressions_and_library_calls_agree_with_upstream(int seed)
    {
        var generator = new ProgramGenerator(seed);
        Compare([.. Enumerable.Range(0, ProgramsPerSeed).Select(_ => generator.Probes(30))]);
    }

    [UpstreamTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Programs_of_statements_agree_with_upstream(int seed)
    {
        var generator = new ProgramGenerator(seed);
        Compare([.. Enumerable.Range(0, ProgramsPerSeed).Select(_ => generator.Statements(12))]);
    }

    static void Compare(string[] programs)
    {
        var upstream = UpstreamLuau.Run(programs);
        var report = new StringBuilder();
        var compared = 0;
        for (var i = 0; i < programs.Length; i++)
        {
            // Upstream in WebAssembly has little memory and dies when a program wants more.
            if (upstream[i].StartsWith("crash", StringComparison.Ordinal) || upstream[i].StartsWith("harness error", StringComparison.Ordinal))
                continue;

            compared++;
            var expected = Normalize(upstream[i]).Split('\n');
            var actual = Normalize(OwnLuau.Run(programs[i])).Split('\n');
            for (var line = 0; line < Math.Max(expected.Length, actual.Length); line++)
            {
                var (theirs, ours) = (expected.ElementAtOrDefault(line) ?? "(end)", actual.ElementAtOrDefault(line) ?? "(end)");
                if (theirs == ours || KnownDifferences.Explain(theirs, ours))
                    continue;

                report.Append(CultureInfo.InvariantCulture, $"upstream: {theirs}\nours:     {ours}\n{SourceLine(programs[i], theirs, ours)}\n");
                report.Append(CultureInfo.InvariantCulture, $"whole program: {UpstreamLuau.Keep(programs[i])}\n\n");
                break;
            }
        }

        Assert.True(report.Length == 0, report.ToString());
        Assert.True(compared > programs.Length * 3 / 4, $"only {compared} programs ran upstream");
    }

    static string SourceLine(string program, string theirs, string ours)
    {
        var position = Position().Match(theirs + ours);
        return position.Success ? program.Split('\n')[int.Parse(position.Groups[1].Value, CultureInfo.InvariantCulture) - 1] : "";
    }

    // A key -0 is stored as 0 here; the two are one key. The last digits of transcendental functions belong to the C library, not to the language.
    static string Normalize(string outcome) => LongFraction().Replace(outcome.Replace("[-0]", "[0]", StringComparison.Ordinal), match =>
        double.Parse(match.Value, CultureInfo.InvariantCulture).ToString("G12", CultureInfo.InvariantCulture));

    [GeneratedRegex(@"program:(\d+)")]
    private static partial Regex Position();

    [GeneratedRegex(@"\d+\.\d{11,}(e[-+]\d+)?")]
    private static partial Regex LongFraction();
}

/// <summary>Where upstream's answer is not ours on purpose, each with its reason.</summary>
static partial class KnownDifferences
{
    /// <summary>True when a difference of one line is one of these.</summary>
    public static bool Explain(string theirs, string ours) =>
        // An address that upper() has hidden from the harness.
        (theirs.Contains(": 0X", StringComparison.Ordinal) && ours.Contains(": 0X", StringComparison.Ordinal))
        // C leaves the exponent of infinity and NaN open.
        || (Exponent().IsMatch(theirs) && Exponent().IsMatch(ours))
        // Vectors have a metatable upstream, which only names their components.
        || (theirs.StartsWith("true\ttable", StringComparison.Ordinal) && ours.StartsWith("true\tnil", StringComparison.Ordinal))
        // The wall clock is read twice.
        || (Clock().IsMatch(theirs) && Clock().IsMatch(ours));

    [GeneratedRegex(@"^true\t(-?inf|nan)\t-?\d+$")]
    private static partial Regex Exponent();

    [GeneratedRegex(@"\d\d:\d\d:\d\d 20\d\d|^true\t1\d{9}$")]
    private static partial Regex Clock();
}
