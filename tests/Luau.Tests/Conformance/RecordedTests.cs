using System.Text;
using GameServer.Support;

namespace GameServer.Luau.Tests.Conformance;

public class RecordedTests
{
    // Blocks of program, "=> " and output, as upstream Luau gave it under the same harness; those where only its build for WebAssembly or its age
    // shows are left out. Rewriting this file records our own output: compare with upstream before.
    [Fact]
    public void Programs_give_what_upstream_gave()
    {
        string[] path = ["tests", "Luau.Tests", "golden", "upstream", "programs.txt"];
        var blocks = File.ReadAllText(Repository.PathOf(path)).TrimEnd('\n').Split("\n---\n");
        var actual = new StringBuilder();
        foreach (var block in blocks)
        {
            var program = block[..block.IndexOf("\n=> \n", StringComparison.Ordinal)];
            actual.Append(actual.Length == 0 ? "" : "---\n").Append(program).Append("\n=> \n")
                .Append(OwnLuau.Run("local emit, dump = ...\n" + program)).Append('\n');
        }

        Assert.True(blocks.Length > 35);
        Golden.Matches(actual.ToString(), path);
    }
}
