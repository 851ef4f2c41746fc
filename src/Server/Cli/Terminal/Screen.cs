using System.Text;

namespace GameServer.Server.Cli.Terminal;

/// <summary>A whole terminal for a page that is drawn again and again; what stood there before comes back at the end, whatever ends it.</summary>
sealed class Screen : IDisposable
{
    const string Enter = "\e[?1049h\e[?25l";
    const string Leave = "\e[?25h\e[?1049l";

    readonly TextWriter _output;
    readonly ConsoleCancelEventHandler _onCancel;
    bool _isOver;

    /// <summary>Takes the terminal.</summary>
    public Screen(TextWriter output)
    {
        _output = output;
        _onCancel = (_, _) => Dispose();
        // A signal that ends the process must give the terminal back too.
        Console.CancelKeyPress += _onCancel;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        Console.TreatControlCAsInput = true;
        output.Write(Enter);
        output.Flush();
    }

    /// <summary>Columns now.</summary>
    public static int Width => Math.Max(20, Console.WindowWidth);

    /// <summary>Lines now.</summary>
    public static int Height => Math.Max(5, Console.WindowHeight);

    /// <summary>Draws the page over the last one.</summary>
    public void Draw(IReadOnlyList<string> lines)
    {
        StringBuilder page = new("\e[H");
        for (int i = 0; i < lines.Count; i++) page.Append(i == 0 ? "" : "\r\n").Append(lines[i]).Append("\e[K");
        _output.Write(page.Append("\e[J"));
        _output.Flush();
    }

    /// <summary>Waits for a key.</summary>
    /// <returns>Null when none came in time.</returns>
    public static async Task<ConsoleKeyInfo?> KeyAsync(TimeSpan wait)
    {
        TimeSpan step = TimeSpan.FromMilliseconds(50);
        using PeriodicTimer timer = new(step);
        for (TimeSpan waited = TimeSpan.Zero; waited < wait; waited += step)
        {
            if (Console.KeyAvailable) return Console.ReadKey(intercept: true);
            await timer.WaitForNextTickAsync().ConfigureAwait(false);
        }
        return null;
    }

    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        Console.CancelKeyPress -= _onCancel;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _output.Write(Leave);
        _output.Flush();
        Console.TreatControlCAsInput = false;
    }

    void OnExit(object? sender, EventArgs e) => Dispose();
}
