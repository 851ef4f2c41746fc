using System.CommandLine;
using System.Runtime.InteropServices;
using GameServer.Scripting.Testing;
using GameServer.Server.Admin;
using GameServer.Server.Hosting;

namespace GameServer.Server.Cli.Modding;

/// <summary><c>gameserver mod test</c>: the tests of mods, without a server.</summary>
static class ModTestCommand
{
    static readonly TimeSpan WatchStep = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        Argument<string[]> mods = new("MODS")
        {
            Description = "Ids of the mods folder, or paths of mods. Default: the mod in the working folder, else all mods.",
            Arity = ArgumentArity.ZeroOrMore,
            HelpName = "ID|PATH",
        };
        Option<string[]> only = new("--only") { Description = "Only tests whose name or file holds this text. May be repeated.", HelpName = "TEXT" };
        Option<bool> watch = new("--watch") { Description = "Run again whenever a file of these mods is saved, until Ctrl+C." };
        Option<bool> verbose = new("--verbose", "-v") { Description = "Show what tests and mods print, not only for tests that fail." };
        Option<bool> update = new("--update") { Description = "Take the values of toMatchSnapshot as the right ones." };
        Option<string?> junit = new("--junit") { Description = "Also write the results as JUnit XML.", HelpName = "FILE" };
        Option<bool> json = new("--json") { Description = "Print the results as JSON." };
        Option<double> timeout = new("--timeout") { Description = "Time one test may take.", HelpName = "SECONDS", DefaultValueFactory = _ => 10 };
        timeout.Require(seconds => seconds is > 0 and <= 3600, "must be above 0 and at most 3600");
        Command test = new(
            "test",
            "Run the tests of mods (tests/*.luau and *.test.luau) without a server: made-up players, a clock that the test moves, storage and HTTP that fail on demand."
            + "\n\nExample: gameserver mod test hello --only greets")
        {
            mods, only, watch, verbose, update, junit, json, timeout,
        };
        ConfigOptions config = new(test);
        test.SetAction((parsed, _) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            if (ModFolders.Find(parsed.GetValue(mods) ?? [], config.Load(parsed), error) is not { } folders) return Task.FromResult(ExitCodes.OperatorMistake);
            ModTestOptions options = new()
            {
                Only = parsed.GetValue(only) ?? [],
                Update = parsed.GetValue(update),
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                ServerVersion = ServerPort.ProgramVersion,
            };
            ModTestSheet sheet = new(parsed.GetValue(json) ? TextWriter.Null : output, parsed.GetValue(verbose));
            int Run() => RunOnce(folders, options, sheet, parsed.GetValue(junit), parsed.GetValue(json) ? output : null, error);
            if (!parsed.GetValue(watch)) return Task.FromResult(Run());
            return WatchAsync(folders, Run, output);
        });
        return test;
    }

    static int RunOnce(IReadOnlyList<string> folders, ModTestOptions options, ModTestSheet sheet, string? junit, TextWriter? json, TextWriter error)
    {
        TimeProvider time = TimeProvider.System;
        long began = time.GetTimestamp();
        List<ModTestReport> reports = [];
        foreach (string folder in folders)
        {
            sheet.Begin(folder);
            ModTestReport report = ModTestRunner.Run(folder, options, sheet.Add, time);
            sheet.End(report);
            reports.Add(report);
        }
        sheet.Close(reports, time.GetElapsedTime(began));
        json?.WriteLine(AdminJson.Write(reports));
        if (junit is not null && !TryWrite(junit, JUnitReport.Write(reports), error)) return ExitCodes.Failed;
        // A run that found no test at all proves nothing: a misspelt --only must not look like success.
        bool any = reports.Any(report => report.Results.Count > 0);
        return any && reports.TrueForAll(report => report.IsGood) ? ExitCodes.Ok : ExitCodes.Failed;
    }

    static bool TryWrite(string file, string text, TextWriter error)
    {
        try
        {
            File.WriteAllText(file, text);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"--junit: {e.Message}");
            return false;
        }
    }

    // Names, sizes and times are looked at a few times per second: works on every mount, and costs nothing for a few mods.
    static async Task<int> WatchAsync(IReadOnlyList<string> folders, Func<int> run, TextWriter output)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Cancel(signal, stop));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Cancel(signal, stop));
        int code = run();
        long seen = Stamp(folders);
        using PeriodicTimer timer = new(WatchStep);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false))
            {
                long now = Stamp(folders);
                if (now == seen) continue;
                seen = now;
                await output.WriteLineAsync().ConfigureAwait(false);
                code = run();
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C is how watching ends.
        }
        return code;
    }

    // A second signal, while a test runs for long, ends the process as usual.
    static void Cancel(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }

    static long Stamp(IReadOnlyList<string> folders)
    {
        HashCode hash = new();
        foreach (string file in folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal))
        {
            if (!file.EndsWith(".luau", StringComparison.Ordinal) && !file.EndsWith(".toml", StringComparison.Ordinal)) continue;
            hash.Add(file, StringComparer.Ordinal);
            hash.Add(File.GetLastWriteTimeUtc(file));
        }
        return hash.ToHashCode();
    }
}
