namespace GameServer.Luau.Tests.Compiler;

public class ConstantFolderTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "LoadInt        R0, 7")]
    [InlineData("-0", "LoadK          R0, -0")]
    [InlineData("0 * -1", "LoadK          R0, -0")]
    [InlineData("0 / 0", "LoadK          R0, NaN")]
    [InlineData("1 / 0", "LoadK          R0, Infinity")]
    [InlineData("5 % -3", "LoadInt        R0, -1")]
    [InlineData("-5 // 2", "LoadInt        R0, -3")]
    [InlineData("5 // 0", "LoadK          R0, Infinity")]
    [InlineData("2 ^ 0.5 ^ 2", "LoadK          R0, 1.189207115002721")]
    [InlineData("-2 ^ 2", "LoadInt        R0, -4")]
    [InlineData("0x7fffffff + 1", "LoadK          R0, 2147483648")]
    [InlineData("-0x80000000", "LoadInt        R0, -2147483648")]
    [InlineData("1 < 2", "LoadBool       R0, 1")]
    [InlineData("0 / 0 == 0 / 0", "LoadBool       R0, 0")]
    [InlineData("'a' == 'a'", "LoadBool       R0, 1")]
    [InlineData("1 == '1'", "LoadBool       R0, 0")]
    [InlineData("nil == false", "LoadBool       R0, 0")]
    [InlineData("-0 == 0", "LoadBool       R0, 1")]
    [InlineData("not nil", "LoadBool       R0, 1")]
    [InlineData("#'abc'", "LoadInt        R0, 3")]
    [InlineData("'a' .. 'b' .. 'c'", "LoadK          R0, \"abc\"")]
    [InlineData("`a{'b'}c`", "LoadK          R0, \"abc\"")]
    [InlineData("nil and f()", "LoadNil        R0")]
    [InlineData("false or 5", "LoadInt        R0, 5")]
    [InlineData("5 or f()", "LoadInt        R0, 5")]
    [InlineData("if 1 > 2 then f() else 3", "LoadInt        R0, 3")]
    [InlineData("((((4))))", "LoadInt        R0, 4")]
    public void Known_values_are_folded(string expression, string load) =>
        Assert.Equal($"{load}\nReturn1        R0", Compiled.Text($"return {expression}"));

    [Theory]
    [InlineData("1 + nil")]
    [InlineData("'1' + 1")]
    [InlineData("1 < '2'")]
    [InlineData("-'1'")]
    [InlineData("#{}")]
    [InlineData("1 .. 2")]
    [InlineData("{} == {}")]
    [InlineData("a + 0")]
    [InlineData("a * 0")]
    [InlineData("a and nil")]
    [InlineData("f() or 1")]
    public void What_may_raise_or_run_code_is_left_alone(string expression) =>
        Assert.Contains(Compiled.Text($"return {expression}").Split('\n'), line =>
            !line.StartsWith("Load", StringComparison.Ordinal) && !line.StartsWith("Return", StringComparison.Ordinal));

    [Fact]
    public void A_local_that_is_never_assigned_passes_its_constant_on_and_needs_no_register()
    {
        var proto = Compiled.Source("local a = 2 local b, c = a * 3, 'x' local d = nil local function f() return a, b, c, d end return f, b + 1");

        Assert.Equal(0, proto.Children[0].UpvalueCount);
        Assert.Contains("LoadInt        R0, 2\nLoadInt        R1, 6\nLoadK          R2, \"x\"\nLoadNil        R3",
            Compiled.Text("local a = 2 local b, c = a * 3, 'x' local d return a, b, c, d"), StringComparison.Ordinal);
        Assert.Equal(4, Compiled.Source("local a, b, c = 1, 2, 3 local d return a, b, c, d").RegisterCount);
    }

    [Fact]
    public void An_assigned_local_keeps_its_register() =>
        Assert.Equal("LoadInt        R0, 2\nLoadInt        R0, 3\nReturn1        R0", Compiled.Text("local a = 2 a = 3 return a"));

    [Fact]
    public void A_variable_of_the_same_name_is_another_variable() =>
        Assert.Equal("LoadInt        R0, 5\nReturn         R0, 0", Compiled.Text("local a = 1 do local a = f end return 5, ...")
            .Replace("GetImport      R0, 0, f\n", "", StringComparison.Ordinal).Replace("\nVarArg         R1, 0", "", StringComparison.Ordinal));

    [Fact]
    public void Level_0_folds_nothing_but_literals()
    {
        Assert.Equal("LoadInt        R0, 2\nKAdd           R0, 1, R0\nReturn1        R0", Compiled.Text("return 1 + 2", 0));
        Assert.Equal("LoadInt        R0, 1\nReturn1        R0", Compiled.Text("local a = 1 return a", 0));
        Assert.Equal("GetGlobal      R0, \"x\"\nReturn1        R0", Compiled.Text("return x", 0));
    }

    [Fact]
    public void Folded_strings_cannot_make_a_source_explode()
    {
        // Each line would double the string.
        string source = "local s0 = 'xxxxxxxxxxxxxxxx'\n" + Compiled.Repeat(60, i => $"local s{i + 1} = s{i} .. s{i}\n") + "return s60";
        var constants = Compiled.Source(source).Constants;

        Assert.True(constants.Sum(constant => ((GameServer.Luau.Values.LuauString)constant.Ref!).Length) < 100_000);

        // Each use of a long constant would be a string of its own.
        string uses = "local s = '" + new string('x', 2000) + "'\n" + Compiled.Repeat(5000, i => $"x = s .. '{i}'\n");
        var many = Compiled.Source(uses).Constants;
        Assert.True(many.Sum(constant => ((GameServer.Luau.Values.LuauString)constant.Ref!).Length) < 2_000_000);
    }

}
