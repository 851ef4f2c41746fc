using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>An operator gives players rights with the built executable; mods and commands follow at once, and it holds across a restart.</summary>
public sealed class PermsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    (int Code, string Text) Run(params string[] arguments)
    {
        ProcessStartInfo start = new(RunningServer.Executable)
        {
            WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text.Trim());
    }

    [Fact]
    public async Task Rights_are_given_explained_and_kept()
    {
        _folder.Write("server.toml", $"[net]\nport = 0\ntimeout_ms = 60000\n[admin]\nport = {FreePort()}\n");
        _folder.Write("mods/kits/mod.toml", "id = \"kits\"\n[commands.kit]\npermission = \"use\"\n");
        _folder.Write("mods/kits/init.luau", """
            commands.add("kit", function(ctx) ctx.reply("here you are") end)
            function PermissionsChanged(player) player:chat(`may: {player:can("use")}`) end
            """);
        using (RunningServer server = RunningServer.Start(_folder.Path))
        {
            int port = await server.ReadyAsync();
            using TestPlayer ada = new(port, "Ada");
            await ada.UntilAsync("welcome", server);
            ada.Client.Chat("/kit");
            await ada.UntilAsync("chat 0: You may not use /kit: that needs the right kits.use.", server);
            Assert.Contains("kits.use", Run("perms", "known").Text, StringComparison.Ordinal);
            Assert.Equal((0, "the group friends is there"), Run("perms", "group", "friends"));
            Assert.Equal((0, "kits.* is granted to the group friends"), Run("perms", "grant", "group:friends", "kits.*"));
            (int code, string text) = Run("perms", "join", "Ada", "friends");
            Assert.Equal(0, code);
            Assert.Contains("this identity is nothing but a name", text, StringComparison.Ordinal);
            await ada.UntilAsync("chat 0: may: true", server);
            ada.Client.Chat("/kit");
            await ada.UntilAsync("chat 0: here you are", server);
            Assert.EndsWith("has kits.use: granted by group friends (kits.*)", Run("perms", "explain", "Ada", "kits.use").Text, StringComparison.Ordinal);
            Assert.NotEqual(0, Run("perms", "join", "Ada", "strangers").Code);
            Assert.NotEqual(0, Run("perms", "grant", "Ada", "no right").Code);
            server.Signal(15);
            Assert.Equal(0, await server.ExitAsync());
        }

        using RunningServer again = RunningServer.Start(_folder.Path);
        int newPort = await again.ReadyAsync();
        using TestPlayer back = new(newPort, "Ada");
        await back.UntilAsync("welcome", again);
        back.Client.Chat("/kit");
        await back.UntilAsync("chat 0: here you are", again);
        Assert.Equal(0, Run("perms", "deny", "Ada", "kits.use").Code);
        await back.UntilAsync("chat 0: may: false", again);
        Assert.Contains("refused by the player (-kits.use)", Run("perms", "explain", "Ada", "kits.use").Text, StringComparison.Ordinal);
        again.Signal(15);
        Assert.Equal(0, await again.ExitAsync());
    }
}
