using System.Text;
using GameServer.Luau.Tests.Conformance;

namespace GameServer.Luau.Tests.Compiler;

public class OptimizationTests
{
    const int ProgramsPerBatch = 60;

    // A failing seed is named in the message: run `new RandomProgram(seed).Generate()` to see its program.
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(3000)]
    public void Random_programs_print_the_same_on_every_level(int firstSeed)
    {
        int finished = 0;
        for (int seed = firstSeed; seed < firstSeed + ProgramsPerBatch; seed++)
        {
            var program = new ScriptCase(Encoding.ASCII.GetBytes(new RandomProgram(seed).Generate()), [], null, 0);
            string plain = Outcome(program, 0);
            Assert.True(plain == Outcome(program, 1), $"seed {seed}: level 1 differs from level 0");
            Assert.True(plain == Outcome(program, 2), $"seed {seed}: level 2 differs from level 0");
            finished += plain.Contains("true", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.True(finished > ProgramsPerBatch / 2, $"only {finished} programs got anywhere");
    }

    static string Outcome(ScriptCase program, int level)
    {
        var (output, error) = program.Run(level);
        return string.Join('\n', output) + "\n" + error;
    }
}
