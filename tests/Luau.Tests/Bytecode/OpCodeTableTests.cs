using GameServer.Luau.Bytecode;
using GameServer.Luau.Compiler;

namespace GameServer.Luau.Tests.Bytecode;

public class OpCodeTableTests
{
    [Fact]
    public void Every_opcode_has_a_shape() =>
        Assert.All(Enum.GetValues<OpCode>(), op => Assert.True(Enum.IsDefined(OpInfo.Of(op).Format)));

    [Fact]
    public void Every_compare_and_jump_stands_before_its_opposite()
    {
        for (var op = OpCode.JumpIfEq; op < OpCode.JumpIfNotGeK; op += 2)
            Assert.Equal(op.ToString().Replace("JumpIf", "JumpIfNot", StringComparison.Ordinal), (op + 1).ToString());
    }

    [Fact]
    public void Registers_that_an_opcode_names_are_operands_of_its_format()
    {
        foreach (var op in Enum.GetValues<OpCode>())
        {
            var shape = OpInfo.Of(op);
            string format = shape.Format.ToString();
            foreach (var operand in new[] { Operands.A, Operands.B, Operands.C })
            {
                bool isRegister = format.Contains(operand.ToString(), StringComparison.Ordinal)
                    && !format.Contains("K" + operand, StringComparison.Ordinal);
                if (((shape.Reads | shape.Writes) & operand) != 0)
                    Assert.True(isRegister, $"{op}: {operand} is no register of {format}");
            }
        }
    }

    [Fact]
    public void A_unit_has_eight_bytes() => Assert.Equal(8, System.Runtime.CompilerServices.Unsafe.SizeOf<Instruction>());

    [Fact]
    public void Every_builtin_is_found_by_the_name_scripts_use()
    {
        Assert.Equal("type", BuiltinNames.ChainOf(BuiltinId.Base_type));
        Assert.Equal("bit32.band", BuiltinNames.ChainOf(BuiltinId.Bit32_band));
        var chains = Enum.GetValues<BuiltinId>().Where(id => id != BuiltinId.None).Select(BuiltinNames.ChainOf).ToList();
        Assert.Equal(chains.Count, chains.Distinct().Count());
    }
}
