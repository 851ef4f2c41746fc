using System.Text;
using GameServer.Luau.Tests.Conformance;

namespace GameServer.Luau.Tests.Compiler;

// Functions so long that jumps over their bodies do not fit 16 bits: they must run as short ones do.
public class LongJumpTests
{
    const int BodyStatements = 12_000;

    [Theory]
    [InlineData("for k, v in {1, 2, 3, 4} do if v == 2 then continue end if v == 4 then break end BODY end print(n)", 2)]
    [InlineData("for k, v in function(_, i) if (i or 0) < 3 then return (i or 0) + 1 end end do BODY end print(n)", 3)]
    [InlineData("for i = 1, 3 do if i ~= 2 then BODY end end print(n)", 2)]
    [InlineData("local i = 0 while i < 3 do i += 1 if i == 1 then continue end BODY end print(n)", 2)]
    [InlineData("local i = 0 repeat i += 1 BODY until i >= 2 print(n)", 2)]
    [InlineData("local a, b = pass(1, 2) if a < b then BODY elseif a == b then n = -1 else n = -2 end print(n)", 1)]
    [InlineData("local a, b = pass(1, 2) if a > b or a ~= 1 then n = -1 else BODY end print(n)", 1)]
    [InlineData("local a = pass(nil) if a ~= nil then BODY end print(n)", 0)]
    [InlineData("local a = pass(0/0) if a < 1 then BODY elseif not (a >= 1) then n = 0 end print(n)", 0)]
    public void Long_bodies_run_as_short_ones_do(string form, int runs)
    {
        string body = string.Concat(Enumerable.Repeat("n += 1; t[1] = n\n", BodyStatements));
        string source = "local n, t = 0, {}\nlocal function pass(...) return ... end\n" + form.Replace("BODY", body, StringComparison.Ordinal);

        foreach (int level in new[] { 0, 1, 2 })
        {
            var (output, error) = new ScriptCase(Encoding.ASCII.GetBytes(source), [], null, 0).Run(level);

            Assert.Null(error);
            Assert.Equal([(runs * BodyStatements).ToString()], output);
        }
    }
}
