using GameServer.Luau;
using GameServer.Luau.Values;

namespace GameServer.Scripting.Marshalling;

/// <summary>Values of any VM in the format of messages (docs/protocol.md, section 4): for programs that play client.</summary>
/// <remarks>One thread.</remarks>
public sealed class WireValues(LuauVm vm)
{
    readonly ValueEncoder _encoder = new();

    /// <summary>Encodes a value.</summary>
    /// <returns>Null, and why not.</returns>
    public byte[]? Encode(in LuauValue value, out string refusal)
    {
        _encoder.Begin(vm, ValueFormat.Wire, ValueLimits.Client, null);
        bool done = _encoder.TryAdd(value, "payload");
        refusal = done ? "" : _encoder.Refusal;
        return done ? _encoder.Encoded.ToArray() : null;
    }

    /// <summary>Decodes a value; nil when the bytes are none.</summary>
    /// <exception cref="LuauException">The VM has no memory for it.</exception>
    public LuauValue Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes, ValueFormat.Wire);
        ValueLimits limits = ValueLimits.Client with { Bytes = int.MaxValue, Nodes = int.MaxValue, Entries = ushort.MaxValue };
        return ValueDecoder.TryDecode(ref reader, vm, limits, null, out LuauValue value) ? value : LuauValue.Nil;
    }
}
