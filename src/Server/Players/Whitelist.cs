using System.Globalization;
using System.Net;
using System.Text;
using GameServer.Toml;

namespace GameServer.Server.Players;

/// <summary>One entry of the whitelist: an identity or an address range.</summary>
/// <param name="Uid">Identity that may join; null when the address counts.</param>
/// <param name="Address">Addresses that may join; null when the identity counts.</param>
/// <param name="Note">For reading: the player's name when it was added; may be empty.</param>
/// <param name="By">Who added it.</param>
/// <param name="Added">When.</param>
sealed record WhitelistEntry(string? Uid, AddressRange? Address, string Note, string By, DateTimeOffset Added)
{
    /// <summary>What the entry admits, as written.</summary>
    public string Who => Uid ?? Address!.Value.ToString();
}

/// <summary>
/// Who may join when nobody else may, kept in <c>config/whitelist.toml</c> across restarts, as is whether the list is in force. Every change is on disk before the
/// call returns. Operators may edit the file while the server is stopped. Tick thread.
/// </summary>
sealed class Whitelist
{
    /// <summary>Entries kept at most; beyond it adding is refused.</summary>
    public const int EntriesMax = 100_000;

    static readonly string[] Keys = ["uid", "address", "note", "by", "added"];

    readonly string _file;
    readonly TimeProvider _time;
    readonly Dictionary<string, WhitelistEntry> _byUid = new(StringComparer.Ordinal);
    readonly List<WhitelistEntry> _byAddress = [];

    Whitelist(string file, TimeProvider time)
    {
        _file = file;
        _time = time;
    }

    /// <summary>Whether only those on the list may join.</summary>
    public bool IsOn { get; private set; }

    /// <summary>All entries.</summary>
    public IEnumerable<WhitelistEntry> All => _byUid.Values.Concat(_byAddress);

    /// <summary>How many entries there are.</summary>
    public int Count => _byUid.Count + _byAddress.Count;

    /// <summary>Reads the file; a missing one is an empty list that is off.</summary>
    /// <param name="file">Path of whitelist.toml.</param>
    /// <param name="time">Clock.</param>
    /// <param name="problems">Every mistake in the file with its place. A file that cannot be read to the end is in force with what could be read, if it says so.</param>
    public static Whitelist Load(string file, TimeProvider time, ICollection<TomlError> problems)
    {
        var list = new Whitelist(file, time);
        if (!File.Exists(file)) return list;
        TomlDocument document = TomlReader.Read(File.ReadAllBytes(file));
        foreach (TomlError error in document.Errors) problems.Add(error);
        TomlTable root = document.Root;
        root.ReportUnknownKeys(["on", "player"], problems);
        // Whoever wrote nonsense here wanted a closed door, not an open one.
        list.IsOn = root.TryGet("on", out _) && (root.GetBoolean("on", problems) ?? true);
        foreach (TomlValue item in root.GetArray("player", problems)?.Items ?? [])
        {
            if (item is not TomlTable table) problems.Add(new TomlError(item.Position, "an entry is a table: [[player]]"));
            else if (Read(table, problems) is { } entry) list.Insert(entry);
        }
        return list;
    }

    /// <summary>Whether somebody may join as far as this list goes.</summary>
    public bool Admits(string uid, IPAddress address) =>
        !IsOn || _byUid.ContainsKey(uid) || _byAddress.Exists(entry => entry.Address!.Value.Contains(address));

    /// <summary>Puts the list in force or out of it. Nobody online is disconnected.</summary>
    /// <exception cref="IOException">The file cannot be written; the change holds until the server stops.</exception>
    public void Switch(bool on)
    {
        IsOn = on;
        Save();
    }

    /// <summary>Adds an entry and writes the file; one for the same identity or range is replaced.</summary>
    /// <returns>False when the list is full.</returns>
    /// <exception cref="IOException">The file cannot be written; the entry holds until the server stops.</exception>
    public bool Add(string? uid, AddressRange? address, string note, string by)
    {
        if (uid is null == address is null) throw new ArgumentException("an entry needs an identity or an address");
        if (Count >= EntriesMax) return false;
        Insert(new WhitelistEntry(uid, address, note, by, _time.GetUtcNow()));
        Save();
        return true;
    }

    /// <summary>Takes out the entry of an identity or an address range as written.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public bool Remove(string uidOrAddress)
    {
        if (!_byUid.Remove(uidOrAddress) && _byAddress.RemoveAll(entry => entry.Who == uidOrAddress) == 0) return false;
        Save();
        return true;
    }

    void Insert(WhitelistEntry entry)
    {
        if (entry.Uid is { } uid)
        {
            _byUid[uid] = entry;
            return;
        }
        _byAddress.RemoveAll(other => other.Address == entry.Address);
        _byAddress.Add(entry);
    }

    static WhitelistEntry? Read(TomlTable table, ICollection<TomlError> problems)
    {
        table.ReportUnknownKeys(Keys, problems);
        string? uid = table.GetString("uid", problems);
        AddressRange? address = PlayerFile.Address(table, "address", problems);
        if (uid is null == address is null)
        {
            problems.Add(new TomlError(table.Position, "an entry needs a uid or an address, not both"));
            return null;
        }
        return new WhitelistEntry(
            uid, address, table.GetString("note", problems) ?? "", table.GetString("by", problems) ?? "operator",
            PlayerFile.Time(table, "added", problems) ?? DateTimeOffset.UnixEpoch);
    }

    void Save()
    {
        var text = new StringBuilder("# Who may join while the list is on. Written by the server; edit it while the server is stopped.\n");
        text.Append(CultureInfo.InvariantCulture, $"on = {(IsOn ? "true" : "false")}\n");
        foreach (WhitelistEntry entry in All)
        {
            text.Append("\n[[player]]\n");
            PlayerFile.Line(text, entry.Uid is null ? "address" : "uid", entry.Who);
            if (entry.Note.Length > 0) PlayerFile.Line(text, "note", entry.Note);
            PlayerFile.Line(text, "by", entry.By);
            PlayerFile.Line(text, "added", entry.Added);
        }
        PlayerFile.Write(_file, text);
    }
}
