using System.Text;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Compiler;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Tests.Compiler;

/// <summary>Short ways to compile a text in a test.</summary>
static class Compiled
{
    public static Proto Source(string text, int level = 1) => Source(Encoding.UTF8.GetBytes(text), level);

    public static Proto Source(byte[] text, int level = 1) =>
        LuauCompiler.Compile(new SourceText(text, "=test"), new CompileOptions { OptimizationLevel = level });

    /// <summary>Text of the compiled main function, without its heading.</summary>
    public static string Text(string text, int level = 1)
    {
        var lines = Disassembler.Disassemble(Source(text, level)).Split('\n');
        return string.Join('\n', lines.Skip(1).TakeWhile(line => line.Length > 0).Select(line => line[11..]));
    }

    /// <summary>The error of a compilation as scripts see it, or <c>ok</c>.</summary>
    public static string Outcome(string text, int level = 1)
    {
        try
        {
            Source(text, level);
            return "ok";
        }
        catch (SyntaxError error)
        {
            return LuauCompiler.Describe(error, ChunkInfo.FromName("=test"));
        }
    }

    /// <summary>A text repeated with numbers from 0.</summary>
    public static string Repeat(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));

    /// <summary>All protos of a tree of functions.</summary>
    public static IEnumerable<Proto> All(Proto proto) => proto.Children.SelectMany(All).Prepend(proto);

    /// <summary>Opcodes used anywhere in a tree of functions.</summary>
    public static IEnumerable<OpCode> OpCodes(Proto proto) => All(proto).SelectMany(p => Units(p).Select(unit => p.Code[unit].Op));

    /// <summary>Positions of the instructions and capture units of a function.</summary>
    public static IEnumerable<int> Units(Proto proto)
    {
        for (int pc = 0; pc < proto.Code.Length; pc += OpInfo.Units(proto.Code[pc].Op))
            yield return pc;
    }
}
