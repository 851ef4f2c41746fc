namespace GameServer.Server.Cli;

/// <summary>A question to whoever sits at the terminal.</summary>
static class Question
{
    /// <summary>Asks; no is the answer when nobody is there.</summary>
    public static bool Ask(string question, TextWriter output)
    {
        if (Console.IsInputRedirected || !ReferenceEquals(output, Console.Out)) return false;
        output.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
