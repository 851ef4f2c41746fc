using System.Diagnostics.CodeAnalysis;
using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Scripting.Api;

/// <summary>Names that scripts say again and again, as .NET strings: the same bytes give the same string without making a new one.</summary>
/// <remarks>Tick thread. At the bound everything is forgotten and found again.</remarks>
sealed class NameCache
{
    const int NamesMax = 4096;
    const int BytesMax = 64;

    readonly Dictionary<string, string> _names = new(new Utf8Comparer());

    /// <summary>The text of a script's string.</summary>
    public string Of(LuauString name)
    {
        if (name.Length > BytesMax) return name.ToString();
        var byBytes = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (byBytes.TryGetValue(name.Span, out string? known)) return known;
        if (_names.Count >= NamesMax) _names.Clear();
        string text = name.ToString();
        // Bytes that are no UTF-8 would not be found again.
        if (Encoding.UTF8.GetByteCount(text) == name.Length) _names.TryAdd(text, text);
        return text;
    }

    sealed class Utf8Comparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
    {
        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode([DisallowNull] string obj)
        {
            Span<byte> bytes = stackalloc byte[BytesMax * 3];
            return GetHashCode(bytes[..Encoding.UTF8.GetBytes(obj.AsSpan(0, Math.Min(obj.Length, BytesMax)), bytes)]);
        }

        public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);

        public bool Equals(ReadOnlySpan<byte> alternate, string other)
        {
            Span<byte> bytes = stackalloc byte[BytesMax * 3];
            return other.Length <= BytesMax && alternate.SequenceEqual(bytes[..Encoding.UTF8.GetBytes(other, bytes)]);
        }

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
