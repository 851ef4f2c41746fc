using System.Globalization;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

/// <summary>What a declared message must look like. Checked on the bytes, before anything is made in a VM.</summary>
/// <remarks>
/// Types: <c>string(n)</c> (at most n bytes), <c>u8 u16 u32 i8 i16 i32</c> (whole numbers in range), <c>number</c> (finite), <c>boolean</c>, <c>vector</c>,
/// <c>buffer(n)</c>, <c>any</c>, <c>list(type, n)</c>; a trailing <c>?</c> makes a field optional. A table of fields allows no others.
/// </remarks>
sealed partial class MessageSchema
{
    enum Shape
    {
        Text, Number, Boolean, Vector, Buffer, Any, List, Fields,
    }

    readonly Shape _shape;
    readonly double _min;
    readonly double _max;
    readonly bool _whole;
    readonly MessageSchema? _item;
    readonly (byte[] Name, MessageSchema Type, bool Optional)[] _fields;

    MessageSchema(Shape shape, double min = 0, double max = 0, bool whole = false, MessageSchema? item = null, (byte[], MessageSchema, bool)[]? fields = null) =>
        (_shape, _min, _max, _whole, _item, _fields) = (shape, min, max, whole, item, fields ?? []);

    /// <summary>A table with exactly these fields.</summary>
    public static MessageSchema OfFields(IEnumerable<(string Name, MessageSchema Type, bool Optional)> fields) =>
        new(Shape.Fields, fields: [.. fields.Select(field => (System.Text.Encoding.UTF8.GetBytes(field.Name), field.Type, field.Optional))]);

    /// <summary>Reads a type.</summary>
    /// <param name="text">Like <c>string(32)</c> or <c>u8?</c>.</param>
    /// <param name="schema">The type.</param>
    /// <param name="optional">Whether it ended with a question mark.</param>
    public static bool TryParse(string text, out MessageSchema schema, out bool optional)
    {
        text = text.Trim();
        optional = text.EndsWith('?');
        if (optional) text = text[..^1].TrimEnd();
        schema = new MessageSchema(Shape.Any);
        int open = text.IndexOf('(');
        string name = open < 0 ? text : text[..open];
        string? inside = open < 0 ? null : text.EndsWith(')') ? text[(open + 1)..^1] : "";
        MessageSchema? made = (name, inside) switch
        {
            ("any", null) => schema,
            ("boolean", null) => new(Shape.Boolean),
            ("vector", null) => new(Shape.Vector),
            ("number", null) => new(Shape.Number, double.MinValue, double.MaxValue),
            ("u8", null) => new(Shape.Number, 0, byte.MaxValue, true),
            ("u16", null) => new(Shape.Number, 0, ushort.MaxValue, true),
            ("u32", null) => new(Shape.Number, 0, uint.MaxValue, true),
            ("i8", null) => new(Shape.Number, sbyte.MinValue, sbyte.MaxValue, true),
            ("i16", null) => new(Shape.Number, short.MinValue, short.MaxValue, true),
            ("i32", null) => new(Shape.Number, int.MinValue, int.MaxValue, true),
            ("string" or "buffer", not null) when TryCount(inside, out int bytes) => new(name == "string" ? Shape.Text : Shape.Buffer, max: bytes),
            ("list", not null) => ListOf(inside),
            _ => null,
        };
        schema = made ?? schema;
        return made is not null;
    }

    /// <summary>Whether the next value fits; the reader is behind it then.</summary>
    public bool Matches(ref ValueReader reader, ValueLimits limits)
    {
        if (_shape == Shape.Any) return reader.TrySkip(limits);
        if (!reader.TryTag(out ValueTag tag)) return false;
        return _shape switch
        {
            Shape.Boolean => tag is ValueTag.False or ValueTag.True,
            Shape.Vector => tag == ValueTag.Vector && reader.TryVector(out _, out _, out _),
            Shape.Number => tag is ValueTag.Number or ValueTag.Integer && reader.TryNumber(tag, out double number)
                && number >= _min && number <= _max && (!_whole || number == Math.Truncate(number)),
            Shape.Text => tag is ValueTag.Text or ValueTag.Bytes && reader.TryBytes(tag, out ReadOnlySpan<byte> text) && text.Length <= _max,
            Shape.Buffer => tag == ValueTag.Buffer && reader.TryBytes(tag, out ReadOnlySpan<byte> block) && block.Length <= _max,
            Shape.List => tag == ValueTag.List && MatchesItems(ref reader, limits),
            _ => tag == ValueTag.Map ? MatchesFields(ref reader, limits) : tag == ValueTag.List && reader.TryUShort(out int count) && count == 0 && AllOptional(),
        };
    }

    bool MatchesItems(ref ValueReader reader, ValueLimits limits)
    {
        if (!reader.TryUShort(out int count) || count > _max) return false;
        for (int i = 0; i < count; i++)
        {
            if (!_item!.Matches(ref reader, limits)) return false;
        }
        return true;
    }

    bool MatchesFields(ref ValueReader reader, ValueLimits limits)
    {
        if (!reader.TryUShort(out int count) || count > _fields.Length) return false;
        Span<bool> seen = stackalloc bool[64];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryTag(out ValueTag tag) || tag is not (ValueTag.Text or ValueTag.Bytes) || !reader.TryBytes(tag, out ReadOnlySpan<byte> name)) return false;
            int at = Find(name);
            if (at < 0 || seen[at] || !_fields[at].Type.Matches(ref reader, limits)) return false;
            seen[at] = true;
        }
        for (int i = 0; i < _fields.Length; i++)
        {
            if (!seen[i] && !_fields[i].Optional) return false;
        }
        return true;
    }

    bool AllOptional() => _fields.All(field => field.Optional);

    int Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            if (name.SequenceEqual(_fields[i].Name)) return i;
        }
        return -1;
    }

    static MessageSchema? ListOf(string inside)
    {
        int comma = inside.LastIndexOf(',');
        if (comma < 0 || !TryCount(inside[(comma + 1)..], out int count) || !TryParse(inside[..comma], out MessageSchema item, out bool optional) || optional) return null;
        return new MessageSchema(Shape.List, max: count, item: item);
    }

    static bool TryCount(string text, out int count) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= ushort.MaxValue;
}
