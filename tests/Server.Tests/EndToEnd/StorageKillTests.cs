using System.Globalization;
using System.Text.RegularExpressions;
using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>What storage acknowledged is there after the server was killed in the middle of writing.</summary>
public sealed class StorageKillTests : IDisposable
{
    const string Settings = """
        [net]
        port = 0
        [admin]
        port = 0
        [limits.user]
        tick_hard_ms = 5000
        event_hard_ms = 5000
        load_ms = 30000
        log_lines_s = 10000
        onload_ms = 10000
        [mods.writer]
        grant = ["storage.kv"]

        """;

    const string Manifest = """
        id = "writer"
        version = "1.0.0"
        [permissions]
        required = ["storage.kv"]
        """;

    // Four writers at once, so that writes are committed in groups; each says what was acknowledged.
    const string Writer = """
        local kv = storage.open("main")
        for writer = 1, 4 do
            task.spawn(function()
                for i = 1, 100000 do
                    local done, err = kv:setAsync(`{writer}-{i}`, { n = i })
                    if done then log.info(`acknowledged {writer}-{i}.`) end
                end
            end)
        end
        """;

    const string Reader = """
        local kv = storage.open("main")
        task.spawn(function()
            for writer = 1, 4 do
                local last = 0
                while kv:getAsync(`{writer}-{last + 1}`) do last += 1 end
                log.info(`kept {writer}-{last}.`)
            end
        end)
        """;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_acknowledged_value_is_there_after_a_kill_and_a_restart()
    {
        _folder.Write("server.toml", Settings);
        _folder.Write("mods/writer/mod.toml", Manifest);
        _folder.Write("mods/writer/init.luau", Writer);
        Dictionary<int, int> acknowledged;
        using (RunningServer server = RunningServer.Start(_folder.Path))
        {
            await server.ReadyAsync();
            for (int writer = 1; writer <= 4; writer++) await server.LineAsync($"acknowledged {writer}-20.");
            server.Signal(9);
            await server.ExitAsync();
            acknowledged = Highest(server.Output, "acknowledged");
        }

        _folder.Write("mods/writer/init.luau", Reader);
        using RunningServer again = RunningServer.Start(_folder.Path);
        await again.ReadyAsync();
        for (int writer = 1; writer <= 4; writer++) await again.LineAsync($"kept {writer}-");
        Dictionary<int, int> kept = Highest(again.Output, "kept");
        for (int writer = 1; writer <= 4; writer++)
            Assert.True(kept[writer] >= acknowledged[writer], $"writer {writer}: {acknowledged[writer]} acknowledged, {kept[writer]} kept");
        again.Signal(15);
        Assert.Equal(ExitCodes.Ok, await again.ExitAsync());
    }

    static Dictionary<int, int> Highest(string output, string word) => Regex.Matches(output, word + @" (\d)-(\d+)\.")
        .GroupBy(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
        .ToDictionary(writer => writer.Key, writer => writer.Max(match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
}
