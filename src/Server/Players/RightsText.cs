using System.Text;
using GameServer.Toml;

namespace GameServer.Server.Players;

/// <summary>How players' rights look in permissions.toml.</summary>
static class RightsText
{
    /// <summary>Reads the file's content.</summary>
    /// <param name="root">The file.</param>
    /// <param name="problems">Every mistake with its place; what could be read counts all the same.</param>
    public static (List<RightGroup> Groups, List<RightHolder> Players) Read(TomlTable root, ICollection<TomlError> problems)
    {
        root.ReportUnknownKeys(["groups", "players"], problems);
        List<RightGroup> groups = [];
        List<RightHolder> players = [];
        if (root.GetTable("groups", problems) is { } all)
        {
            foreach (TomlEntry entry in all.Entries)
            {
                if (all.GetTable(entry.Key, problems) is not { } table) continue;
                table.ReportUnknownKeys(["inherits", "rights"], problems);
                if (PlayerRights.GroupProblem(entry.Key) is { } wrong)
                {
                    problems.Add(new TomlError(entry.KeyPosition, wrong));
                    continue;
                }
                RightGroup group = new(entry.Key);
                group.Inherits.AddRange(table.GetStrings("inherits", problems) ?? []);
                ReadRules(table, group.Rules, problems);
                groups.Add(group);
            }
        }
        if (root.GetTable("players", problems) is { } holders)
        {
            foreach (TomlEntry entry in holders.Entries)
            {
                if (holders.GetTable(entry.Key, problems) is not { } table) continue;
                table.ReportUnknownKeys(["name", "groups", "rights"], problems);
                RightHolder holder = new(entry.Key) { Name = table.GetString("name", problems) ?? "" };
                holder.Groups.AddRange(table.GetStrings("groups", problems) ?? []);
                ReadRules(table, holder.Rules, problems);
                players.Add(holder);
            }
        }
        foreach ((List<string> named, string where, string key) in groups.Select(g => (g.Inherits, $"groups.{g.Name}", "inherits"))
            .Concat(players.Select(p => (p.Groups, $"players.\"{p.Uid}\"", "groups"))))
        {
            foreach (string unknown in named.Where(name => groups.TrueForAll(group => group.Name != name)).ToArray())
            {
                problems.Add(new TomlError(root.Position, $"{where}: {key} names the group '{unknown}', which there is not"));
                named.Remove(unknown);
            }
        }
        return (groups, players);
    }

    /// <summary>The whole file.</summary>
    public static StringBuilder Write(IEnumerable<RightGroup> groups, IEnumerable<RightHolder> players)
    {
        StringBuilder text = new("""
            # Rights of players, for commands and mods. Written by the server (`gameserver perms …`); after editing it by hand run `gameserver perms reload`.
            # A rule is a right (kits.use), all below a name (kits.*, *), or one of these with - in front, which refuses. A player's own rules come first,
            # then its groups in their order, each followed by what it inherits, then the group default, which everybody is in.

            """);
        foreach (RightGroup group in groups)
        {
            text.Append($"\n[groups.{group.Name}]\n");
            if (group.Inherits.Count > 0) Line(text, "inherits", group.Inherits);
            Line(text, "rights", group.Rules.Written);
        }
        foreach (RightHolder player in players)
        {
            text.Append($"\n[players.{TomlText.Quote(player.Uid)}]\n");
            if (player.Name.Length > 0) text.Append("name = ").Append(TomlText.Quote(player.Name)).Append('\n');
            Line(text, "groups", player.Groups);
            Line(text, "rights", player.Rules.Written);
        }
        return text;
    }

    static void ReadRules(TomlTable table, RightRules rules, ICollection<TomlError> problems)
    {
        foreach (string written in table.GetStrings("rights", problems) ?? [])
        {
            string name = written.TrimStart('-');
            if (RightRules.Problem(name) is { } wrong) problems.Add(new TomlError(table.PositionOf("rights"), wrong));
            else rules.Set(name, !written.StartsWith('-'));
        }
    }

    static void Line(StringBuilder text, string key, IEnumerable<string> values) =>
        text.Append($"{key} = [{string.Join(", ", values.Select(TomlText.Quote))}]\n");
}
