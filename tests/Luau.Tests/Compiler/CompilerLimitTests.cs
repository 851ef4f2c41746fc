using System.Diagnostics;
using System.Text;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Compiler;
using GameServer.Luau.Syntax;
using GameServer.Luau.Tests.Syntax;

namespace GameServer.Luau.Tests.Compiler;

public class CompilerLimitTests
{
    [Fact]
    public void A_function_has_at_most_200_locals()
    {
        Assert.Equal("ok", Compiled.Outcome(Compiled.Repeat(200, i => $"local v{i} = f()\n")));
        Assert.Equal("test:201: Out of local registers when trying to allocate v200: exceeded limit 200",
            Compiled.Outcome(Compiled.Repeat(201, i => $"local v{i} = f()\n")));
        Assert.Equal("test:1: Out of local registers when trying to allocate p200: exceeded limit 200",
            Compiled.Outcome("local function g(" + string.Join(", ", Enumerable.Range(0, 201).Select(i => $"p{i}")) + ") end"));
        Assert.Equal("test:201: Out of local registers when trying to allocate v200: exceeded limit 200",
            Compiled.Outcome(Compiled.Repeat(201, i => $"local function v{i}() end\n")));
        Assert.Equal("test:200: Out of local registers when trying to allocate b: exceeded limit 200",
            Compiled.Outcome(Compiled.Repeat(199, i => $"local v{i} = f()\n") + "for a, b in x do end"));
    }

