using GameServer.Luau.Values;

namespace GameServer.Luau;

public sealed partial class LuauVm
{
    const int BufferHeaderBytes = 40;

    /// <summary>Makes a buffer from bytes, which are copied.</summary>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauBuffer CreateBuffer(ReadOnlySpan<byte> bytes)
    {
        Enter();
        Heap.Charge(BufferHeaderBytes + bytes.Length);
        return new LuauBuffer(bytes.ToArray());
    }
}
