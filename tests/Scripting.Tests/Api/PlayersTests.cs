using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Api;

/// <summary>Bans by mods, news of dropped messages and changed settings, and what mods show of the server.</summary>
public class PlayersTests
{
    [Fact]
    public void Mods_with_the_right_keep_players_out_and_other_mods_may_refuse()
    {
        using HostFixture host = new HostFixture().Grant("judge", "player.ban").Grant("friend", "player.ban")
            .Mod("friend", "hook.add('PlayerBan', function(uid, by, reason, seconds, player) print(uid, by, reason, seconds, player and player.name) if uid == 'uid-2' then return hook.deny('a friend') end end)")
            .Mod("judge", """
                commands.add("go", function()
                    local ada, bo = players.find("Ada")[1], players.find("Bo")[1]
                    print(players.ban(ada, { reason = "team kill", seconds = 60, address = true }))
                    local ok, err = players.ban(bo)
                    print(ok, err.kind, err.message)
                    print(players.ban("key:somebody", { reason = "elsewhere" }), players.unban("key:somebody"), players.unban("nobody"))
                    print(pcall(players.ban, ada, { seconds = -1 }))
                    local good = 0
                    for i = 1, 50 do if players.ban("x" .. i) then good += 1 end end
                    print(good)
                end)
                """)
            .Mod("none", "function PlayerConnect(p) print(pcall(players.ban, p)) end").Load();
        host.Join("Ada");
        host.Join("Bo");
        Assert.True(host.Host.ConsoleCommand("test", "go", _ => { }));
        Assert.Equal(["true", "false refused a friend", "true 1 0", "false invalid argument #2 to 'ban' (seconds must be a positive number, at most ten years)"], host.Printed("judge").Take(4));
        Assert.InRange(int.Parse(host.Printed("judge")[4], System.Globalization.CultureInfo.InvariantCulture), 3, 9);
        Assert.Equal(["uid-1 judge team kill 60 Ada", "uid-2 judge banned nil Bo", "key:somebody judge elsewhere nil nil"], host.Printed("friend").Take(3));
        Ports.PlayerBan ban = host.Players.Bans[0];
        Assert.Equal(("uid-1", "Ada", true, "team kill", "mod judge", TimeSpan.FromMinutes(1)), (ban.Uid, ban.Player!.Name, ban.AddressToo, ban.Reason, ban.By, ban.Duration));
        Assert.All(host.Printed("none"), line => Assert.StartsWith("false permission denied: player.ban", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Mods_hear_of_dropped_messages_and_of_their_own_changed_settings()
    {
        using HostFixture host = new HostFixture()
            .Mod("m", """
                config.define({ gold = config.int(5), name = config.string("x"), same = config.bool(true) })
                function ConfigChanged(keys) print(table.concat(keys, " "), config.get("gold")) end
                function MessageDropped(player, name, count, why) print(player.name, name, count, why) end
                """)
            .Mod("other", "config.define({ gold = config.int(5) }) function ConfigChanged() print('not mine') end").Load();
        TestPlayer ada = host.Join("Ada");
        host.Host.MessageDropped(ada, "kits:buy", 3, "too fast");
        host.Config.Set("m", "name", "y");
        host.Config.Set("m", "gold", 7.0);
        host.Tick(2);
        host.AssertPrinted("m", "Ada kits:buy 3 too fast", "gold name 7");
        Assert.Empty(host.Printed("other"));
    }

    [Fact]
    public void What_a_mod_shows_of_the_server_is_bounded_and_goes_with_it()
    {
        using HostFixture host = new HostFixture().Mod("m", """
            server.setQueryField("map", "dust\n2")
            server.setQueryField("gone", "x")
            server.setQueryField("gone", nil)
            for i = 1, 15 do server.setQueryField("k" .. i, string.rep("v", 500)) end
            print(pcall(server.setQueryField, "more", "x"))
            print(pcall(server.setQueryField, "bad key", "x"))
            """).Load();
        Assert.Equal(16, host.Host.QueryFields.Count);
        Assert.DoesNotContain('\n', host.Host.QueryFields["m.map"]);
        Assert.True(host.Host.QueryFields["m.k1"].Length <= 160);
        host.AssertPrinted("m", "false server.setQueryField: at most 16 fields", "false invalid argument #1 to 'setQueryField' (a key has letters, digits, '_', '-' and '.')");
        Assert.True(host.Host.Stop("m").Accepted);
        Assert.Empty(host.Host.QueryFields);
    }
}
