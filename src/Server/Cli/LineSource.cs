namespace GameServer.Server.Cli;

/// <summary>How reading one line ended.</summary>
enum LineEnd
{
    /// <summary>With a line.</summary>
    Entered,
    /// <summary>The user gave up what was typed.</summary>
    Cancelled,
    /// <summary>There are no more lines.</summary>
    Closed,
}

/// <summary>What reading one line gave.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Text">The line without its end; empty unless one was entered.</param>
readonly record struct LineInput(LineEnd End, string Text);

/// <summary>Where an interactive prompt gets its lines.</summary>
interface ILineSource
{
    /// <summary>Waits for the next line.</summary>
    /// <param name="prompt">What stands before it on a terminal.</param>
    LineInput Read(string prompt);
}

/// <summary>Lines of a file or pipe; nobody sees prompts there, so none are written.</summary>
sealed class PlainLines(TextReader reader) : ILineSource
{
    public LineInput Read(string prompt) =>
        reader.ReadLine() is { } line ? new LineInput(LineEnd.Entered, line) : new LineInput(LineEnd.Closed, "");
}