    [Fact]
    public void Locals_of_closed_blocks_and_constants_do_not_count()
    {
        Assert.Equal("ok", Compiled.Outcome(Compiled.Repeat(1000, i => $"do local v{i} = f() end\n")));
        Assert.Equal("ok", Compiled.Outcome(Compiled.Repeat(1000, i => $"local v{i} = {i}\n") + "return v999"));
        Assert.Equal("ok", Compiled.Outcome(Compiled.Repeat(1000, i => $"local v{i}\n") + "return v999"));
        Assert.StartsWith("test:", Compiled.Outcome(Compiled.Repeat(201, i => $"local v{i} = {i}\n"), level: 0), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_has_at_most_200_upvalues()
    {
        string Source(int count) =>
            Compiled.Repeat(150, i => $"local v{i} = f()\n") + "function g()\n" + Compiled.Repeat(100, i => $"local w{i} = f()\n") +
            "return function() return 0\n" + Compiled.Repeat(150, i => $", v{i}\n") + Compiled.Repeat(count - 150, i => $", w{i}\n") + "end end";

        Assert.Equal("ok", Compiled.Outcome(Source(200)));
        Assert.Equal("test:202: Out of upvalue registers when trying to allocate w50: exceeded limit 200", Compiled.Outcome(Source(201)));
    }

    [Fact]
    public void A_function_has_at_most_255_registers()
    {
        Assert.Equal("ok", Compiled.Outcome("local a = f() return a" + Compiled.Repeat(253, _ => " .. a")));
        Assert.EndsWith("exceeded limit 255", Compiled.Outcome("local a = f() return a" + Compiled.Repeat(254, _ => " .. a")), StringComparison.Ordinal);
        Assert.Equal("test:1: Out of registers when trying to allocate 301 registers: exceeded limit 255",
            Compiled.Outcome("f(1" + Compiled.Repeat(299, _ => ", a") + ")"));
        Assert.StartsWith("test:1: Out of registers when trying to allocate ", Compiled.Outcome("return " + new string('{', 300) + new string('}', 300)), StringComparison.Ordinal);
        Assert.StartsWith("test:1: Out of registers when trying to allocate ",
            Compiled.Outcome(string.Join(", ", Enumerable.Range(0, 300).Select(i => $"v{i}")) + " = f()"), StringComparison.Ordinal);
        Assert.Equal("ok", Compiled.Outcome("return {" + Compiled.Repeat(5000, _ => "a, ") + "}"));
        Assert.Equal("ok", Compiled.Outcome("return `" + Compiled.Repeat(1000, _ => "{a} ") + "`"));
    }

    [Fact]
    public void Constants_beyond_the_short_operands_are_loaded_first()
    {
        var proto = Compiled.Source("local t = ...\n" + Compiled.Repeat(5000, i => $"t.f{i} = t.g{i} + {i}.5\n") + "return t.x == 'y', t.z < 0.25, 'w'");

        Assert.True(proto.Constants.Length > Instruction.ShortConstantMax);
        Assert.Contains(OpCode.SetIndex, Compiled.OpCodes(proto));
        Assert.Contains(OpCode.GetIndex, Compiled.OpCodes(proto));
    }

    // Opening text, text repeated, text in the middle, text repeated behind it.
    public static TheoryData<string, string, string, string> Nests => new()
    {
        { "x = ", "not ", "a", "" },
        { "x = a", " + a", "", "" },
        { "x = a", " and a", "", "" },
        { "x = a", " or a == 1", "", "" },
        { "x = a", " .. a", "", "" },
        { "x = a", " < a", "", "" },
        { "x = ", "a + (", "1", ")" },
        { "x = ", "a .. (", "b", ")" },
        { "x = ", "a and (b or ", "c", ")" },
        { "x = ", "not (a and ", "c", ")" },
        { "f", "()", "", "" },
        { "f", ".x", "()", "" },
        { "f", ":x()", "", "" },
        { "f", "[1]", "()", "" },
        { "x = ", "f[", "1", "]" },
        { "x = ", "f(", "1", ")" },
        { "x = ", "math.abs(", "a", ")" },
        { "x = ", "{", "1", "}" },
        { "x = ", "{a=", "1", "}" },
        { "x = ", "`{", "a", "}`" },
        { "x = ", "if a then ", "b", " else c" },
        { "x = ", "if a then b else ", "c", "" },
        { "x = ", "function() return ", "1", " end" },
        { "", "function f() ", "", " end" },
        { "", "do ", "", " end" },
        { "", "if x then ", "", " end" },
        { "if x then ", "elseif x then ", "end", "" },
        { "", "while x do ", "", " end" },
        { "", "repeat ", "", " until x" },
        { "", "for i = 1, 2 do ", "", " end" },
        { "", "for k in x do ", "", " end" },
    };

    [Theory]
    [MemberData(nameof(Nests))]
    public void The_deepest_accepted_source_ends_in_bytecode_or_an_error_on_a_small_stack(string start, string open, string middle, string close)
    {
        foreach (int stackBytes in new[] { 512 * 1024, 1024 * 1024 })
        {
            Source.OnStack(stackBytes, () =>
            {
                for (int depth = 1000; ; depth -= depth > 100 ? 50 : 10)
                {
                    string source = start + string.Concat(Enumerable.Repeat(open, depth)) + middle + string.Concat(Enumerable.Repeat(close, depth));
                    string outcome = Compiled.Outcome(source);
                    if (outcome == "ok")
                        break;
                    Assert.Matches("simplify your|exceeded limit", outcome);
                    Assert.True(depth > 30, $"nothing deeper than {depth} compiles: {outcome}");
                }
            });
        }
    }

    [Fact]
    public void Two_megabytes_of_hostile_chains_compile_in_time_proportional_to_their_length()
    {
        foreach (string line in new[]
        {
            "x=a" + string.Concat(Enumerable.Repeat("+a", 900)) + "\n",
            "x=" + string.Concat(Enumerable.Repeat("(", 900)) + "a" + string.Concat(Enumerable.Repeat(")", 900)) + "\n",
            "x=a" + string.Concat(Enumerable.Repeat(" and a", 900)) + "\n",
            "x=1" + string.Concat(Enumerable.Repeat("+1", 900)) + "\n",
        })
        {
            string source = string.Concat(Enumerable.Repeat(line, 2_000_000 / line.Length));
            var watch = Stopwatch.StartNew();
            Compiled.Source(source);
            // Generous, because the machine is noisy: a quadratic step would take minutes.
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{line[..10]}: {watch.Elapsed}");
        }
    }

    [Fact]
    public void A_cancelled_compilation_ends()
    {
        var tree = Parser.Parse(new SourceText(Encoding.ASCII.GetBytes(Compiled.Repeat(5000, i => $"x = f({i}) + 1\n"))));
        var options = new CompileOptions { Cancellation = new CancellationToken(canceled: true) };

        Assert.Throws<OperationCanceledException>(() => LuauCompiler.Compile(tree, ChunkInfo.FromName("=x"), options));
    }

    [Fact]
    public void Jumps_over_more_code_than_a_short_offset_reaches_take_the_long_way()
    {
        string body = Compiled.Repeat(9000, i => $"t[{i + 1}] = t[{i + 2}]\n");
        string source = $"""
            local t, a, b = ...
            if a < b then {body} end
            for k, v in t do
                if k == 'x' then continue end
                if v > 3 then break end
                {body}
            end
            while a ~= b do {body} end
            repeat {body} until a <= b
            local c = a < b and f() or g()
            return c
            """;
        var proto = Compiled.Source(source);

        Assert.True(proto.Code.Length > 2 * short.MaxValue);
        Verifier.Verify(proto);
        Assert.Contains(Compiled.Units(proto), pc => proto.Code[pc].Op == OpCode.ForGLoop && proto.Code[pc - 1].Op == OpCode.LoopBack);
    }
}
