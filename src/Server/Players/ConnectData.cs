using GameServer.Net.Payloads;

namespace GameServer.Server.Players;

/// <summary>What a client sends with its connect request (docs/protocol.md, section 1).</summary>
/// <param name="Key">The server's key.</param>
/// <param name="Protocol">Protocol version.</param>
/// <param name="Name">Name asked for; null when only the key was sent.</param>
/// <param name="Language">Language tag; may be empty.</param>
/// <param name="Ticket">Signed identity; may be empty.</param>
sealed record ConnectData(string Key, ushort Protocol, string? Name, string Language, byte[] Ticket)
{
    /// <summary>Token of a session to go on with; empty for a new one.</summary>
    public byte[] Session { get; init; } = [];

    /// <summary>A value for the mods that decide, as the client encoded it; empty for none.</summary>
    public byte[] Data { get; init; } = [];

    const int KeyBytesMax = 512;
    const int NameBytesMax = 256;
    const int LanguageBytesMax = 35;
    const int DataBytesMax = 1024;

    /// <summary>Reads the data; false when it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ConnectData data)
    {
        data = new ConnectData("", PlayerProtocol.Version, null, "", []);
        PayloadReader reader = new(bytes);
        if (!reader.TryReadString(out string key, KeyBytesMax))
            return false;
        data = data with { Key = key };
        if (reader.IsAtEnd)
            return true;
        if (!reader.TryReadUInt16(out ushort protocol))
            return false;
        data = data with { Protocol = protocol };
        // Other versions may go on differently; all that is asked of them is the version.
        if (protocol != PlayerProtocol.Version)
            return true;
        if (!reader.TryReadString(out string name, NameBytesMax)
            || !reader.TryReadString(out string language, LanguageBytesMax)
            || !reader.TryReadBytesWithLength(out ReadOnlySpan<byte> ticket)
            || ticket.Length > Players.Ticket.BytesMax)
        {
            return false;
        }
        // Anything else behind that belongs to a later version.
        byte[] session = reader.TryReadBytesWithLength(out ReadOnlySpan<byte> token) && token.Length == SessionToken.Bytes ? token.ToArray() : [];
        byte[] forMods = reader.TryReadBytesWithLength(out ReadOnlySpan<byte> sent) && sent.Length <= DataBytesMax ? sent.ToArray() : [];
        data = data with { Name = name, Language = language, Ticket = ticket.ToArray(), Session = session, Data = forMods };
        return true;
    }

    /// <summary>Writes the data, as clients do.</summary>
    public void Write(PayloadWriter writer)
    {
        writer.Clear().WriteString(Key).WriteUInt16(Protocol).WriteString(Name).WriteString(Language).WriteBytesWithLength(Ticket);
        if (Session.Length > 0 || Data.Length > 0)
            writer.WriteBytesWithLength(Session);
        if (Data.Length > 0)
            writer.WriteBytesWithLength(Data);
    }
}
