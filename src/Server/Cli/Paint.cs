namespace GameServer.Server.Cli;

/// <summary>Colours, for terminals only: into a file or a pipe, or with NO_COLOR set, text stays as it is.</summary>
sealed class Paint(TextWriter output)
{
    readonly bool _on = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Green.</summary>
    public string Good(string text) => In("32", text);

    /// <summary>Red.</summary>
    public string Bad(string text) => In("31", text);

    /// <summary>Yellow.</summary>
    public string Warning(string text) => In("33", text);

    /// <summary>Grey.</summary>
    public string Weak(string text) => In("90", text);

    string In(string code, string text) => _on && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
