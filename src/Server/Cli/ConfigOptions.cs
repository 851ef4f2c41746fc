using System.Collections;
using System.CommandLine;
using GameServer.Server.Config;

namespace GameServer.Server.Cli;

/// <summary>The options <c>--config</c> and <c>--set</c>, which several verbs share.</summary>
sealed class ConfigOptions
{
    readonly Option<string?> _file = new("--config", "-c")
    {
        Description = "Settings file. Default: server.toml in the working folder, if present.",
        HelpName = "FILE",
    };

    readonly Option<string[]> _assignments = new("--set", "-s")
    {
        Description = "One setting, like net.port=27020; wins over the file and the environment. May be repeated.",
        HelpName = "KEY=VALUE",
    };

    /// <summary>Offers the options at a command.</summary>
    public ConfigOptions(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_assignments);
    }

    /// <summary>Loads the settings that the command line asks for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="also">Further assignments, which win.</param>
    public LoadedConfig Load(ParseResult parsed, params string[] also) =>
        ConfigLoader.Load(parsed.GetValue(_file), ReadEnvironment(), [.. parsed.GetValue(_assignments) ?? [], .. also]);

    /// <summary>The same choice again as arguments, for a command line inside a command line.</summary>
    public string[] ToArguments(ParseResult parsed) =>
        [.. parsed.GetValue(_file) is { } file ? ["--config", file] : Array.Empty<string>(), .. (parsed.GetValue(_assignments) ?? []).SelectMany(one => new[] { "--set", one })];

    static Dictionary<string, string> ReadEnvironment()
    {
        Dictionary<string, string> variables = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }
}
