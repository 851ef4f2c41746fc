using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Tests.Mods;

public class ModuleResolverTests
{
    static readonly ModuleResolver Resolver = Of(
        ("mod.toml", ""),
        (".luaurc", """{ "aliases": { "lib": "./lib", "deep": "@lib/deep", "out": "../other", "etc": "/etc", "loop": "@pool", "pool": "@loop" } } // for all"""),
        ("lib/deep/.luaurc", """{ "aliases": { "lib": "../../src", }, }"""),
        ("bad/.luaurc", "{ \"aliases\": { \"x\": \"\xff\" } }"),
        ("init.luau", ""), ("a.luau", ""), ("lib/init.luau", ""), ("lib/x.luau", ""), ("lib/deep/y.luau", ""), ("both.luau", ""), ("both/init.luau", ""), ("src/main.luau", ""), ("bad/z.luau", ""));

    static ModuleResolver Of(params (string Name, string Content)[] files) =>
        new(files.ToDictionary(file => file.Name, file => System.Text.Encoding.Latin1.GetBytes(file.Content)));

    [Theory]
    [InlineData("init.luau", "./a", "a.luau")]
    [InlineData("init.luau", "@self/a", "a.luau")]
    [InlineData("init.luau", "./lib", "lib/init.luau")]
    [InlineData("init.luau", ".\\lib\\x", "lib/x.luau")]
    [InlineData("init.luau", "./lib/../a", "a.luau")]
    [InlineData("a.luau", "./lib/x", "lib/x.luau")]
    [InlineData("lib/x.luau", "./deep/y", "lib/deep/y.luau")]
    [InlineData("lib/x.luau", "../a", "a.luau")]
    [InlineData("lib/init.luau", "@self/x", "lib/x.luau")]
    [InlineData("lib/init.luau", "./a", "a.luau")]
    [InlineData("lib/deep/y.luau", "../x", "lib/x.luau")]
    [InlineData("lib/deep/y.luau", "../../a", "a.luau")]
    [InlineData("src/main.luau", "../a", "a.luau")]
    [InlineData("init.luau", "@lib", "lib/init.luau")]
    [InlineData("init.luau", "@LIB/x", "lib/x.luau")]
    [InlineData("src/main.luau", "@deep/y", "lib/deep/y.luau")]
    [InlineData("lib/deep/y.luau", "@lib/main", "src/main.luau")]
    [InlineData("lib/deep/y.luau", "@deep/../x", "lib/x.luau")]
    public void Paths_lead_to_files(string from, string path, string file)
    {
        Assert.True(Resolver.TryResolve(from, path, out string found, out string problem), problem);
        Assert.Equal(file, found);
    }

    [Theory]
    [InlineData("init.luau", "a", "must start with a valid prefix")]
    [InlineData("init.luau", "/etc/passwd", "must start with a valid prefix")]
    [InlineData("init.luau", "../other/init", "leaves the mod's folder")]
    [InlineData("init.luau", "./../x", "leaves the mod's folder")]
    [InlineData("a.luau", "../../../x", "leaves the mod's folder")]
    [InlineData("init.luau", "./lib/../../x", "leaves the mod's folder")]
    [InlineData("init.luau", "./nothing", "could not resolve child component \"nothing\"")]
    [InlineData("init.luau", "./both", "(ambiguous)")]
    [InlineData("init.luau", "./lib/init", "could not resolve child component \"init\"")]
    [InlineData("init.luau", "@other/x", "@other is not a valid alias")]
    [InlineData("init.luau", "@out/x", "leaves the mod's folder")]
    [InlineData("init.luau", "@lib/../../x", "leaves the mod's folder")]
    [InlineData("init.luau", "@etc/passwd", "could not resolve child component \"passwd\"")]
    [InlineData("init.luau", "@loop/x", "detected alias cycle (@loop -> @pool -> @loop)")]
    [InlineData("bad/z.luau", "@x/y", "@x is not a valid alias")]
    [InlineData("init.luau", "./.luaurc", "could not resolve child component \".luaurc\"")]
    [InlineData("init.luau", "./mod.toml", "could not resolve child component \"mod.toml\"")]
    [InlineData("init.luau", "", "must start with a valid prefix")]
    public void No_path_leads_out(string from, string path, string problem)
    {
        Assert.False(Resolver.TryResolve(from, path, out _, out string found));
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }
}
