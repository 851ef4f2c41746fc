using System.Text;

namespace GameServer.Server.Config;

/// <summary>The settings as text: the default server.toml and the reference page. Tests keep both files equal to this.</summary>
static class ConfigText
{
    const int LineWidth = 120;

    /// <summary>A server.toml with every key at its default and a comment.</summary>
    public static string ServerToml()
    {
        StringBuilder text = new();
        text.Append("# Settings of the game server, every key at its default. Leave out what you do not change.\n");
        text.Append("# Environment variables (GAMESERVER_NET_PORT=27020) and --set net.port=27020 win over this file.\n");
        foreach ((string name, string doc, _) in SettingCatalog.Sections)
        {
            text.Append('\n');
            AppendComment(text, doc);
            text.Append($"[{name}]\n");
            foreach (Setting setting in SettingCatalog.All.Where(s => s.Section == name))
            {
                AppendComment(text, $"{setting.About.Doc} {Sentence(setting.Allowed)}");
                text.Append($"{setting.Key} = {Setting.ToToml(setting.Default)}\n");
            }
        }
        return text.ToString();
    }

    /// <summary>docs/reference/config.md.</summary>
    public static string Reference()
    {
        StringBuilder text = new();
        text.Append("# Settings\n\nGenerated from `src/Server/Config/ServerConfig.cs` and `src/Scripting/LimitCatalog.cs`.\n");
        text.Append("Layers, later ones winning: these defaults, `server.toml`, the environment (`GAMESERVER_NET_PORT`), `--set net.port=27020`.\n");
        foreach ((string name, string doc, _) in SettingCatalog.Sections)
        {
            text.Append($"\n## [{name}]\n\n{doc}\n\n| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n");
            foreach (Setting setting in SettingCatalog.All.Where(s => s.Section == name))
                text.Append($"| `{setting.Key}` | `{Setting.ToToml(setting.Default)}` | {setting.Allowed} | {setting.About.Doc} |\n");
        }
        text.Append("\n## [mods.&lt;id&gt;]\n\nSettles things for one mod.\n\n| Key | Meaning |\n|---|---|\n");
        text.Append("| `grant` | list of permissions the mod gets although its trust level does not have them |\n");
        text.Append("| `deny` | list of permissions taken from it |\n");
        text.Append("| `limits.<key>` | any key of `[limits.user]`, for this mod alone |\n");
        text.Append("| `config.<key>` | a value of the mod's own configuration |\n");
        return text.ToString();
    }

    static string Sentence(string allowed) => char.ToUpperInvariant(allowed[0]) + allowed[1..] + ".";

    static void AppendComment(StringBuilder text, string comment)
    {
        StringBuilder line = new("#");
        foreach (string word in comment.Split(' '))
        {
            if (line.Length + 1 + word.Length > LineWidth)
            {
                text.Append(line).Append('\n');
                line.Clear().Append('#');
            }
            line.Append(' ').Append(word);
        }
        text.Append(line).Append('\n');
    }
}
