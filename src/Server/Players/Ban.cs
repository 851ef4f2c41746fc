namespace GameServer.Server.Players;

/// <summary>One ban: by identity, by address, or both.</summary>
/// <param name="Id">Name of the ban for operators, <c>b-17</c>.</param>
/// <param name="Uid">Identity that may not join; null when only the address counts.</param>
/// <param name="Address">Addresses that may not join; null when only the identity counts.</param>
/// <param name="Name">Name of the player when the ban was made, for reading; may be empty.</param>
/// <param name="Reason">Shown to the player.</param>
/// <param name="By">Who banned: an operator or a mod.</param>
/// <param name="Created">When.</param>
/// <param name="Expires">End; null = for good.</param>
sealed record Ban(string Id, string? Uid, AddressRange? Address, string Name, string Reason, string By, DateTimeOffset Created, DateTimeOffset? Expires)
{
    /// <summary>Whether the ban is still in force.</summary>
    public bool IsActive(DateTimeOffset now) => Expires is not { } end || now < end;

    /// <summary>What the player is told.</summary>
    public string Text => Expires is { } end
        ? $"banned until {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {Reason} ({Id})"
        : $"banned: {Reason} ({Id})";
}
