using System.Net;
using System.Security.Cryptography;
using System.Text;
using GameServer.Scripting.Ports;

namespace GameServer.Server.Players;

/// <summary>Rules of the door.</summary>
sealed record JoinRules
{
    /// <summary>What clients must send.</summary>
    public string Key { get; init; } = "";

    /// <summary>Whether the key is looked at.</summary>
    public bool AsksKey { get; init; } = true;

    /// <summary>Players at the same time.</summary>
    public int PlayersMax { get; init; } = 64;

    /// <summary>Players from one address.</summary>
    public int PlayersPerAddressMax { get; init; } = 16;
}

/// <summary>
/// The server's own checks of somebody who wants in, in this order: readable, key, version, session to go on with, ticket, name, ban, whitelist, name taken, room.
/// The mods are asked afterwards, by <see cref="PlayerSessions"/>. Nothing is reserved here, but a ticket is spent last of all.
/// </summary>
/// <remarks>Tick thread.</remarks>
sealed class JoinGate
{
    /// <summary>Identities that are nothing but a name begin with this.</summary>
    public const string GuestPrefix = "guest:";

    readonly JoinRules _rules;
    readonly PlayerRegistry _registry;
    readonly BanList? _bans;
    readonly TicketVerifier? _tickets;
    readonly Whitelist? _whitelist;

    /// <summary>Makes the gate.</summary>
    /// <param name="rules">Limits and key.</param>
    /// <param name="registry">Who is here.</param>
    /// <param name="bans">Who may not come; null for nobody.</param>
    /// <param name="tickets">Checks identities; null when none are asked for.</param>
    /// <param name="whitelist">Who alone may come while it is on; null for everybody.</param>
    public JoinGate(JoinRules rules, PlayerRegistry registry, BanList? bans = null, TicketVerifier? tickets = null, Whitelist? whitelist = null)
    {
        _whitelist = whitelist;
        _rules = rules;
        _registry = registry;
        _bans = bans;
        _tickets = tickets;
    }

    /// <summary>Whether nobody new comes in because the server is about to stop; sessions may still be resumed.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The identity of whoever comes with no more than a name: the same for names that look alike, so it cannot be taken from somebody online.</summary>
    public static string GuestUid(string name) => GuestPrefix + NameRules.Fold(name);

    /// <summary>Checks a request.</summary>
    /// <returns>The admission, or null with the code and a text for the player.</returns>
    public Admission? Check(ReadOnlySpan<byte> data, IPAddress address, out LeaveCode code, out string text)
    {
        if (!ConnectData.TryRead(data, out ConnectData sent))
            return Refuse(LeaveCode.BadRequest, "the connect data could not be read; see docs/protocol.md", out code, out text);
        if (_rules.AsksKey && !SameKey(sent.Key))
            return Refuse(LeaveCode.WrongKey, "wrong key", out code, out text);
        if (sent.Protocol != PlayerProtocol.Version)
            return Refuse(LeaveCode.WrongProtocol, $"this server speaks protocol {PlayerProtocol.Version}, your client {sent.Protocol}", out code, out text);
        if (Returning(sent.Session) is { } back)
            return Resume(back, null, address, out code, out text);
        Ticket? ticket = null;
        if (_tickets is not null && (ticket = CheckTicket(sent.Ticket, out string refusal)) is null)
            return Refuse(LeaveCode.Refused, refusal, out code, out text);
        if (ticket is not null && _registry.ByUid(ticket.Uid) is { Leaving: null } known)
            return Resume(known, ticket, address, out code, out text);
        if (IsClosed)
            return Refuse(LeaveCode.Stopping, "the server is about to stop", out code, out text);

        int id = _registry.NextId();
        string name = ticket is { Name.Length: > 0 } ? ticket.Name : sent.Name ?? $"player-{id}";
        if (NameRules.Problem(name) is { } problem)
            return Refuse(LeaveCode.BadName, problem, out code, out text);
        string folded = NameRules.Fold(name);
        string uid = ticket?.Uid ?? GuestUid(name);
        if (_bans?.Find(uid, address) is { } ban)
            return Refuse(LeaveCode.Banned, ban.Text, out code, out text);
        if (_whitelist?.Admits(uid, address) == false)
            return Refuse(LeaveCode.NotListed, "this server admits only players on its list", out code, out text);
        // Who has lost its connection and comes again from the same address without the token of its session takes its own name back.
        int own = _registry.HeldAs(folded, address) is null ? 0 : 1;
        if (_registry.CountNamed(folded) > own)
            return Refuse(LeaveCode.NameTaken, $"a player whose name looks like '{name}' is online", out code, out text);
        if (IsFull)
            return Refuse(LeaveCode.Full, FullText, out code, out text);
        if (!IPAddress.IsLoopback(address) && _registry.CountFrom(address) - _registry.HeldFrom(address) >= _rules.PlayersPerAddressMax)
            return Refuse(LeaveCode.Full, "too many players from your address", out code, out text);

        if (ticket is not null)
            _tickets!.Spend(ticket);
        code = LeaveCode.None;
        text = "";
        PlayerTrust trust = ticket is null ? PlayerTrust.Guest : PlayerTrust.Verified;
        return new Admission(id, uid, name, folded, LanguageTag(sent.Language), trust, address, ticket) { Data = sent.Data };
    }

