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

    /// <summary>Players at the same time.</summary>
    public int PlayersMax { get; init; } = 64;

    /// <summary>Players from one address.</summary>
    public int PlayersPerAddressMax { get; init; } = 16;
}

/// <summary>
/// The server's own checks of somebody who wants in, in this order: readable, key, version, ticket, name, ban, room. The mods are asked
/// afterwards, by <see cref="PlayerSessions"/>. Nothing is reserved here.
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

    /// <summary>Makes the gate.</summary>
    /// <param name="rules">Limits and key.</param>
    /// <param name="registry">Who is here.</param>
    /// <param name="bans">Who may not come; null for nobody.</param>
    /// <param name="tickets">Checks identities; null when none are asked for.</param>
    public JoinGate(JoinRules rules, PlayerRegistry registry, BanList? bans = null, TicketVerifier? tickets = null)
    {
        _rules = rules;
        _registry = registry;
        _bans = bans;
        _tickets = tickets;
    }

    /// <summary>Checks a request.</summary>
    /// <returns>The admission, or null with the code and a text for the player.</returns>
    public Admission? Check(ReadOnlySpan<byte> data, IPAddress address, out LeaveCode code, out string text)
    {
        if (!ConnectData.TryRead(data, out ConnectData sent))
            return Refuse(LeaveCode.BadRequest, "the connect data could not be read; see docs/protocol.md", out code, out text);
        if (!SameKey(sent.Key))
            return Refuse(LeaveCode.WrongKey, "wrong key", out code, out text);
        if (sent.Protocol != PlayerProtocol.Version)
            return Refuse(LeaveCode.WrongProtocol, $"this server speaks protocol {PlayerProtocol.Version}, your client {sent.Protocol}", out code, out text);
        Ticket? ticket = null;
        if (_tickets is not null && (ticket = CheckTicket(sent.Ticket, out string refusal)) is null)
            return Refuse(LeaveCode.Refused, refusal, out code, out text);

        int id = _registry.NextId();
        string name = ticket is { Name.Length: > 0 } ? ticket.Name : sent.Name ?? $"player-{id}";
        if (NameRules.Problem(name) is { } problem)
            return Refuse(LeaveCode.BadName, problem, out code, out text);
        string folded = NameRules.Fold(name);
        string uid = ticket?.Uid ?? GuestPrefix + folded;
        if (_bans?.Find(uid, address) is { } ban)
            return Refuse(LeaveCode.Banned, ban.Text, out code, out text);
        if (_registry.IsNameTaken(folded))
            return Refuse(LeaveCode.NameTaken, $"a player whose name looks like '{name}' is online", out code, out text);
        if (_registry.Places >= _rules.PlayersMax)
            return Refuse(LeaveCode.Full, $"the server is full ({_rules.PlayersMax} players)", out code, out text);
        if (!IPAddress.IsLoopback(address) && _registry.CountFrom(address) >= _rules.PlayersPerAddressMax)
            return Refuse(LeaveCode.Full, "too many players from your address", out code, out text);

        if (ticket is not null)
            _tickets!.Spend(ticket);
        code = LeaveCode.None;
        text = "";
        return new Admission(id, uid, name, folded, LanguageTag(sent.Language), ticket is null ? PlayerTrust.Guest : PlayerTrust.Verified, address);
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
