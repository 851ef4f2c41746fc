using System.Text;
using GameServer.Luau.Syntax;
using GameServer.Support;

namespace GameServer.Luau.Tests.Syntax;

public class ParserGoldenTests
{
    static readonly string[] Folder = ["tests", "Luau.Tests", "golden", "parser"];

    public static TheoryData<string> Sources =>
        new(Directory.GetFiles(Repository.PathOf(Folder), "*.luau").Select(Path.GetFileNameWithoutExtension).Order()!);

    [Theory]
    [MemberData(nameof(Sources))]
    public void Tree_of_a_source_is_as_recorded(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Repository.PathOf(Folder), name + ".luau"));

        Golden.Matches(TreeText.Of(Parser.Parse(new SourceText(bytes, name))), [.. Folder, name + ".tree"]);
    }

    // Blocks of source, each followed by "=> " and the outcome. The outcomes were compared with upstream's own.
    [Fact]
    public void Messages_are_as_recorded()
    {
        string[] path = [.. Folder, "messages.txt"];
        var blocks = File.ReadAllText(Repository.PathOf(path)).TrimEnd('\n').Split("\n---\n");
        var actual = new StringBuilder();
        foreach (var block in blocks)
        {
            var source = block[..block.LastIndexOf("\n=> ", StringComparison.Ordinal)];
            actual.Append(actual.Length == 0 ? "" : "---\n").Append(source).Append("\n=> ").Append(Source.Outcome(source)).Append('\n');
        }

        Assert.True(blocks.Length > 400);
        Golden.Matches(actual.ToString(), path);
    }
}
