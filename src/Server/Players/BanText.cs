using System.Text;
using GameServer.Toml;

namespace GameServer.Server.Players;

/// <summary>How bans look in bans.toml.</summary>
static class BanText
{
    static readonly string[] Keys = ["id", "uid", "address", "name", "reason", "by", "created", "expires"];

    /// <summary>Reads one <c>[[ban]]</c>; null when it cannot be used.</summary>
    public static Ban? Read(TomlTable table, ICollection<TomlError> problems)
    {
        table.ReportUnknownKeys(Keys, problems);
        string? uid = table.GetString("uid", problems);
        AddressRange? address = PlayerFile.Address(table, "address", problems);
        if (uid is null && address is null)
        {
            problems.Add(new TomlError(table.Position, "a ban needs a uid or an address"));
            return null;
        }
        string id = table.GetString("id", problems) ?? $"b-line{table.Position.Line}";
        return new Ban(id, uid, address, table.GetString("name", problems) ?? "", table.GetString("reason", problems) ?? "no reason given",
            table.GetString("by", problems) ?? "operator", PlayerFile.Time(table, "created", problems) ?? DateTimeOffset.UnixEpoch, PlayerFile.Time(table, "expires", problems));
    }

    /// <summary>The whole file.</summary>
    public static StringBuilder Write(IEnumerable<Ban> bans)
    {
        var text = new StringBuilder("# Who may not join. Written by the server; edit it while the server is stopped.\n");
        foreach (Ban ban in bans)
        {
            text.Append("\n[[ban]]\n");
            PlayerFile.Line(text, "id", ban.Id);
            if (ban.Uid is { } uid) PlayerFile.Line(text, "uid", uid);
            if (ban.Address is { } address) PlayerFile.Line(text, "address", address.ToString());
            if (ban.Name.Length > 0) PlayerFile.Line(text, "name", ban.Name);
            PlayerFile.Line(text, "reason", ban.Reason);
            PlayerFile.Line(text, "by", ban.By);
            PlayerFile.Line(text, "created", ban.Created);
            if (ban.Expires is { } end) PlayerFile.Line(text, "expires", end);
        }
        return text;
    }
}
