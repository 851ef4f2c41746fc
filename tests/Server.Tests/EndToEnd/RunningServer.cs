using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>The built executable in a process of its own, in a temporary folder, on free ports.</summary>
sealed partial class RunningServer : IDisposable
{
    // Generous: the machine may be busy, and a wait ends as soon as the thing happens.
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly List<string> _lines = [];
    readonly TaskCompletionSource<int> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    RunningServer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything the process wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Path of the executable that was built with these tests.</summary>
    public static string Executable
    {
        get
        {
            string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
            return Repository.PathOf("artifacts", "bin", "Server", configuration, OperatingSystem.IsWindows() ? "gameserver.exe" : "gameserver");
        }
    }

    /// <summary>Starts the server in a folder; its ports are free ones unless the arguments say otherwise.</summary>
    public static RunningServer Start(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(Executable)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("run");
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return new RunningServer(Process.Start(start)!);
    }

    /// <summary>Waits for the ready line.</summary>
    /// <returns>The UDP port.</returns>
    public async Task<int> ReadyAsync()
    {
        await Task.WhenAny(_ready.Task, _process.WaitForExitAsync(), Task.Delay(Limit));
        Assert.True(_ready.Task.IsCompletedSuccessfully, $"the server did not get ready:\n{Output}");
        return await _ready.Task;
    }

    /// <summary>Waits until a line holds a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Limit)
        {
            lock (_lines)
            {
                if (_lines.Find(l => l.Contains(text, StringComparison.Ordinal)) is { } line)
                    return line;
            }
            if (_process.HasExited)
                break;
            await Task.Delay(20);
        }
        Assert.Fail($"no line with '{text}':\n{Output}");
        return "";
    }

    /// <summary>Sends a signal: 15 is SIGTERM, 2 is what Ctrl+C sends.</summary>
    public void Signal(int number) => Assert.Equal(0, Kill(_process.Id, number));

    /// <summary>Waits for the end of the process and of its output.</summary>
    /// <returns>Exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using CancellationTokenSource limit = new(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    void Take(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
        Match ready = ReadyLine().Match(line);
        if (ready.Success)
            _ready.TrySetResult(int.Parse(ready.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"ready in [\d.]+ s  udp :(\d+)  tick \d+ Hz  mods \d+ ok")]
    private static partial Regex ReadyLine();

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Kill(int process, int signal);
}
