using System.Text;

namespace GameServer.Server.Players;

/// <summary>
/// Names of messages as strings, kept so that a message costs no allocation. A fixed number of slots: a client that makes up names only
/// pushes others out.
/// </summary>
/// <remarks>Tick thread.</remarks>
sealed class MessageNames
{
    const int Slots = 1024;

    readonly string?[] _names = new string?[Slots];

    /// <summary>The string of a name.</summary>
    /// <param name="ascii">The name, ASCII only.</param>
    public string Of(ReadOnlySpan<byte> ascii)
    {
        uint hash = 2166136261;
        foreach (byte b in ascii)
            hash = (hash ^ b) * 16777619;
        ref string? slot = ref _names[hash % Slots];
        return slot is not null && Ascii.Equals(ascii, slot) ? slot : slot = Encoding.ASCII.GetString(ascii);
    }
}
