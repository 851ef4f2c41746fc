using System.Net;
using GameServer.Toml;

namespace GameServer.Server.Players;

/// <summary>Everybody who may not join, kept in <c>config/bans.toml</c> across restarts. Every change is on disk before the call returns: written beside,
/// flushed, renamed. Operators may edit the file while the server is stopped. Tick thread.</summary>
sealed class BanList
{
    /// <summary>Bans kept at most; the oldest expired ones go first, then adding is refused.</summary>
    public const int BansMax = 100_000;
    /// <summary>Longest reason in characters; longer ones are cut.</summary>
    public const int ReasonLengthMax = 200;

    readonly string _file;
    readonly TimeProvider _time;
    readonly Dictionary<string, Ban> _byId = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<Ban>> _byUid = new(StringComparer.Ordinal);
    readonly List<Ban> _byAddress = [];
    int _lastNumber;

    BanList(string file, TimeProvider time)
    {
        _file = file;
        _time = time;
    }

    /// <summary>Bans in force or not yet swept.</summary>
    public IReadOnlyCollection<Ban> All => _byId.Values;

    /// <summary>Reads the file; a missing one is an empty list.</summary>
    /// <param name="file">Path of bans.toml.</param>
    /// <param name="time">Clock for expiry.</param>
    /// <param name="problems">Every mistake in the file with its place. Bans that could be read are in force all the same.</param>
    public static BanList Load(string file, TimeProvider time, ICollection<TomlError> problems)
    {
        var list = new BanList(file, time);
        if (!File.Exists(file)) return list;
        TomlDocument document = TomlReader.Read(File.ReadAllBytes(file));
        foreach (TomlError error in document.Errors) problems.Add(error);
        TomlTable root = document.Root;
        root.ReportUnknownKeys(["ban"], problems);
        foreach (TomlValue item in root.GetArray("ban", problems)?.Items ?? [])
        {
            if (item is not TomlTable table) problems.Add(new TomlError(item.Position, "a ban is a table: [[ban]]"));
            else if (BanText.Read(table, problems) is { } ban) list.Insert(ban);
        }
        return list;
    }

    /// <summary>The ban that keeps this candidate out, null when none does.</summary>
    public Ban? Find(string uid, IPAddress address)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (_byUid.TryGetValue(uid, out List<Ban>? bans))
        {
            foreach (Ban ban in bans)
                if (ban.IsActive(now)) return ban;
        }
        foreach (Ban ban in _byAddress)
            if (ban.Address!.Value.Contains(address) && ban.IsActive(now)) return ban;
        return null;
    }

    /// <summary>Adds a ban and writes the file.</summary>
    /// <param name="uid">Identity, or null.</param>
    /// <param name="address">Addresses, or null; one of the two must be given.</param>
    /// <param name="name">Player's name, for reading.</param>
    /// <param name="reason">Shown to the player.</param>
    /// <param name="by">Who bans.</param>
    /// <param name="duration">How long; null = for good.</param>
    /// <returns>The ban; null when the list is full.</returns>
    /// <exception cref="IOException">The file cannot be written; the ban is in force until the server stops.</exception>
    public Ban? Add(string? uid, AddressRange? address, string name, string reason, string by, TimeSpan? duration)
    {
        if (uid is null && address is null) throw new ArgumentException("a ban needs an identity or an address");
        Sweep();
        if (_byId.Count >= BansMax) return null;
        DateTimeOffset now = _time.GetUtcNow();
        if (reason.Length > ReasonLengthMax) reason = reason[..ReasonLengthMax];
        var ban = new Ban($"b-{_lastNumber + 1}", uid, address, name, reason, by, now, duration is { } time ? now + time : null);
        Insert(ban);
        Save();
        return ban;
    }

    /// <summary>Lifts every ban that matches: the ban's id, an identity, or an address range as written.</summary>
    /// <returns>How many were lifted.</returns>
    public int Remove(string idOrUidOrAddress)
    {
        Ban[] found = [.. _byId.Values.Where(ban => ban.Id == idOrUidOrAddress || ban.Uid == idOrUidOrAddress || ban.Address?.ToString() == idOrUidOrAddress)];
        foreach (Ban ban in found) Forget(ban);
        if (found.Length > 0) Save();
        return found.Length;
    }

    void Insert(Ban ban)
    {
        if (!_byId.TryAdd(ban.Id, ban)) return;
        if (int.TryParse(ban.Id.AsSpan(ban.Id.IndexOf('-') + 1), out int number)) _lastNumber = Math.Max(_lastNumber, number);
        if (ban.Uid is { } uid)
        {
            if (!_byUid.TryGetValue(uid, out List<Ban>? bans)) _byUid[uid] = bans = [];
            bans.Add(ban);
        }
        if (ban.Address is not null) _byAddress.Add(ban);
    }

    void Forget(Ban ban)
    {
        _byId.Remove(ban.Id);
        _byAddress.Remove(ban);
        if (ban.Uid is { } uid && _byUid.TryGetValue(uid, out List<Ban>? bans))
        {
            bans.Remove(ban);
            if (bans.Count == 0) _byUid.Remove(uid);
        }
    }

    void Sweep()
    {
        DateTimeOffset now = _time.GetUtcNow();
        foreach (Ban ban in (Ban[])[.. _byId.Values.Where(ban => !ban.IsActive(now))]) Forget(ban);
    }

    void Save() => PlayerFile.Write(_file, BanText.Write(_byId.Values));
}
