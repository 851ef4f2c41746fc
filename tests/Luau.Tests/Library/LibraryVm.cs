using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Library;

/// <summary>A VM whose library functions a test calls directly.</summary>
sealed class LibraryVm : IDisposable
{
    public LuauVm Vm { get; } = new(new LuauVmOptions { MemoryBytesMax = null, RandomSeed = 1 });

    public LuauFunction Function(string library, string name) => (LuauFunction)Vm.Get((LuauTable)Vm.Get(Vm.Globals, library).Ref!, name).Ref!;

    /// <summary>Results of a call; null when it raised an error, whose text is in <paramref name="error"/>.</summary>
    public LuauValue[]? Call(LuauFunction function, out string error, params ReadOnlySpan<LuauValue> args)
    {
        try
        {
            error = "";
            return Vm.Call(function, args).ToArray();
        }
        catch (LuauException e)
        {
            error = e.Message;
            return null;
        }
    }

    /// <summary>A script-visible function of the host.</summary>
    public static LuauFunction Host(HostBody body) => new HostFunction("", body);

    public LuauValue Text(ReadOnlySpan<byte> bytes) => Vm.CreateString(bytes);

    public void Dispose() => Vm.Dispose();
}
