using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GameServer.Server.Players;

// A ticket says who a player is. A web back end that knows the shared key issues it, the client carries it in its connect data, the
// server believes it. Layout, little endian (docs/protocol.md, "Tickets"):
//
//   offset  size  field
//   0       1     format, 1
//   1       8     issued at, seconds since 1970 (signed)
//   9       8     expires at, seconds since 1970 (signed)
//   17      16    nonce, random: a ticket admits once
//   33      1     length of audience, 0-64; then the audience, UTF-8: the name of the server or group of servers it is for
//   ..      1     length of uid, 1-64; then the uid, UTF-8
//   ..      1     length of name, 0-64; then the name, UTF-8: empty lets the player choose
//   ..      32    HMAC-SHA256 of everything before it, under the shared key

/// <summary>A verified statement of who a player is.</summary>
/// <param name="Uid">Identity.</param>
/// <param name="Name">Name the player must use; empty = any.</param>
/// <param name="Audience">Server or group of servers it is for; empty = any that knows the key.</param>
/// <param name="IssuedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on it admits nobody.</param>
/// <param name="Nonce">Makes the ticket unique.</param>
sealed record Ticket(string Uid, string Name, string Audience, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, UInt128 Nonce)
{
    const byte Format = 1;
    const int FixedBytes = 33;
    const int SignatureBytes = 32;
    const int TextBytesMax = 64;
    /// <summary>Longest ticket in bytes.</summary>
    public const int BytesMax = FixedBytes + 3 * (1 + TextBytesMax) + SignatureBytes;

    /// <summary>The signed bytes, as an issuer makes them.</summary>
    /// <exception cref="ArgumentException">A text is longer than 64 bytes of UTF-8, or the uid is empty.</exception>
    public byte[] Sign(ReadOnlySpan<byte> key)
    {
        var bytes = new byte[BytesMax];
        bytes[0] = Format;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), IssuedAt.ToUnixTimeSeconds());
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(9), ExpiresAt.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(17), Nonce);
        int at = FixedBytes;
        foreach (string text in (string[])[Audience, Uid, Name])
        {
            int count = Encoding.UTF8.GetByteCount(text);
            if (count > TextBytesMax || (count == 0 && ReferenceEquals(text, Uid))) throw new ArgumentException($"'{text}' has {count} bytes, 64 are allowed");
            bytes[at++] = (byte)count;
            at += Encoding.UTF8.GetBytes(text, bytes.AsSpan(at));
        }
        at += HMACSHA256.HashData(key, bytes.AsSpan(0, at), bytes.AsSpan(at));
        return bytes[..at];
    }

    /// <summary>Reads and checks the signature; time, audience and reuse are the verifier's business.</summary>
    /// <returns>Null when the bytes are no ticket signed with <paramref name="key"/>.</returns>
    public static Ticket? TryRead(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key)
    {
        if (bytes.Length is < FixedBytes + 4 + SignatureBytes or > BytesMax || bytes[0] != Format) return null;
        ReadOnlySpan<byte> body = bytes[..^SignatureBytes];
        Span<byte> expected = stackalloc byte[SignatureBytes];
        HMACSHA256.HashData(key, body, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[^SignatureBytes..])) return null;

        int at = FixedBytes;
        if (!TryText(body, ref at, out string audience) || !TryText(body, ref at, out string uid) || !TryText(body, ref at, out string name)) return null;
        if (at != body.Length || uid.Length == 0) return null;
        if (!TryTime(body[1..], out DateTimeOffset issued) || !TryTime(body[9..], out DateTimeOffset expires)) return null;
        return new Ticket(uid, name, audience, issued, expires, BinaryPrimitives.ReadUInt128LittleEndian(body[17..]));
    }

    static bool TryText(ReadOnlySpan<byte> body, ref int at, out string text)
    {
        text = "";
        if (at >= body.Length) return false;
        int count = body[at++];
        if (count > TextBytesMax || at + count > body.Length) return false;
        text = Encoding.UTF8.GetString(body.Slice(at, count));
        at += count;
        return true;
    }

    static bool TryTime(ReadOnlySpan<byte> field, out DateTimeOffset time)
    {
        long seconds = BinaryPrimitives.ReadInt64LittleEndian(field);
        bool fits = seconds is >= -62_135_596_800 and <= 253_402_300_799;
        time = fits ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
        return fits;
    }
}
