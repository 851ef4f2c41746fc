namespace GameServer.Luau.Tests.Conformance;

public class OptimizationLevelTests
{
    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    public void Random_programs_do_the_same_at_every_level(int seed)
    {
        var generator = new ProgramGenerator(seed);
        for (var i = 0; i < 60; i++)
        {
            var program = i % 2 == 0 ? generator.Statements(12) : generator.Probes(30);
            var outcome = OwnLuau.Run(program);

            Assert.DoesNotContain("compile error", outcome, StringComparison.Ordinal);
            Assert.Equal(outcome, OwnLuau.Run(program, optimizationLevel: 0));
            Assert.Equal(outcome, OwnLuau.Run(program, optimizationLevel: 2));
        }
    }
}
