using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau;

/// <summary>One Luau VM: a heap with its limit, a set of globals and the coroutines that run in it. Nothing is shared with other VMs that a script
/// could tell, so each mod has its own; dropping the last reference frees everything.</summary>
/// <remarks>Entered by one thread at a time, not bound to one. Only <see cref="Compile"/>, <see cref="RequestKill"/> and
/// <see cref="RequestInterrupt"/> may be called from any thread at any time; debug builds check the rest.</remarks>
public sealed partial class LuauVm : IDisposable
{
    /// <summary>Makes a VM with all libraries in <see cref="Globals"/>; not sealed yet.</summary>
    /// <param name="options">Limits and switches; null for the defaults.</param>
    public LuauVm(LuauVmOptions? options = null)
    {
        Options = options ?? new LuauVmOptions();
        Heap = new LuauHeap();
        MainThread = new LuauThread(Heap);
        Globals = new LuauTable(Heap);
    }

    /// <summary>Limits and switches this VM was made with.</summary>
    public LuauVmOptions Options { get; }

    /// <summary>The account of this VM's memory.</summary>
    public LuauHeap Heap { get; }

    /// <summary>The base table with all libraries; scripts run in environments that see through to it (<see cref="CreateEnvironment"/>).</summary>
    public LuauTable Globals { get; }

    /// <summary>The thread that <see cref="Call"/> runs on. It cannot yield.</summary>
    public LuauThread MainThread { get; }

    /// <summary>Compiles source to bytecode that any number of VMs can load.</summary>
    /// <param name="source">The source; bytes need not be UTF-8. Not copied: must not change while compiling.</param>
    /// <param name="chunkName">Name for positions (specification 10): <c>=text</c>, <c>@path</c>, else the source itself.</param>
    /// <param name="options">Switches; null for the defaults.</param>
    /// <exception cref="LuauCompileException">The first error; its message is <c>chunk:line: text</c>.</exception>
    /// <exception cref="OperationCanceledException">The options' cancellation was requested.</exception>
    /// <remarks>Any thread; touches no VM.</remarks>
    public static CompiledChunk Compile(ReadOnlyMemory<byte> source, string chunkName, LuauCompileOptions? options = null) =>
        throw new NotSupportedException();

    /// <summary>Makes the main function of a compiled chunk.</summary>
    /// <param name="chunk">The chunk; loading copies what belongs to a VM.</param>
    /// <param name="environment">Where its globals live; null for <see cref="Globals"/>.</param>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauFunction Load(CompiledChunk chunk, LuauTable? environment = null) => throw new NotSupportedException();

    /// <summary>Makes fresh globals for a script: an empty table that reads through to <see cref="Globals"/>. Its metatable is locked.</summary>
    /// <param name="ownG">True: <c>_G</c> is the new table itself, as mods expect. False: <c>_G</c> stays the shared table, as upstream has it.</param>
    public LuauTable CreateEnvironment(bool ownG = true) => throw new NotSupportedException();

    /// <summary>Closes the sandbox: library tables, the string metatable and <see cref="Globals"/> become read-only for good (specification 14).
    /// Host functions must be registered before.</summary>
    public void Seal() => throw new NotSupportedException();

    /// <summary>Makes a string from text, encoded as UTF-8.</summary>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauString CreateString(string text) => CreateOwned(Encoding.UTF8.GetBytes(text));

    /// <summary>Makes a string from bytes, which are copied.</summary>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauString CreateString(ReadOnlySpan<byte> bytes) => CreateOwned(bytes.ToArray());

    LuauString CreateOwned(byte[] bytes) => new(bytes);

    /// <summary>Makes an empty table.</summary>
    /// <param name="arrayCapacity">Expected values at 1, 2, …; a hint.</param>
    /// <param name="fieldCapacity">Expected other keys; a hint.</param>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauTable CreateTable(int arrayCapacity = 0, int fieldCapacity = 0) => throw new NotSupportedException();

    /// <summary>Value of a field, without metamethods; nil when absent.</summary>
    public LuauValue Get(LuauTable table, string key) => throw new NotSupportedException();

    /// <summary>Value at a key, without metamethods; nil when absent.</summary>
    public LuauValue Get(LuauTable table, in LuauValue key) => throw new NotSupportedException();

    /// <summary>Sets a field, without metamethods; nil removes it. Works on read-only tables too: they are read-only for scripts.</summary>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public void Set(LuauTable table, string key, in LuauValue value) => throw new NotSupportedException();

    /// <summary>Sets a key, without metamethods; nil removes it. Works on read-only tables too.</summary>
    /// <exception cref="LuauException">The key is nil or NaN, or the memory limit refuses it.</exception>
    public void Set(LuauTable table, in LuauValue key, in LuauValue value) => throw new NotSupportedException();

    /// <summary>The pair behind <paramref name="key"/> in iteration order; start with nil.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="LuauException">The key is not in the table.</exception>
    public bool Next(LuauTable table, ref LuauValue key, out LuauValue value) => throw new NotSupportedException();

    /// <summary>Length as <c>#</c> without metamethods.</summary>
    public int Length(LuauTable table) => throw new NotSupportedException();

    /// <summary>Makes a table read-only for scripts, for good; shallow.</summary>
    public void Freeze(LuauTable table) => throw new NotSupportedException();

    /// <summary>Sets or removes a metatable, protected or not.</summary>
    public void SetMetatable(LuauTable table, LuauTable? metatable) => throw new NotSupportedException();

    /// <summary>Text of any value as <c>tostring</c> gives it, without calling <c>__tostring</c>.</summary>
    public string ToText(in LuauValue value) => throw new NotSupportedException();

    /// <summary>Forgets everything. The VM cannot be used afterwards; references into it (<see cref="LuauRef"/>) are dead.</summary>
    public void Dispose()
    {
    }
}
