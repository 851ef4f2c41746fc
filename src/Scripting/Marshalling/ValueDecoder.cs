using GameServer.Luau;
using GameServer.Luau.Values;

namespace GameServer.Scripting.Marshalling;

/// <summary>Bytes to values of one VM. Wrong bytes give false; only the VM's memory limit raises.</summary>
static class ValueDecoder
{
    /// <summary>Reads one value and moves the reader behind it.</summary>
    /// <exception cref="LuauException">The VM's memory limit refuses the value.</exception>
    public static bool TryDecode(ref ValueReader reader, LuauVm vm, ValueLimits limits, IHandleTable? handles, out LuauValue value)
    {
        int nodes = 0;
        return TryDecode(ref reader, vm, limits, handles, 0, ref nodes, out value);
    }

    static bool TryDecode(ref ValueReader reader, LuauVm vm, ValueLimits limits, IHandleTable? handles, int depth, ref int nodes, out LuauValue value)
    {
        value = default;
        if (++nodes > limits.Nodes || !reader.TryTag(out ValueTag tag)) return false;
        switch (tag)
        {
            case ValueTag.Nil:
                return true;
            case ValueTag.False or ValueTag.True:
                value = tag == ValueTag.True;
                return true;
            case ValueTag.Number or ValueTag.Integer:
                if (!reader.TryNumber(tag, out double number)) return false;
                value = number;
                return true;
            case ValueTag.Text or ValueTag.Bytes:
                if (!reader.TryBytes(tag, out ReadOnlySpan<byte> text)) return false;
                value = vm.CreateString(text);
                return true;
            case ValueTag.Buffer:
                if (!reader.TryBytes(tag, out ReadOnlySpan<byte> block)) return false;
                value = vm.CreateBuffer(block);
                return true;
            case ValueTag.Vector:
                if (!reader.TryVector(out float x, out float y, out float z)) return false;
                value = new LuauVector(x, y, z);
                return true;
            case ValueTag.Handle:
                if (!reader.TryHandle(out byte kind, out int id)) return false;
                value = handles?.FromHandle(kind, id) ?? default;
                return true;
            default:
                return TryTable(tag, ref reader, vm, limits, handles, depth + 1, ref nodes, out value);
        }
    }

    static bool TryTable(
        ValueTag tag, ref ValueReader reader, LuauVm vm, ValueLimits limits, IHandleTable? handles, int depth, ref int nodes, out LuauValue value)
    {
        value = default;
        if (depth > limits.Depth || !reader.TryUShort(out int count) || count > limits.Entries) return false;
        // Not more room than bytes could fill: a count is only a claim.
        LuauTable table = tag == ValueTag.List ? vm.CreateTable(arrayCapacity: Math.Min(count, 64)) : vm.CreateTable(fieldCapacity: Math.Min(count, 64));
        for (int i = 1; i <= count; i++)
        {
            LuauValue key = i;
            if (tag == ValueTag.Map && !(reader.IsKeyNext() && TryDecode(ref reader, vm, limits, handles, depth, ref nodes, out key))) return false;
            if (reader.IsNilNext()) return false;
            if (!TryDecode(ref reader, vm, limits, handles, depth, ref nodes, out LuauValue item)) return false;
            if (tag == ValueTag.Map && !vm.Get(table, key).IsNil) return false;
            vm.Set(table, key, item);
        }
        value = table;
        return true;
    }
}
