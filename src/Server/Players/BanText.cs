using System.Globalization;
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
        AddressRange? address = null;
        if (table.GetString("address", problems) is { } written)
        {
            if (AddressRange.TryParse(written, out AddressRange range)) address = range;
            else problems.Add(new TomlError(table.PositionOf("address"), $"address = \"{written}\": write an address or a range like 203.0.113.0/24"));
        }
        if (uid is null && address is null)
        {
            problems.Add(new TomlError(table.Position, "a ban needs a uid or an address"));
            return null;
        }
        string id = table.GetString("id", problems) ?? $"b-line{table.Position.Line}";
        return new Ban(id, uid, address, table.GetString("name", problems) ?? "", table.GetString("reason", problems) ?? "no reason given",
            table.GetString("by", problems) ?? "operator", Time(table, "created", problems) ?? DateTimeOffset.UnixEpoch, Time(table, "expires", problems));
    }

    /// <summary>The whole file.</summary>
    public static string Write(IEnumerable<Ban> bans)
    {
        var text = new StringBuilder("# Who may not join. Written by the server; edit it while the server is stopped.\n");
        foreach (Ban ban in bans)
        {
            text.Append("\n[[ban]]\n");
            Line(text, "id", ban.Id);
            if (ban.Uid is { } uid) Line(text, "uid", uid);
            if (ban.Address is { } address) Line(text, "address", address.ToString());
            if (ban.Name.Length > 0) Line(text, "name", ban.Name);
            Line(text, "reason", ban.Reason);
            Line(text, "by", ban.By);
            text.Append("created = ").Append(Stamp(ban.Created)).Append('\n');
            if (ban.Expires is { } end) text.Append("expires = ").Append(Stamp(end)).Append('\n');
        }
        return text.ToString();
    }

    static DateTimeOffset? Time(TomlTable table, string key, ICollection<TomlError> problems)
    {
        if (!table.TryGet(key, out TomlValue? value)) return null;
        if (value is TomlDateTime { Date: { } date, Time: { } time } moment) return new DateTimeOffset(date.ToDateTime(time), moment.Offset ?? TimeSpan.Zero);
        problems.Add(new TomlError(value.Position, $"{key}: write a date and time like 2027-01-31T12:00:00Z"));
        return null;
    }

    static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static void Line(StringBuilder text, string key, string value) => text.Append(key).Append(" = ").Append(TomlText.Quote(value)).Append('\n');
}
