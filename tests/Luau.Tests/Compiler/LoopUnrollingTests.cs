using GameServer.Luau.Bytecode;

namespace GameServer.Luau.Tests.Compiler;

public class LoopUnrollingTests
{
    [Fact]
    public void A_small_constant_loop_is_written_out_at_level_2_only()
    {
        const string source = "local t = ... for i = 1, 3 do t[i] = i * 2 end";

        Assert.Equal(["SetIndexN      R0, 1, R4", "SetIndexN      R0, 2, R4", "SetIndexN      R0, 3, R4"],
            Compiled.Text(source, 2).Split('\n').Where(line => line.StartsWith("SetIndex", StringComparison.Ordinal)));
        Assert.Contains(OpCode.ForLoopUp, Compiled.OpCodes(Compiled.Source(source, 1)));
    }

    [Theory]
    [InlineData("local t = ... for i = 1, 9 do t[i] = i end")]
    [InlineData("local t = ... for i = 1, t.n do t[i] = i end")]
    [InlineData("local t = ... for i = 1, 3 do i += 1 t[i] = i end")]
    [InlineData("local t = ... for i = 1, 3 do t[i] = function() end end")]
    [InlineData("local t = ... for i = 1, 3 do for j = 1, t.n do t[i] = j end end")]
    [InlineData("local t = ... for i = 1, 3, 0 do t[i] = i end")]
    public void Other_loops_stay_loops(string source) =>
        Assert.Contains(Compiled.OpCodes(Compiled.Source(source, 2)), op => op is OpCode.ForLoop or OpCode.ForLoopUp);

    [Fact]
    public void Limits_do_not_depend_on_the_level()
    {
        string source = Compiled.Repeat(200, i => $"local v{i} = f()\n") + "for i = 1, 2 do f(i) end";

        Assert.Equal(Compiled.Outcome(source, 1), Compiled.Outcome(source, 2));
        Assert.Contains("when trying to allocate i", Compiled.Outcome(source, 2), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_compiled_at_level_2_compiles_at_level_1_as_if_it_were_new()
    {
        const string source = "local t = ... for i = 1, 3 do t[i] = i * 2 end";
        var tree = GameServer.Luau.Syntax.Parser.Parse(new GameServer.Luau.Syntax.SourceText(System.Text.Encoding.ASCII.GetBytes(source)));
        string At(int level) => Disassembler.Disassemble(GameServer.Luau.Compiler.LuauCompiler.Compile(tree, ChunkInfo.FromName("=x"),
            new GameServer.Luau.Compiler.CompileOptions { OptimizationLevel = level }));

        string before = At(1);
        At(2);

        Assert.Equal(before, At(1));
    }
}