    /// <summary>
    /// Whether every place is taken by somebody who is really there. Places that are only held give way, and those on the way in do not count: their addresses
    /// may be forged, and must not keep anybody out. Asked again when a newcomer arrives.
    /// </summary>
    public bool IsFull => _registry.All.Count - _registry.HeldCount >= _rules.PlayersMax;

    /// <summary>What is said to whoever finds no place.</summary>
    public string FullText => $"the server is full ({_rules.PlayersMax} players)";

    /// <summary>The join came to nothing: its ticket may be used again.</summary>
    public void Return(Admission admission)
    {
        if (admission.Ticket is { } ticket)
            _tickets?.Return(ticket);
    }

    /// <summary>The held place that has to go so that a newcomer who is really there keeps to the rules; null when it does.</summary>
    public Player? TooMany(Admission newcomer)
    {
        if (_registry.HeldAs(newcomer.FoldedName, newcomer.Address) is { } namesake)
            return namesake;
        if (_registry.All.Count > _rules.PlayersMax)
            return _registry.LongestHeld();
        return !IPAddress.IsLoopback(newcomer.Address) && _registry.CountFrom(newcomer.Address) > _rules.PlayersPerAddressMax
            ? _registry.LongestHeld(newcomer.Address)
            : null;
    }

    Player? Returning(byte[] token) =>
        _registry.ById(SessionToken.PlayerIdOf(token)) is { Leaving: null } player && SessionToken.Matches(token, player.SessionToken) ? player : null;

    Admission? Resume(Player player, Ticket? ticket, IPAddress address, out LeaveCode code, out string text)
    {
        if (_bans?.Find(player.Uid, address) is { } ban)
            return Refuse(LeaveCode.Banned, ban.Text, out code, out text);
        if (ticket is not null)
            _tickets!.Spend(ticket);
        code = LeaveCode.None;
        text = "";
        return new Admission(player.Id, player.Uid, player.Name, player.FoldedName, player.Language, player.Trust, address, ticket) { Resumes = player };
    }

    static Admission? Refuse(LeaveCode why, string words, out LeaveCode code, out string text)
    {
        code = why;
        text = words;
        return null;
    }

    // In constant time, so that the key cannot be found out letter by letter.
    bool SameKey(string key) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(key)), SHA256.HashData(Encoding.UTF8.GetBytes(_rules.Key)));

    Ticket? CheckTicket(byte[] bytes, out string refusal)
    {
        (Ticket? ticket, string? problem) = _tickets!.Check(bytes);
        refusal = problem ?? "";
        if (ticket is not null && ticket.Uid.StartsWith(GuestPrefix, StringComparison.Ordinal))
        {
            refusal = "the ticket names a guest";
            return null;
        }
        return ticket;
    }

    static string LanguageTag(string language) => language.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? language : "";
}
