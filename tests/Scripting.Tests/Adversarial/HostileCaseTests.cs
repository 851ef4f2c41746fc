using System.Globalization;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Adversarial;

/// <summary>The mods of <c>hostile/cases</c>, one trick each. A mod's first lines say what must come of it: <c>print</c> (a line it writes), <c>log</c> (part of a line),
/// <c>never</c> (part of no line), <c>state</c> (one of these in the end), <c>limit</c> (given to it).</summary>
public class HostileCaseTests
{
    const string Mark = "--! ";

    static string Folder => Repository.PathOf("tests", "Scripting.Tests", "hostile", "cases");

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Folder, "*.luau").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_trick_comes_to_nothing(string name)
    {
        string source = File.ReadAllText(Path.Combine(Folder, $"{name}.luau"));
        (string Key, string Text)[] expected = [.. source.Split('\n').TakeWhile(line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(line => line[Mark.Length..].Split(": ", 2))
            .Select(parts => (parts[0], parts[1]))];
        var limits = new Dictionary<string, double> { ["log_lines_s"] = 10_000 };
        foreach ((_, string text) in expected.Where(row => row.Key == "limit")) limits[text.Split('=')[0]] = double.Parse(text.Split('=')[1], CultureInfo.InvariantCulture);
        using var stage = new HostileStage(source, limits);
        stage.PlayAll();
        string all = $"{name}: {stage.Host.StateOf("bad")}\n{stage.Lines}";
        foreach ((string key, string text) in expected)
        {
            switch (key)
            {
                case "print":
                    Assert.True(stage.Host.Printed("bad").Contains(text), $"not printed: {text}\n{all}");
                    break;
                case "log":
                    Assert.True(stage.Host.Log.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)), $"not in the log: {text}\n{all}");
                    break;
                case "never":
                    Assert.True(!stage.Host.Log.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)), $"in the log: {text}\n{all}");
                    break;
                case "state":
                    Assert.True(text.Split(' ').Contains(stage.Host.StateOf("bad").ToString()), $"not {text}\n{all}");
                    break;
                case "limit":
                    break;
                default:
                    Assert.Fail($"unknown expectation '{key}'");
                    break;
            }
        }
        stage.AssertUnharmed(collect: false);
    }
}
