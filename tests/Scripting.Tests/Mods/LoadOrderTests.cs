using GameServer.Scripting.Mods;
using SemanticVersion = NuGet.Versioning.SemanticVersion;

namespace GameServer.Scripting.Tests.Mods;

public class LoadOrderTests
{
    static ModManifest Mod(string id, string dependencies = "", string version = "1.0.0") => new()
    {
        Id = id,
        Version = SemanticVersion.Parse(version),
        Dependencies = [.. dependencies.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text =>
        {
            string[] parts = text.TrimEnd('?').Split('@');
            VersionRange range = VersionRange.Any;
            if (parts.Length > 1) Assert.True(VersionRange.TryParse(parts[1], out range, out _));
            return new ModDependency(parts[0], range, text.EndsWith('?'));
        })],
    };

    [Fact]
    public void Order_is_by_depth_then_by_id()
    {
        LoadOrder order = LoadOrder.Settle([Mod("zoo"), Mod("app", "lib"), Mod("lib"), Mod("big", "app zoo"), Mod("ant")]);
        Assert.Equal(["ant", "lib", "zoo", "app", "big"], order.Ids);
        Assert.Empty(order.Blocked);
    }

    [Fact]
    public void A_missing_dependency_blocks_the_whole_chain_and_names_it()
    {
        LoadOrder order = LoadOrder.Settle([Mod("a", "b"), Mod("b", "c"), Mod("d")]);
        Assert.Equal(["d"], order.Ids);
        Assert.Equal("needs 'c', which is not there", order.Blocked["b"]);
        Assert.Equal("needs 'b', which needs 'c', which is not there", order.Blocked["a"]);
    }

    [Fact]
    public void A_cycle_is_printed_as_a_loop()
    {
        LoadOrder order = LoadOrder.Settle([Mod("a", "b"), Mod("b", "c"), Mod("c", "a"), Mod("d")]);
        Assert.Equal(["d"], order.Ids);
        Assert.Contains("a -> b -> c -> a", order.Blocked["a"], StringComparison.Ordinal);
        Assert.Equal(3, order.Blocked.Count);
    }

    [Fact]
    public void A_wrong_version_blocks_and_names_both()
    {
        LoadOrder order = LoadOrder.Settle([Mod("a", "b@^2"), Mod("b", version: "1.9.0")]);
        Assert.Equal("needs 'b' ^2, there is 1.9.0", order.Blocked["a"]);
    }

    [Fact]
    public void Optional_dependencies_only_order()
    {
        LoadOrder order = LoadOrder.Settle([Mod("a", "z? gone?"), Mod("z"), Mod("m", "a?"), Mod("x", "y?"), Mod("y", "x?")]);
        Assert.Empty(order.Blocked);
        Assert.True(order.Ids.ToList().IndexOf("z") < order.Ids.ToList().IndexOf("a"));
        Assert.True(order.Ids.ToList().IndexOf("a") < order.Ids.ToList().IndexOf("m"));
    }

    [Fact]
    public void What_exists_but_cannot_run_is_named_with_its_state() =>
        Assert.Equal("needs 'b', which is invalid", LoadOrder.Settle([Mod("a", "b")], new Dictionary<string, string> { ["b"] = "is invalid" }).Blocked["a"]);
}
