using GameServer.Support;

namespace GameServer.Luau.Tests.Conformance;

// Behaviour of language and libraries as scripts, one file per feature. Every script runs on every optimisation level: none may show.
public class ScriptTests
{
    static readonly string[] Folder = ["tests", "Luau.Tests", "scripts"];

    public static TheoryData<string> Scripts => new(Directory.GetFiles(Repository.PathOf(Folder), "*.luau", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.PathOf(Folder), path).Replace('\\', '/')).Order());

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_prints_and_raises_what_stands_beside_its_lines(string path)
    {
        var script = ScriptCase.Read(Path.Combine(Repository.PathOf(Folder), path));
        string? error = script.Error is null ? null : $"script:{script.ErrorLine}: {script.Error}";
        foreach (int level in new[] { 0, 1, 2 })
        {
            var (output, raised) = script.Run(level);

            Assert.True(raised == error, $"{path} at level {level}: expected error '{error ?? "none"}', got '{raised ?? "none"}' after:\n{string.Join('\n', output)}");
            for (int i = 0; i < Math.Max(output.Count, script.Output.Count); i++)
            {
                string expected = i < script.Output.Count ? script.Output[i] : "nothing more";
                string actual = i < output.Count ? output[i] : "nothing more";
                Assert.True(actual == expected, $"{path} at level {level}, output {i + 1}: expected '{expected}', got '{actual}'");
            }
        }
    }
}
