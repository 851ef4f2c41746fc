namespace GameServer.Server.Players;

/// <summary>Decides whether the ticket a player brings is good: signed, for this server, in time, not used before. Tick thread.</summary>
/// <param name="key">Key shared with the issuer; at least 32 bytes.</param>
/// <param name="audience">This server's name to issuers; tickets for somebody else are refused.</param>
/// <param name="time">Clock for expiry.</param>
sealed class TicketVerifier(byte[] key, string audience, TimeProvider time)
{
    /// <summary>Clocks of issuer and server may differ by this much.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
    /// <summary>Longest life of a ticket that is accepted: used ones must be remembered that long.</summary>
    public static readonly TimeSpan LifeMax = TimeSpan.FromHours(24);
    /// <summary>Used tickets remembered at most; beyond it new ones are refused until some expire.</summary>
    public const int UsedMax = 200_000;

    /// <summary>Tickets seen, until they expire, and whether they are spent.</summary>
    readonly Dictionary<UInt128, bool> _used = [];
    readonly PriorityQueue<UInt128, DateTimeOffset> _expiry = new();

    /// <summary>Used tickets remembered now.</summary>
    public int UsedCount => _used.Count;

    /// <summary>Checks a ticket and remembers it as used when it is good.</summary>
    /// <inheritdoc cref="Check"/>
    public (Ticket? Ticket, string? Refusal) Admit(ReadOnlySpan<byte> bytes)
    {
        (Ticket? ticket, string? refusal) = Check(bytes);
        if (ticket is not null) Spend(ticket);
        return (ticket, refusal);
    }

    /// <summary>Remembers a checked ticket as used: from now on nobody else comes in with it.</summary>
    public void Spend(Ticket ticket)
    {
        if (_used.TryAdd(ticket.Nonce, true)) _expiry.Enqueue(ticket.Nonce, ticket.ExpiresAt + Skew);
        else _used[ticket.Nonce] = true;
    }

    /// <summary>Takes that back: the join came to nothing, whoever refused it, so the player may try again with the same ticket.</summary>
    public void Return(Ticket ticket)
    {
        if (_used.ContainsKey(ticket.Nonce)) _used[ticket.Nonce] = false;
    }

    /// <summary>Checks a ticket.</summary>
    /// <returns>The ticket and null, or null and what is wrong with it, as told to the player.</returns>
    public (Ticket? Ticket, string? Refusal) Check(ReadOnlySpan<byte> bytes)
    {
        DateTimeOffset now = time.GetUtcNow();
        while (_expiry.TryPeek(out UInt128 old, out DateTimeOffset end) && end <= now)
        {
            _expiry.Dequeue();
            _used.Remove(old);
        }
        if (bytes.IsEmpty) return (null, "this server needs a ticket");
        if (Ticket.TryRead(bytes, key) is not { } ticket) return (null, "the ticket is not valid");
        if (ticket.Audience.Length > 0 && ticket.Audience != audience) return (null, "the ticket is for another server");
        if (ticket.IssuedAt > now + Skew) return (null, "the ticket is not valid yet");
        if (ticket.ExpiresAt + Skew <= now) return (null, "the ticket has expired");
        if (ticket.ExpiresAt - now > LifeMax) return (null, "the ticket lives too long");
        bool isKnown = _used.TryGetValue(ticket.Nonce, out bool isSpent);
        if (isSpent) return (null, "the ticket was used before");
        return !isKnown && _used.Count >= UsedMax ? (null, "too many tickets at the moment") : (ticket, null);
    }
}
