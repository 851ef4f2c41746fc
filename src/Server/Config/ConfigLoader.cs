using GameServer.Toml;

namespace GameServer.Server.Config;

/// <summary>The outcome of loading: the settings as far as they are right, every problem, and where each value came from.</summary>
/// <param name="Config">Complete; a setting with a problem has its default.</param>
/// <param name="Problems">In the order met; the server starts only without errors among them.</param>
/// <param name="Origins">Full key to origin, for every setting that is not at its default.</param>
/// <param name="File">Path of the settings file, present or not.</param>
/// <param name="BaseFolder">Folder that relative paths in the settings start from.</param>
sealed record LoadedConfig(
    ServerConfig Config,
    IReadOnlyList<ConfigProblem> Problems,
    IReadOnlyDictionary<string, string> Origins,
    string File,
    string BaseFolder)
{
    /// <summary>Reads the same layers again.</summary>
    public Func<LoadedConfig>? Again { get; init; }

    /// <summary>True when the server must not start.</summary>
    public bool HasErrors => Problems.Any(p => !p.IsWarning);

    /// <summary>Makes a path of a setting absolute.</summary>
    /// <param name="path">Absolute, or relative to <see cref="BaseFolder"/>.</param>
    public string Resolve(string path) => Path.GetFullPath(path, BaseFolder);
}

/// <summary>
/// Reads the settings in layers, later ones winning: defaults, the file, environment variables <c>GAMESERVER_…</c>, <c>--set key=value</c>.
/// Never stops at the first mistake.
/// </summary>
static class ConfigLoader
{
    /// <summary>Beginning of the environment variables that are settings.</summary>
    public const string EnvironmentPrefix = "GAMESERVER_";

    /// <summary>File that is read when none is named; it may be absent.</summary>
    public const string DefaultFile = "server.toml";

    static IEnumerable<string> EnvironmentNames => SettingCatalog.All.Select(s => s.EnvironmentName);

    /// <summary>Loads all layers.</summary>
    /// <param name="file">Path given with <c>--config</c>; null takes <see cref="DefaultFile"/> of the working folder, if present.</param>
    /// <param name="environment">Environment variables; names with another prefix are ignored.</param>
    /// <param name="assignments">Texts of <c>--set</c>, each <c>key=value</c>.</param>
    public static LoadedConfig Load(string? file, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> assignments)
    {
        string path = file ?? DefaultFile;
        ConfigBuilder builder = new();
        if (File.Exists(path))
            ReadFile(builder, path);
        else if (file is not null)
            builder.AddProblem(path, null, "there is no such file");
        else
            builder.AddProblem(path, null, "not found in the working folder; all settings are at their defaults", isWarning: true);
        ReadEnvironment(builder, environment);
        foreach (string assignment in assignments)
            ReadAssignment(builder, assignment);
        ServerConfig config = builder.Build();
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        ConfigValidator.Check(config, builder, folder);
        return new LoadedConfig(config, builder.Problems, builder.Origins, path, folder) { Again = () => Load(file, environment, assignments) };
    }

    static void ReadFile(ConfigBuilder builder, string path)
    {
        TomlDocument document;
        try
        {
            document = TomlReader.Read(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            builder.AddProblem(path, null, e.Message);
            return;
        }
        foreach (TomlError error in document.Errors)
            builder.AddProblem(path, error.Position, error.Message);
        builder.ReadTable(document.Root, path);
    }

    // Orchestrators put variables of their own under the same prefix (a service named gameserver), so unknown ones only warn.
    static void ReadEnvironment(ConfigBuilder builder, IReadOnlyDictionary<string, string> environment)
    {
        foreach ((string name, string value) in environment.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
                continue;
            Setting? setting = SettingCatalog.All.FirstOrDefault(s => s.EnvironmentName == name);
            if (setting is not null)
                builder.Assign(setting.FullKey, value, $"environment {name}");
            else
                builder.AddProblem($"environment {name}", null, "names no setting" + Suggestion.For(name, EnvironmentNames), isWarning: true);
        }
    }

    static void ReadAssignment(ConfigBuilder builder, string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            builder.AddProblem("--set", null, $"'{assignment}' is not of the form key=value, like net.port=27020");
        else
            builder.Assign(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim(), "--set");
    }
}
