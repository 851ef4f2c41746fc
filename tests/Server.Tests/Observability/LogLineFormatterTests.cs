namespace GameServer.Server.Tests.Observability;

public sealed class LogLineFormatterTests
{
    [Fact]
    public void Text_of_players_and_mods_cannot_pretend_to_be_another_line_or_steer_a_terminal()
    {
        CollectingLog log = new();

        log.Log.Chat(3, "Ada", "hi\n00:00:00.000 FATAL \e[2Jfake\u009b31m\r\nend\ttab");

        Assert.Equal("INFO  chat 3 Ada: hi\n      00:00:00.000 FATAL \\x1b[2Jfake\\x9b31m\n      end    tab", Assert.Single(log.Lines));
    }

    [Fact]
    public void Numbers_use_their_format_and_strings_stand_without_quotes()
    {
        CollectingLog log = new();

        log.Log.Ready(TimeSpan.FromMilliseconds(812), 27015, 30, 14, ", 1 failed (radar)");

        Assert.Equal("INFO  ready in 0.8 s  udp :27015  tick 30 Hz  mods 14 ok, 1 failed (radar)", Assert.Single(log.Lines));
    }

    [Fact]
    public void A_line_of_a_mod_names_it()
    {
        CollectingLog log = new();

        log.Logger.ForContext("Mod", "kits").Warning("careful");

        Assert.Equal("WARN  [kits] careful", Assert.Single(log.Lines));
    }
}
