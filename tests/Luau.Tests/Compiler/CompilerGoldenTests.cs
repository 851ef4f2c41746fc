using GameServer.Luau.Bytecode;
using GameServer.Support;

namespace GameServer.Luau.Tests.Compiler;

public class CompilerGoldenTests
{
    static readonly string[] Folder = ["tests", "Luau.Tests", "golden", "compiler"];

    public static TheoryData<string> Sources =>
        new(Directory.GetFiles(Repository.PathOf(Folder), "*.luau").Select(Path.GetFileNameWithoutExtension).Order()!);

    [Theory]
    [MemberData(nameof(Sources))]
    public void Bytecode_of_a_source_is_as_recorded(string name) =>
        Golden.Matches(Disassembler.Disassemble(Compiled.Source(Read(name))), [.. Folder, name + ".bytecode"]);

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_level_gives_bytecode_that_passes_the_verifier(string name)
    {
        foreach (int level in new[] { 0, 1, 2 })
            Verifier.Verify(Compiled.Source(Read(name), level));
    }

    [Fact]
    public void Every_opcode_is_emitted_for_some_recorded_source()
    {
        var emitted = new HashSet<OpCode>();
        foreach (string name in Directory.GetFiles(Repository.PathOf(Folder), "*.luau").Select(Path.GetFileNameWithoutExtension)!)
            emitted.UnionWith(Compiled.OpCodes(Compiled.Source(Read(name))));

        Assert.Empty(Enum.GetValues<OpCode>().Except(emitted));
    }

    static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Repository.PathOf(Folder), name + ".luau"));
}
