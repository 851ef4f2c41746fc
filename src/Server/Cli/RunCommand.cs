using System.CommandLine;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime;
using System.Runtime.InteropServices;
using GameServer.Server.Admin;
using GameServer.Server.Cli.Bots;
using GameServer.Server.Cli.Operating;
using GameServer.Server.Config;
using GameServer.Server.Hosting;
using GameServer.Server.Observability;
using GameServer.Server.Storage;

namespace GameServer.Server.Cli;

/// <summary><c>gameserver run</c>: the server itself.</summary>
static class RunCommand
{
    public static Command Create()
    {
        Command run = new(
            "run",
            "Run the server until Ctrl+C or SIGTERM; a second signal ends it at once.\n\nExample: gameserver run --config /srv/game/server.toml");
        Configure(run);
        return run;
    }

    /// <summary>Gives a command the options and the action of this verb; the root command is this verb too.</summary>
    public static void Configure(Command command)
    {
        ConfigOptions options = new(command);
        Option<bool> dev = new("--dev") { Description = "A development server, as with server.dev = true: gameserver eval works." };
        command.Options.Add(dev);
        ResidentBotOptions bots = new(command);
        command.SetAction(parsed =>
        {
            LoadedConfig loaded = parsed.GetValue(dev) ? options.Load(parsed, "server.dev=true") : options.Load(parsed);
            return Run(loaded, bots.Read(parsed, loaded), parsed.InvocationConfiguration.Error);
        });
    }

    static int Run(LoadedConfig loaded, ResidentBots? bots, TextWriter error)
    {
        TimeProvider time = TimeProvider.System;
        // Full collections run in the background even when the heap is fragmented; without this one of them may stop everything for seconds in a heap of a gigabyte.
        GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
        if (!CanStart(loaded, error))
            return ExitCodes.OperatorMistake;
        ServerConfig config = loaded.Config;
        AdminEvents events = new();
        string? logFolder = config.Log.Folder.Length == 0 ? null : loaded.Resolve(config.Log.Folder);
        using LoggingSetup logging = new(config.Log, logFolder, new AdminLogSink(events));
        ServerLog log = new(logging.Logger);
        log.Starting(ServerPort.ProgramVersion, RuntimeInformation.FrameworkDescription, loaded.File);
        foreach (ConfigProblem problem in loaded.Problems)
            log.SettingWarning(problem.ToString());
        if (config.Server.Dev)
            log.Development();
        using ShutdownSignal shutdown = new(time, log, TimeSpan.FromSeconds(config.Server.ShutdownGraceS));
        shutdown.Listen();
        int exitCode = Serve(loaded, bots, log, events, shutdown, time);
        if (logging.Dropped > 0)
            log.LogEventsDropped(logging.Dropped);
        return exitCode;
    }

    static int Serve(LoadedConfig loaded, ResidentBots? bots, ServerLog log, AdminEvents events, ShutdownSignal shutdown, TimeProvider time)
    {
        ServerHost host;
        try
        {
            host = new ServerHost(loaded, log, events, shutdown, time);
        }
        catch (SqliteException e)
        {
            log.StorageUnavailable(loaded.Resolve(loaded.Config.Storage.File), e.Message);
            return ExitCodes.OperatorMistake;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Files the server cannot do without: the admin token, the key of tickets, the list of bans.
            log.StartFailed(e.Message);
            return ExitCodes.OperatorMistake;
        }
        using ServerHost _ = host;
        try
        {
            host.Start(() => time.GetUtcNow() - Process.GetCurrentProcess().StartTime.ToUniversalTime());
        }
        catch (SocketException e)
        {
            log.PortUnavailable(loaded.Config.Net.Address, loaded.Config.Net.Port, e.Message);
            return ExitCodes.PortInUse;
        }
        catch (IOException e)
        {
            log.AdminPortUnavailable(loaded.Config.Admin.Address, loaded.Config.Admin.Port, e.Message);
            return ExitCodes.PortInUse;
        }
        ServiceManager.Ready($"udp :{host.Port}, {loaded.Config.Server.TickHz} ticks per second");
        using ResidentBots? guests = bots;
        guests?.Start(host.Port);
        int exitCode = host.Run();
        ServiceManager.Stopping();
        return exitCode;
    }

    // All mistakes at once, on standard error: the log may be one of them.
    static bool CanStart(LoadedConfig loaded, TextWriter error)
    {
        bool good = !loaded.HasErrors;
        if (!good)
        {
            foreach (ConfigProblem problem in loaded.Problems)
                error.WriteLine(problem);
        }
        string mods = loaded.Resolve(loaded.Config.Mods.Folder);
        if (!Directory.Exists(mods))
        {
            error.WriteLine($"mods.folder: there is no folder {mods}");
            good = false;
        }
        return good;
    }
}
