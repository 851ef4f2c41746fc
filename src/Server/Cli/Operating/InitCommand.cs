using System.CommandLine;
using GameServer.Server.Admin;
using GameServer.Server.Cli.Modding;
using GameServer.Server.Config;

namespace GameServer.Server.Cli.Operating;

/// <summary><c>gameserver init</c>: a folder from which a server can be run.</summary>
static class InitCommand
{
    const string SampleMod = "hello";
    const string Unit = "gameserver.service";

    public static Command Create()
    {
        Argument<string> folder = new("FOLDER") { Description = "Where. Default: the working folder; made when it is missing.", DefaultValueFactory = _ => "." };
        Option<bool> json = new("--json") { Description = "Print what was made as JSON." };
        Command init = new(
            "init",
            "Make what a server needs: server.toml with every setting explained, a sample mod, the admin token, a systemd unit. Overwrites nothing."
            + "\n\nExample: gameserver init /srv/game")
        {
            folder, json,
        };
        init.SetAction(parsed => Make(
            Path.GetFullPath(parsed.GetValue(folder)!), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return init;
    }

    static int Make(string folder, bool json, TextWriter output, TextWriter error)
    {
        Dictionary<string, string> files = new() { ["server.toml"] = ConfigText.ServerToml(), [Unit] = UnitText(folder) };
        foreach ((string path, string text) in ModTemplate.Files(SampleMod)) files[$"mods/{SampleMod}/{path}"] = text;
        string tokenFile = new AdminSection().TokenFile;
        string[] taken = [.. files.Keys.Append(tokenFile).Where(path => File.Exists(Path.Combine(folder, path)))];
        if (taken.Length > 0)
        {
            foreach (string path in taken) error.WriteLine($"{Path.Combine(folder, path)} exists already");
            error.WriteLine("nothing was changed");
            return ExitCodes.OperatorMistake;
        }
        AdminToken token;
        try
        {
            foreach ((string path, string text) in files)
            {
                string file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text);
            }
            token = AdminToken.LoadOrCreate(Path.Combine(folder, tokenFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return ExitCodes.Failed;
        }
        if (json)
        {
            output.WriteLine(AdminJson.Write(new { Folder = folder, Files = files.Keys.Append(tokenFile), Token = token.Text }));
            return ExitCodes.Ok;
        }
        output.WriteLine($"created server.toml, mods/{SampleMod}, {Unit}, admin token in {tokenFile} (shown once: {token.Text})");
        string at = Path.GetRelativePath(Directory.GetCurrentDirectory(), folder);
        output.WriteLine($"next: {(at == "." ? "" : $"cd {at} && ")}gameserver doctor && gameserver run");
        return ExitCodes.Ok;
    }

    // Type=notify: systemd, and what is ordered after this unit, wait until players can join.
    static string UnitText(string folder) => $"""
        # Copy to /etc/systemd/system, then: systemctl enable --now gameserver
        [Unit]
        Description=Game server
        After=network-online.target
        Wants=network-online.target

        [Service]
        Type=notify
        ExecStart={Environment.ProcessPath ?? "gameserver"} run --config {Path.Combine(folder, "server.toml")}
        WorkingDirectory={folder}
        # A user of its own that owns the folder.
        User=gameserver
        Restart=on-failure
        RestartSec=2
        # Above server.shutdown_grace_s.
        TimeoutStopSec=30
        LimitNOFILE=65536
        NoNewPrivileges=yes
        ProtectSystem=strict
        ReadWritePaths={folder}
        ProtectHome=yes
        PrivateTmp=yes

        [Install]
        WantedBy=multi-user.target

        """;
}
