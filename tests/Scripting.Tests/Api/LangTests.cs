using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Api;

/// <summary>Translations of mods.</summary>
public class LangTests
{
    [Fact]
    public void Texts_come_in_the_players_language_or_the_next_best()
    {
        using HostFixture host = new HostFixture()
            .Mod("m", "hello = \"Hello, {name}!\"\nonly_en = \"english\"\nbraces = \"{{x}} {name} {missing}\"\n[shop]\nitems.one = \"one item\"\nitems.other = \"{count} items\"\n", "locale/en.toml")
            .Mod("m", "hello = \"Hallo, {name}!\"\n", "locale/de.toml")
            .Mod("m", "hello = \"Servus, {name}!\"\n", "locale/de-AT.toml")
            .Mod("m", """
                function PlayerConnect(p)
                    print(lang.t(p, "hello", { name = p.name }), lang.t(p, "only_en"), lang.t(p, "none.such"), lang.t(p, "shop.items", { count = 1 }), lang.t(p, "shop.items", { count = 5 }))
                end
                print(lang.t(nil, "hello", { name = "all" }), lang.t(nil, "braces", { name = 5 }), table.concat(lang.languages(), " "))
                """).Load();
        foreach (string language in new[] { "en", "de", "de-CH", "de-AT", "DE-at", "fr", "" })
        {
            TestPlayer player = host.Players.Add($"P{language}", language);
            host.Host.PlayerConnect(player);
        }
        host.AssertPrinted("m", "Hello, all! {x}} 5 {missing} de de-AT en",
            "Hello, Pen! english none.such one item 5 items", "Hallo, Pde! english none.such one item 5 items", "Hallo, Pde-CH! english none.such one item 5 items",
            "Servus, Pde-AT! english none.such one item 5 items", "Servus, PDE-at! english none.such one item 5 items", "Hello, Pfr! english none.such one item 5 items",
            "Hello, P! english none.such one item 5 items");
    }

    [Fact]
    public void A_mod_may_write_its_texts_in_another_language_than_english()
    {
        using HostFixture host = new HostFixture().Manifest("m", "language = \"de\"").Mod("m", "a = \"deutsch\"", "locale/de.toml").Mod("m", "print(lang.t(nil, 'a'))").Load();
        host.AssertPrinted("m", "deutsch");
    }

    [Fact]
    public void Mistakes_in_a_translation_keep_the_old_version_running_and_are_told_with_their_line()
    {
        using HostFixture host = new HostFixture().Mod("m", "a = \"one\"", "locale/en.toml").Mod("m", "function Think() end").Load();
        host.Mod("m", "a = \"one\"\nb = 5\nc = \n", "locale/en.toml").Reload("m");
        Assert.Equal(1, host.Host.Status("m")!.Generation);
        host.AssertLogged("m/locale/en.toml:3");
        host.Mod("m", "a = \"one\"\nb = 5\n", "locale/en.toml").Reload("m");
        host.AssertLogged("m/locale/en.toml:2");
        host.Mod("m", "a = \"two\"\n", "locale/en.toml").Reload("m");
        Assert.Equal(2, host.Host.Status("m")!.Generation);
    }
}
