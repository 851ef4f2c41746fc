using System.CommandLine;
using System.CommandLine.Parsing;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Terminal;

/// <summary>One console: reads lines, carries them out as the command line would, and shows the server's log in between.</summary>
/// <remarks>Lines are read and run on one thread; log lines come on others. A server that goes away is waited for.</remarks>
/// <param name="client">The server.</param>
/// <param name="connection">Arguments that lead to the same server, for the verbs.</param>
/// <param name="output">The terminal.</param>
/// <param name="error">For mistakes.</param>
sealed class ConsoleSession(AdminClient client, string[] connection, TextWriter output, TextWriter error)
{
    const string Prompt = "gameserver> ";

    /// <summary>Verbs of the command line that make sense inside of a running server.</summary>
    static readonly HashSet<string> Verbs = [.. AdminCommands.All.Select(row => row.Name.Split(' ')[0]), "top", "lag", "profile", "trace"];

    /// <summary>Verbs below them that do not.</summary>
    static readonly HashSet<string> Offline = ["mod new", "mod test", "mod check", "mod pack", "mod bench", "config check", "config explain"];

    readonly RootCommand _root = CommandLine.Build();
    readonly Paint _paint = new(output);
    LineEditor? _editor;
    ConsoleLog? _log;
    CancellationTokenSource? _running;

    /// <summary>Runs until the user leaves or the lines end.</summary>
    /// <param name="quiet">Begin without the log.</param>
    /// <returns>Exit code: of a pipe, whether every line was carried out.</returns>
    public async Task<int> RunAsync(bool quiet)
    {
        AdminReply hello = await client.RunAsync(Row("status"), new Dictionary<string, object>()).ConfigureAwait(false);
        if (!hello.Ok)
        {
            error.WriteLine(hello.Message);
            return ExitCodes.Failed;
        }
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsInputRedirected && !Console.IsOutputRedirected;
        if (!isTerminal) return await RunLinesAsync(new PlainLines(Console.In), stopAtMistake: false).ConfigureAwait(false);
        ConsoleCompletion completion = new(_root, client, IsOffered);
        _editor = LineEditor.OfConsole(completion.Complete);
        output.WriteLine(_paint.Weak(
            $"attached to {hello.Body.GetProperty("name").GetString()} {hello.Body.GetProperty("version").GetString()}; help lists commands, Tab completes, Ctrl+D leaves"));
        using ConsoleLog log = new(client, _editor.WriteAbove) { Level = quiet ? ConsoleLog.Off : ConsoleLog.Info };
        _log = log;
        log.Start();
        Console.CancelKeyPress += Interrupt;
        try
        {
            await RunLinesAsync(_editor, stopAtMistake: false).ConfigureAwait(false);
            return ExitCodes.Ok;
        }
        finally
        {
            Console.CancelKeyPress -= Interrupt;
        }
    }

    async Task<int> RunLinesAsync(ILineSource lines, bool stopAtMistake)
    {
        int worst = ExitCodes.Ok;
        while (true)
        {
            LineInput line = lines.Read(Prompt);
            if (line.End == LineEnd.Closed) return worst;
            string text = line.Text.Trim();
            if (line.End == LineEnd.Cancelled || text.Length == 0) continue;
            if (text is "exit" or "quit") return worst;
            int code = await RunAsync(text).ConfigureAwait(false);
            worst = Math.Max(worst, code);
            if (stopAtMistake && code != ExitCodes.Ok) return worst;
        }
    }

    /// <summary>Carries out one line.</summary>
    /// <returns>Exit code.</returns>
    internal async Task<int> RunAsync(string line)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(line)];
        try
        {
            switch (words[0])
            {
                case "help":
                    return Help(words[1..]);
                case "log":
                    return Log(words[1..]);
                case "clear":
                    output.Write("\e[2J\e[H");
                    return ExitCodes.Ok;
            }
            return IsOffered(words) ? await RunVerbAsync(words).ConfigureAwait(false) : await RunModCommandAsync(line).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
        {
            error.WriteLine($"no server answers: {failure.Message}");
            return ExitCodes.NotRunning;
        }
    }

    static bool IsOffered(string[] words) =>
        words.Length > 0 && Verbs.Contains(words[0]) && !(words.Length > 1 && Offline.Contains($"{words[0]} {words[1]}"));

    async Task<int> RunVerbAsync(string[] words)
    {
        ParseResult parsed = _root.Parse([.. words, .. words.Contains("--help") ? [] : connection]);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError mistake in parsed.Errors) error.WriteLine(mistake.Message);
            error.WriteLine($"help {string.Join(' ', words.TakeWhile(word => word is [not '-', ..]).Take(2))} shows what is allowed");
            return ExitCodes.OperatorMistake;
        }
        using CancellationTokenSource running = new();
        using IDisposable? hold = words[0] == "top" ? _log?.Hold() : null;
        _running = running;
        try
        {
            InvocationConfiguration streams = new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(streams, running.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Ok;
        }
        finally
        {
            _running = null;
        }
    }

    /// <summary>What is no verb may be a command that a mod offers.</summary>
    async Task<int> RunModCommandAsync(string line)
    {
        AdminReply reply = await client.RunAsync(Row("command"), new Dictionary<string, object> { ["line"] = line }).ConfigureAwait(false);
        if (reply.Ok && reply.Message.Length > 0) output.WriteLine(reply.Message);
        else if (!reply.Ok) error.WriteLine($"{reply.Message}; help lists what there is");
        return reply.Ok ? ExitCodes.Ok : ExitCodes.Failed;
    }

    int Help(string[] words)
    {
        if (words.Length > 0) return _root.Parse([.. words, "--help"]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        output.WriteLine("log debug|info|warn|error|off   what of the log is shown; log mod ID: of one mod alone; log mod: of all");
        output.WriteLine("clear, exit                     as they say; anything that is no command here goes to the mods");
        foreach (AdminCommand row in AdminCommands.All) output.WriteLine($"{row.Name,-31} {row.Summary}");
        output.WriteLine($"{"trace MOD hook=NAME",-31} Shows what handlers of hooks do and decide, until Ctrl+C.");
        output.WriteLine($"{"profile TIME --out FILE",-31} Samples what scripts do, by function and line.");
        output.WriteLine(_paint.Weak("help COMMAND tells more"));
        return ExitCodes.Ok;
    }

    int Log(string[] words)
    {
        if (_log is null)
        {
            error.WriteLine("the log is shown on terminals only");
            return ExitCodes.OperatorMistake;
        }
        if (words is ["mod", ..]) _log.Mod = words.Length > 1 ? words[1] : "";
        else if (words.Length == 1 && ConsoleLog.LevelOf(words[0]) is { } level) _log.Level = level;
        else if (words.Length > 0)
        {
            error.WriteLine("log debug, info, warn, error or off; log mod ID; log mod");
            return ExitCodes.OperatorMistake;
        }
        output.WriteLine(_paint.Weak($"log: {ConsoleLog.NameOf(_log.Level)}{(_log.Mod.Length == 0 ? "" : $", of mod {_log.Mod}")}"));
        return ExitCodes.Ok;
    }

    // With nothing to stop, Ctrl+C at this moment comes between two lines and is let go.
    void Interrupt(object? sender, ConsoleCancelEventArgs e)
    {
        e.Cancel = true;
        try
        {
            _running?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended at the same moment.
        }
    }

    static AdminCommand Row(string name) => AdminCommands.All.Single(command => command.Name == name);
}
