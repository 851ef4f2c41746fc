using GameServer.Support;

namespace GameServer.Scripting.Tests.Adversarial;

/// <summary>Every attack of <c>hostile/attacks</c> in every place of <c>hostile/places</c> where a server calls scripts. An attack says in its first line how it must end:
/// <c>kill</c> at a time limit, <c>memory</c> at the memory limit, <c>error</c> as an error; <c>any</c>: refused, swallowed or stopped, as long as nobody else is harmed.</summary>
public class HostileMatrixTests
{
    /// <summary>Places where scripts themselves catch what is raised.</summary>
    static readonly string[] Catching = ["pcall", "xpcall-handler", "coroutine-resumed-later"];
    /// <summary>Places that the stage reaches while the VM is busy: the call is refused, the attack never runs.</summary>
    static readonly string[] Unreached = ["from-peer-call"];

    static string Folder(string name) => Repository.PathOf("tests", "Scripting.Tests", "hostile", name);

    static string[] Names(string folder) => [.. Directory.GetFiles(Folder(folder), "*.luau").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>A part of the matrix that has every place and every attack several times.</summary>
    public static TheoryData<string, string> Sample()
    {
        var data = new TheoryData<string, string>();
        string[] places = Names("places"), attacks = Names("attacks");
        for (int p = 0; p < places.Length; p++)
        {
            IEnumerable<string> turn = Enumerable.Range(p * 3, 3).Select(i => attacks[i % attacks.Length]);
            // Turns come by these two as well.
            foreach (string attack in turn.Union(["loop-caught", "bomb-caught"])) data.Add(places[p], attack);
        }
        return data;
    }

    public static TheoryData<string> Attacks() => [.. Names("attacks")];

    [Theory]
    [MemberData(nameof(Sample))]
    public void An_attack_harms_nobody_else(string place, string attack) => Play(place, attack, collect: attack.StartsWith("bomb", StringComparison.Ordinal));

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Attacks))]
    public void An_attack_harms_nobody_wherever_it_is_made(string attack)
    {
        var failures = new List<string>();
        foreach (string place in Names("places"))
        {
            try
            {
                Play(place, attack, collect: true);
            }
            catch (Xunit.Sdk.XunitException failure)
            {
                failures.Add($"{place}: {failure.Message}");
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    static void Play(string place, string attack, bool collect)
    {
        string body = File.ReadAllText(Path.Combine(Folder("attacks"), $"{attack}.luau"));
        string ends = body.Split('\n')[0].Replace("--! ends:", "", StringComparison.Ordinal).Trim();
        string mod = File.ReadAllText(Path.Combine(Folder("places"), $"{place}.luau"));
        // The other file of a mod needs the attack too.
        string source = mod.Contains("--! file", StringComparison.Ordinal) ? mod.Replace("ATTACK() return", $"{body}ATTACK() return", StringComparison.Ordinal) : body + mod;
        using var stage = new HostileStage(source);
        stage.PlayAll();
        bool runs = !Unreached.Contains(place);
        string what = $"{attack} in {place}: {stage.Host.StateOf("bad")} {stage.Host.Host.Status("bad")!.LastError}\n{stage.Lines}";
        // Which of the two comes first depends on the machine.
        if (ends is "kill" or "memory" && runs) Assert.True(stage.IsBlamed("time limit reached", "out of memory"), what);
        if (ends == "error" && runs && !Catching.Contains(place)) Assert.True(stage.IsBlamed("") && stage.Host.Host.Status("bad")!.Errors + stage.Host.Host.Status("bad")!.Kills > 0, what);
        stage.AssertUnharmed(collect);
    }
}
