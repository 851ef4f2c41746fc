using System.Text.Json;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Terminal;

/// <summary>The log of a running server in a console: filtered here, so that a change of the filter takes effect at once; attached again by itself.</summary>
/// <param name="client">The server.</param>
/// <param name="write">Shows a line; any thread.</param>
sealed class ConsoleLog(AdminClient client, Action<string> write) : IDisposable
{
    /// <summary>Level that shows nothing.</summary>
    public const int Off = int.MaxValue;
    /// <summary>Level that leaves out details.</summary>
    public const int Info = 1;

    const int HeldMax = 200;
    static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    static readonly string[] Names = ["debug", "info", "warn", "error"];

    readonly CancellationTokenSource _stop = new();
    readonly Lock _lock = new();
    readonly Queue<string> _held = new();
    int _holds;

    /// <summary>Least severe level shown, 0 debug to 3 error, or <see cref="Off"/>.</summary>
    public int Level { get; set; } = Info;

    /// <summary>Only lines of this mod; empty for all.</summary>
    public string Mod { get; set; } = "";

    /// <summary>Number of a level's name; null when it is none.</summary>
    public static int? LevelOf(string name) => name == "off" ? Off : Array.IndexOf(Names, name) is >= 0 and var level ? level : null;

    /// <summary>Name of a level.</summary>
    public static string NameOf(int level) => level == Off ? "off" : Names[level];

    /// <summary>Begins to show the log.</summary>
    public void Start() => _ = Task.Run(FollowAsync);

    /// <summary>Keeps lines back until the result is disposed; the last ones are shown then.</summary>
    public IDisposable Hold()
    {
        lock (_lock) _holds++;
        return new Held(this);
    }

    public void Dispose() => _stop.Cancel();

    async Task FollowAsync()
    {
        bool wasLost = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                string? refusal = await client.StreamAsync("/v1/events?topics=log", Take, _stop.Token).ConfigureAwait(false);
                if (refusal is not null) Show($"the log cannot be shown: {refusal}");
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
            {
                // Said below, once.
            }
            if (!wasLost) Show("the server does not answer any more; waiting for it");
            wasLost = true;
            await WaitForServerAsync().ConfigureAwait(false);
            if (_stop.IsCancellationRequested) return;
            wasLost = false;
            Show("the server answers again");
        }
    }

    async Task WaitForServerAsync()
    {
        using PeriodicTimer timer = new(Retry);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
                if ((await client.GetAsync("/readyz").ConfigureAwait(false)).Status == 200) return;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
            {
                // Still away.
            }
        }
    }

    void Take(string kind, string data)
    {
        if (kind == "lost") Show($"({data} lines of the log were lost: this terminal is too slow)");
        if (kind != "log") return;
        using JsonDocument document = JsonDocument.Parse(data);
        JsonElement line = document.RootElement;
        int level = line.GetProperty("level").GetString() switch { "Debug" or "Verbose" => 0, "Information" => 1, "Warning" => 2, _ => 3 };
        if (level < Level || (Mod.Length > 0 && line.GetProperty("mod").GetString() != Mod)) return;
        string text = line.GetProperty("line").GetString()!;
        Show(level switch { 3 => $"\e[31m{text}\e[0m", 2 => $"\e[33m{text}\e[0m", 0 => $"\e[90m{text}\e[0m", _ => text });
    }

    void Show(string line)
    {
        lock (_lock)
        {
            if (_holds > 0)
            {
                if (_held.Count == HeldMax) _held.Dequeue();
                _held.Enqueue(line);
                return;
            }
        }
        write(line);
    }

    void Release()
    {
        lock (_lock)
        {
            if (--_holds > 0) return;
            while (_held.TryDequeue(out string? line)) write(line);
        }
    }

    sealed class Held(ConsoleLog log) : IDisposable
    {
        public void Dispose() => log.Release();
    }
}
