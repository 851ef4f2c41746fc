using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using GameServer.Luau.Bytecode;
using GameServer.Support;

namespace GameServer.Luau.Tests.Bytecode;

// The page is made from OpCode.cs: groups, register algebra and shapes stand there, next to the members.
public partial class OpCodeReferenceTests
{
    [Fact]
    public void Reference_page_lags_nowhere_behind_the_code()
    {
        string source = File.ReadAllText(Repository.PathOf("src", "Luau", "Bytecode", "OpCode.cs")).ReplaceLineEndings("\n");
        var page = new StringBuilder("# Opcodes\n\nGenerated from `src/Luau/Bytecode/OpCode.cs`; `UPDATE_GOLDEN=1 dotnet test` rewrites it.\n\n");
        page.Append("R[x] is a register of the running frame, K[x] a constant, U[x] an upvalue of the running closure, pc the instruction behind this one. ");
        page.Append("An instruction has 8 bytes; one with a cache is followed by 8 more.\n");

        int listed = 0;
        foreach (Match match in Entry().Matches(source[source.IndexOf("    // ---- ", StringComparison.Ordinal)..source.IndexOf("enum CaptureKind", StringComparison.Ordinal)]))
        {
            if (match.Groups["group"].Success)
            {
                page.Append("\n## ").Append(char.ToUpperInvariant(match.Groups["group"].Value[0])).Append(match.Groups["group"].Value.AsSpan(1));
                page.Append("\n\n| Opcode | Effect | Operands | Cache |\n| --- | --- | --- | --- |\n");
                continue;
            }
            var op = Enum.Parse<OpCode>(match.Groups["name"].Value);
            string summary = WebUtility.HtmlDecode(Regex.Replace(match.Groups["summary"].Value, @"\s*\n\s*/// ", " ")).Replace("|", "\\|", StringComparison.Ordinal);
            page.Append("| `").Append(op).Append("` | ").Append(summary).Append(" | ").Append(OpInfo.Of(op).Format).Append(" | ");
            page.Append(OpInfo.Of(op).HasCache ? "yes" : "").Append(" |\n");
            listed++;
        }

        Assert.Equal(OpInfo.Count, listed);
        Golden.Matches(page.ToString(), "docs", "reference", "opcodes.md");
    }

    [GeneratedRegex(@"    // ---- (?<group>[^.\n]+)|/// <summary>(?<summary>[\s\S]*?)</summary>\n    \[Op\([^\n]*\)\] (?<name>\w+),")]
    private static partial Regex Entry();
}
