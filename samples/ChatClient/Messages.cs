using System.Globalization;
using GameServer.Net.Payloads;

namespace GameServer.Samples.ChatClient;

/// <summary>Reads what the server sends, by docs/protocol.md, sections 2 to 4, and puts it into words.</summary>
static class Messages
{
    const int DepthMax = 32;

    /// <summary>One message in words.</summary>
    /// <param name="payload">What came.</param>
    /// <param name="entities">Follows what the message says about entities.</param>
    public static string Describe(ReadOnlySpan<byte> payload, Entities entities)
    {
        PayloadReader reader = new(payload);
        reader.TryReadByte(out byte type);
        switch (type)
        {
            case 1 when reader.TryReadUInt16(out _) && reader.TryReadInt32(out int id) && reader.TryReadString(out string name)
                && reader.TryReadString(out string server) && reader.TryReadUInt16(out ushort rate):
                entities.Clear();
                return $"* welcome to {server}, {name}: you are player {id}; {rate} ticks per second";
            case 2 when reader.TryReadInt32(out int speaker) && reader.TryReadString(out string speakerName) && reader.TryReadString(out string text):
                return speaker == 0 ? $"* {text}" : $"<{speakerName}> {text}";
            case 3 when reader.TryReadString(out string message):
                return $"[{message}] {Value(ref reader, 0)}";
            case 4 when reader.TryReadString(out string what) && reader.TryReadInt32(out int count) && reader.TryReadString(out string why):
                return $"* {count} of your {what} were dropped: {why}";
            case 5:
                return string.Join('\n', entities.Take(ref reader));
            case 6 when reader.TryReadString(out string typed) && reader.TryReadString(out string usage) && reader.TryReadUInt16(out ushort words):
                List<string> offers = [];
                while (words-- > 0 && reader.TryReadString(out string word))
                    offers.Add(word);
                return $"? {typed} [{usage}]: {string.Join(", ", offers)}";
            case 7:
                return "* this place is held for a while if the connection is lost";
            case 8 when reader.TryReadUInt32(out uint number) && reader.TryReadString(out string question):
                return $"* question {number}, {question}: {Value(ref reader, 0)}   (answer with: /answer {number} your words)";
            default:
                return $"? a message of type {type} that could not be read";
        }
    }

    /// <summary>Why the server ended the connection.</summary>
    /// <param name="data">Data of the disconnect; empty when the transport ended it.</param>
    /// <param name="otherwise">Text for that case.</param>
    public static string DescribeReason(ReadOnlySpan<byte> data, string otherwise)
    {
        PayloadReader reader = new(data);
        return reader.TryReadByte(out byte code) && reader.TryReadString(out string text) ? $"{text} (code {code})" : otherwise;
    }

    /// <summary>One value (section 4) in words.</summary>
    public static string Value(ref PayloadReader reader, int depth)
    {
        if (depth > DepthMax || !reader.TryReadByte(out byte tag))
            return "?";
        switch (tag)
        {
            case 0:
                return "nil";
            case 1:
                return "false";
            case 2:
                return "true";
            case 3 when reader.TryReadDouble(out double number):
                return number.ToString(CultureInfo.InvariantCulture);
            case 4 when reader.TryReadInt32(out int whole):
                return whole.ToString(CultureInfo.InvariantCulture);
            case 5 when reader.TryReadString(out string text):
                return $"\"{text}\"";
            case 6 or 7 when reader.TryReadBytesWithLength(out ReadOnlySpan<byte> bytes):
                return $"<{bytes.Length} bytes>";
            case 8 when reader.TryReadSingle(out float x) && reader.TryReadSingle(out float y) && reader.TryReadSingle(out float z):
                return string.Create(CultureInfo.InvariantCulture, $"({x}, {y}, {z})");
            case 9 when reader.TryReadUInt16(out ushort items):
                return $"[{Join(ref reader, items, depth, pairs: false)}]";
            case 10 when reader.TryReadUInt16(out ushort pairs):
                return $"{{ {Join(ref reader, pairs, depth, pairs: true)} }}";
            default:
                return "?";
        }
    }

    static string Join(ref PayloadReader reader, int count, int depth, bool pairs)
    {
        List<string> parts = [];
        for (int i = 0; i < count && !reader.IsAtEnd; i++)
        {
            string first = Value(ref reader, depth + 1);
            parts.Add(pairs ? $"{first.Trim('"')} = {Value(ref reader, depth + 1)}" : first);
        }
        return string.Join(", ", parts);
    }
}
