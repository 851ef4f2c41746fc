using GameServer.Scripting.Ports;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Api;

/// <summary>Questions of mods to players' clients.</summary>
public class ClientRequestTests
{
    const string Source = """
        function PlayerConnect(p)
            local answer, err = net.requestAsync(p, "choose", { "red", "blue" }, 2)
            print(p.name, answer, err and err.kind)
        end
        """;

    static HostFixture Load(string source = Source, string? manifest = null)
    {
        var host = new HostFixture();
        if (manifest is not null) host.Manifest("m", manifest);
        return host.Mod("m", source).Load();
    }

    [Fact]
    public void An_answer_comes_back_to_whoever_asked()
    {
        using HostFixture host = Load();
        using var wire = new Wire();
        TestPlayer ada = host.Join("Ada"), bo = host.Join("Bo");
        (uint id, string name, byte[] value) = Assert.Single(ada.Requests);
        Assert.Equal("m:choose", name);
        Assert.Equal("blue", wire.Decode(value, "v[2]"));
        Assert.Equal(MessageOutcome.NobodyListens, host.Host.PlayerAnswer(bo, id, false, wire.Encode("'stolen'")));
        Assert.Equal(MessageOutcome.Delivered, host.Host.PlayerAnswer(bo, bo.Requests[0].Id, false, wire.Encode("'red'")));
        Assert.Equal(MessageOutcome.Delivered, host.Host.PlayerAnswer(ada, id, false, wire.Encode("'blue'")));
        Assert.Equal(MessageOutcome.NobodyListens, host.Host.PlayerAnswer(ada, id, false, wire.Encode("'again'")));
        host.Tick();
        Assert.Equal(MessageOutcome.NobodyListens, host.Host.PlayerAnswer(ada, id, false, wire.Encode("'late'")));
        host.AssertPrinted("m", "Ada blue nil", "Bo red nil");
    }

    [Fact]
    public void Silence_refusal_and_leaving_are_told_apart()
    {
        using HostFixture host = Load();
        TestPlayer silent = host.Join("Silent"), refuses = host.Join("Refuses"), leaves = host.Join("Leaves");
        host.Host.PlayerAnswer(refuses, refuses.Requests[0].Id, true, [0]);
        host.Leave(leaves);
        host.Tick(59);
        host.AssertPrinted("m", "Refuses nil refused", "Leaves nil gone");
        host.Tick(3);
        host.AssertPrinted("m", "Refuses nil refused", "Leaves nil gone", "Silent nil timeout");
        Assert.Single(silent.Requests);
    }

    [Theory]
    [InlineData("'red'", MessageOutcome.Delivered, "Ada red nil")]
    [InlineData("5", MessageOutcome.NotAsDeclared, "Ada nil bad answer")]
    [InlineData("{ 'red' }", MessageOutcome.NotAsDeclared, "Ada nil bad answer")]
    public void Answers_are_held_against_what_the_manifest_declares(string answer, MessageOutcome outcome, string printed)
    {
        using HostFixture host = Load(Source, "[messages.choose]\ndirection = \"to_client\"\nreply = \"string(8)\"");
        using var wire = new Wire();
        TestPlayer ada = host.Join("Ada");
        Assert.Equal(outcome, host.Host.PlayerAnswer(ada, ada.Requests[0].Id, false, wire.Encode(answer)));
        host.Tick();
        host.AssertPrinted("m", printed);
    }

    [Fact]
    public void Broken_answers_are_malformed_and_change_nothing()
    {
        using HostFixture host = Load();
        TestPlayer ada = host.Join("Ada");
        uint id = ada.Requests[0].Id;
        foreach (byte[] bad in new byte[][] { [], [99], [5, 9, 0, 1], [0, 0], [9, 255, 255] }) Assert.Equal(MessageOutcome.Malformed, host.Host.PlayerAnswer(ada, id, false, bad));
        host.Tick();
        Assert.Empty(host.Printed("m"));
        Assert.Equal(MessageOutcome.Delivered, host.Host.PlayerAnswer(ada, id, false, [2]));
        host.Tick();
        host.AssertPrinted("m", "Ada true nil");
    }

    [Fact]
    public void A_mod_that_is_reloaded_hears_nothing_of_what_it_asked_before()
    {
        // Ticks go on while the reload is prepared, many of them on a busy machine: the question must not run out meanwhile.
        using HostFixture host = Load(Source.Replace(", 2)", ", 60)", StringComparison.Ordinal));
        TestPlayer ada = host.Join("Ada");
        double usual = host.TickSeconds;
        host.TickSeconds = 1e-6;
        host.Reload("m");
        host.TickSeconds = usual;
        Assert.Equal(MessageOutcome.NobodyListens, host.Host.PlayerAnswer(ada, ada.Requests[0].Id, false, [2]));
        host.Tick(90);
        Assert.Empty(host.Printed("m"));
        Assert.Empty(host.Log.Of(Serilog.Events.LogEventLevel.Error));
    }

    [Fact]
    public void A_client_has_only_so_many_questions_to_answer()
    {
        using HostFixture host = Load("""
            local kinds = {}
            function PlayerConnect(p)
                for i = 1, 100 do task.spawn(function()
                    local _, err = net.requestAsync(p, "q", i, 1)
                    kinds[err.kind] = (kinds[err.kind] or 0) + 1
                end) end
                print(kinds.busy >= 36, kinds.timeout)
                task.wait(2)
                print(kinds.busy + kinds.timeout)
                print(pcall(net.requestAsync, p, "q", nil, 1000))
            end
            """);
        TestPlayer ada = host.Join("Ada");
        Assert.InRange(ada.Requests.Count, 1, 64);
        host.Tick(70);
        host.AssertPrinted("m", "true nil", "100", "false invalid argument #4 to 'requestAsync' (the timeout must be up to 60 seconds (return_wait_s))");
    }
}
