using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GameServer.Server.Players;

/// <summary>
/// What a client brings back to go on as the player it was (docs/protocol.md, "Coming back"): the player's number and 128 bits nobody can guess. Opaque to
/// clients. Lives as long as the player.
/// </summary>
static class SessionToken
{
    const int SecretBytes = 16;

    /// <summary>Size of every token.</summary>
    public const int Bytes = sizeof(int) + SecretBytes;

    /// <summary>A new token of a player.</summary>
    public static byte[] Create(int playerId)
    {
        byte[] token = new byte[Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(token, playerId);
        RandomNumberGenerator.Fill(token.AsSpan(sizeof(int)));
        return token;
    }

    /// <summary>Whose token it claims to be; <see cref="Matches"/> tells whether that is true.</summary>
    public static int PlayerIdOf(ReadOnlySpan<byte> token) => token.Length == Bytes ? BinaryPrimitives.ReadInt32LittleEndian(token) : 0;

    /// <summary>Compares in constant time.</summary>
    public static bool Matches(ReadOnlySpan<byte> sent, ReadOnlySpan<byte> own) => CryptographicOperations.FixedTimeEquals(sent, own);
}
