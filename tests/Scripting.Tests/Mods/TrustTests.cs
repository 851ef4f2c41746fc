using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Mods;

/// <summary>Trust and rights come from the operator alone.</summary>
public class TrustTests
{
    static Func<ModHostOptions, ModHostOptions> Core(string id, string? hash = null) => options => options with { CoreMods = new Dictionary<string, string?> { [id] = hash } };

    [Fact]
    public void A_core_mod_may_what_a_user_mod_may_not()
    {
        using HostFixture host = new HostFixture(Core("boss")).Mod("boss", "function OnLoad() server.stop('bye') end").Mod("user", "function OnLoad() server.stop('bye') end").Load();
        Assert.Equal("bye", host.Server.StopReason);
        Assert.Equal(ModTrust.Core, host.Host.Status("boss")!.Trust);
        Assert.Equal(ModState.Backoff, host.StateOf("user"));
        host.AssertLogged("permission denied: server.control (server.stop, mod 'user', hook 'OnLoad')");
    }

    [Fact]
    public void A_pinned_hash_that_does_not_fit_keeps_a_core_mod_out()
    {
        using HostFixture host = new HostFixture(Core("boss", new string('0', 64))).Mod("boss", "print('never')").Load();
        Assert.Equal(ModState.Invalid, host.StateOf("boss"));
        host.AssertLogged("[core] pins 0000");
    }

    [Fact]
    public void A_manifest_cannot_make_itself_core_or_take_what_is_not_granted()
    {
        using HostFixture host = new HostFixture().Manifest("a", "trust = \"core\"").Mod("a", "")
            .Manifest("b", "[permissions]\nrequired = [\"player.kick\"]").Mod("b", "").Manifest("c", "[permissions]\noptional = [\"player.kick\", \"chat.send\"]").Mod("c", "").Load();
        Assert.Equal(ModState.Invalid, host.StateOf("a"));
        host.AssertLogged("a/mod.toml:2:1: unknown key 'trust'");
        Assert.Equal(ModState.Blocked, host.StateOf("b"));
        Assert.Contains("requires player.kick, which mod 'b' is not granted in server.toml", host.Host.Status("b")!.Reason, StringComparison.Ordinal);
        Assert.Equal(ModState.Running, host.StateOf("c"));
        Assert.Equal(["player.kick"], host.Host.Status("c")!.Refused);
    }

    [Fact]
    public void The_operators_script_marks_core_grants_and_denies()
    {
        using var folder = new GameServer.Support.TemporaryFolder();
        string file = folder.Write("init.luau", "sandbox.core('boss') sandbox.grant('a', 'player.kick') sandbox.deny('a', 'chat.send') print('set up') error('later mistakes do not undo')");
        using HostFixture host = new HostFixture(options => options with { BootstrapFile = file }).Mod("boss", "").Mod("a", "print(perm.has('player.kick'), perm.has('chat.send')) print(sandbox)").Load();
        Assert.Equal(ModTrust.Core, host.Host.Status("boss")!.Trust);
        host.AssertPrinted("a", "true false", "nil");
        host.AssertPrinted("bootstrap", "set up");
        host.AssertLogged("later mistakes do not undo");
    }

    [Theory]
    [InlineData("while true do end")]
    [InlineData("syntax error here")]
    [InlineData("sandbox.grant('a', 'nonsense')")]
    public void A_broken_script_of_the_operator_is_reported_and_the_mods_start(string source)
    {
        using var folder = new GameServer.Support.TemporaryFolder();
        using HostFixture host = new HostFixture(options => options with { BootstrapFile = folder.Write("init.luau", source) }).Mod("a", "").Load();
        host.AssertLogged("Bootstrap script");
        Assert.Equal(ModState.Running, host.StateOf("a"));
    }

    [Fact]
    public void Manifest_limits_only_lower()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { MemoryHardMb = 20 } })
            .Manifest("less", "[limits]\nmemory_hard_mb = 8").Mod("less", "").Manifest("more", "[limits]\nmemory_hard_mb = 800").Mod("more", "").Load();
        Assert.Equal(8L << 20, host.Host.Status("less")!.MemoryBytesMax);
        Assert.Equal(20L << 20, host.Host.Status("more")!.MemoryBytesMax);
    }

    [Fact]
    public void A_reload_that_asks_for_more_rights_is_refused_and_the_old_version_goes_on()
    {
        using HostFixture host = new HostFixture().Manifest("a", "").Mod("a", "function PlayerConnect() print('old') end").Load();
        host.Manifest("a", "[permissions]\nrequired = [\"player.kick\"]").Reload("a");
        host.AssertLogged("keeps its old version");
        host.Join("Ada");
        host.AssertPrinted("a", "old");
    }

    [Fact]
    public void Invalid_mods_are_listed_with_their_reason_and_the_others_run()
    {
        using HostFixture host = new HostFixture().Mod("good", "print('up')").Mod("noentry", "x", "other.luau").Manifest("noinit", "").Mod("syntax", "local = 1").Mod("9bad", "").Mod("core", "").Load();
        host.AssertPrinted("good", "up");
        Assert.Contains("neither mod.toml nor init.luau", host.Host.Status("noentry")!.Reason, StringComparison.Ordinal);
        Assert.Contains("noinit/init.luau: the entry file is missing", host.Host.Status("noinit")!.Reason, StringComparison.Ordinal);
        Assert.Contains("syntax/init.luau:1:", host.Host.Status("syntax")!.Reason, StringComparison.Ordinal);
        Assert.All((string[])["noentry", "noinit", "syntax", "9bad", "core"], id => Assert.Equal(ModState.Invalid, host.StateOf(id)));
    }

    [Fact]
    public void A_missing_mods_folder_is_no_failure()
    {
        using var host = new HostFixture();
        Directory.Delete(host.ModsFolder);
        host.Load().Tick();
        Assert.Empty(host.Host.List());
        host.AssertLogged("No folder");
    }
}
