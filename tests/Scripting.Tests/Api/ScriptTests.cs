using GameServer.Scripting.Tests.Support;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Api;

/// <summary>The API tested by scripts: each file under scripts/ is the entry of a mod; what it prints stands beside the line as <c>--&gt; text</c>,
/// and <c>--&gt;~ text</c> says that the line contains the text.</summary>
public class ScriptTests
{
    public static TheoryData<string> Scripts => [.. Directory.EnumerateFiles(Repository.PathOf("tests", "Scripting.Tests", "scripts"), "*.luau").Select(file => Path.GetFileName(file)!).Order()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_prints_what_it_says(string file)
    {
        string source = File.ReadAllText(Repository.PathOf("tests", "Scripting.Tests", "scripts", file));
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { LogLinesS = 10_000 } })
            .Grant("script", "player.kick").Mod("script", source).Mod("other", "function OnLoad() end").Load();
        TestPlayer ada = host.Join("Ada");
        host.Tick(15);
        host.Host.PlayerChat(ada, "/test one \"two three\" 4");
        host.Tick(45);
        string[] expected = [.. source.Split('\n').Select(line => line.Split("-->", 2)).Where(parts => parts.Length == 2).Select(parts => parts[1].Trim())];
        IReadOnlyList<string> printed = host.Printed("script");
        for (int i = 0; i < Math.Max(expected.Length, printed.Count); i++)
        {
            string want = i < expected.Length ? expected[i] : "(nothing more)", got = i < printed.Count ? printed[i] : "(nothing)";
            bool good = want.StartsWith('~') ? got.Contains(want[1..].Trim(), StringComparison.Ordinal) : want == got;
            Assert.True(good, $"{file}, line {i + 1} of the output:\nexpected: {want}\nprinted:  {got}\n\n{string.Join('\n', host.Log.Lines)}");
        }
    }
}
