using GameServer.Toml;

namespace GameServer.Server.Config;

/// <summary>One mistake of the operator, or something that looks like one.</summary>
/// <param name="Origin">Where the value came from: a file's path, an environment variable, or <c>--set</c>.</param>
/// <param name="Position">Place in the file; null for other origins.</param>
/// <param name="Message">What is wrong and what is allowed; names the key.</param>
/// <param name="IsWarning">True when the server can start all the same.</param>
sealed record ConfigProblem(string Origin, TomlPosition? Position, string Message, bool IsWarning = false)
{
    /// <summary>The problem on one line: <c>server.toml:14:1: unknown key …</c>.</summary>
    public override string ToString() =>
        $"{Origin}{(Position is { } p ? $":{p.Line}:{p.Column}" : "")}: {(IsWarning ? "warning: " : "")}{Message}";
}
