using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau;

public sealed partial class LuauVm
{
    /// <summary>The calls under way, from the inside out: those of the running thread, then of the threads that resumed it. A library function that is running is the
    /// first; one that called back into the script stands between its caller and its callback.</summary>
    /// <param name="into">Gets as many as fit; the innermost ones.</param>
    /// <returns>How many; 0 while the host has control.</returns>
    /// <remarks>The VM's thread, for example from <see cref="Sampled"/>. Allocates nothing.</remarks>
    public int CopyFrames(Span<ScriptFrame> into)
    {
        int count = 0;
        if (_state.Entries == 0) return 0;
        for (LuauThread? t = _state.Running; t != null && count < into.Length; t = t.Resumer ?? t.EntryResumer) t.CopyFrames(into, ref count);
        return count;
    }

    /// <summary>What a function is called and where it was written, as a key that stays the same for all closures of one function: for accounts per place.</summary>
    /// <returns>False for a function that is not a script's.</returns>
    public static bool TryLocate(LuauFunction function, out ScriptFrame place)
    {
        place = default;
        if (function is not Closure closure) return false;
        place = new ScriptFrame(closure.Proto.Source, closure.Proto.Source.LineDefined);
        return true;
    }
}
