using System.Globalization;
using System.Text;
using GameServer.Toml;

namespace GameServer.Server.Players;

/// <summary>What the lists of players in <c>config/</c> have in common: how they are written, and how a moment looks in them.</summary>
static class PlayerFile
{
    /// <summary>Replaces a file: written beside, flushed to the disk, renamed.</summary>
    /// <exception cref="IOException">It cannot be written; the old file is as it was.</exception>
    public static void Write(string file, StringBuilder text)
    {
        string beside = file + ".new";
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, file, overwrite: true);
    }

    /// <summary>Reads a moment; null when there is none or it cannot be read.</summary>
    public static DateTimeOffset? Time(TomlTable table, string key, ICollection<TomlError> problems)
    {
        if (!table.TryGet(key, out TomlValue? value)) return null;
        if (value is TomlDateTime { Date: { } date, Time: { } time } moment) return new DateTimeOffset(date.ToDateTime(time), moment.Offset ?? TimeSpan.Zero);
        problems.Add(new TomlError(value.Position, $"{key}: write a date and time like 2027-01-31T12:00:00Z"));
        return null;
    }

    /// <summary>Reads an address or a range; null when there is none or it cannot be read.</summary>
    public static AddressRange? Address(TomlTable table, string key, ICollection<TomlError> problems)
    {
        if (table.GetString(key, problems) is not { } written) return null;
        if (AddressRange.TryParse(written, out AddressRange range)) return range;
        problems.Add(new TomlError(table.PositionOf(key), $"{key} = \"{written}\": write an address or a range like 203.0.113.0/24"));
        return null;
    }

    /// <summary>Appends <c>key = "value"</c>.</summary>
    public static void Line(StringBuilder text, string key, string value) => text.Append(key).Append(" = ").Append(TomlText.Quote(value)).Append('\n');

    /// <summary>Appends <c>key = moment</c>.</summary>
    public static void Line(StringBuilder text, string key, DateTimeOffset value) =>
        text.Append(key).Append(" = ").Append(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)).Append('\n');
}
