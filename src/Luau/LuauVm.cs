using System.Diagnostics;
using System.Text;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Compiler;
using GameServer.Luau.Library;
using GameServer.Luau.Runtime;
using GameServer.Luau.Syntax;
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
    /// <exception cref="ArgumentException">Options that cannot be used; the message names every one.</exception>
    public LuauVm(LuauVmOptions? options = null)
    {
        Options = options ?? new LuauVmOptions();
        if (Options.Validate() is { Count: > 0 } problems) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        _state = new VmState(Options) { OnSample = thread => Sampled?.Invoke(thread) };
        StandardLibraries.Open(_state);
        if (Options.RunnerLibrary) AddLoadString();
    }

    readonly VmState _state;
    bool _isDisposed;

    /// <summary>Limits and switches this VM was made with.</summary>
    public LuauVmOptions Options { get; }

    /// <summary>The account of this VM's memory.</summary>
    public LuauHeap Heap => _state.Heap;

    /// <summary>The base table with all libraries; scripts run in environments that see through to it (<see cref="CreateEnvironment"/>).</summary>
    public LuauTable Globals => _state.Globals;

    /// <summary>The thread that <see cref="Call"/> runs on. It cannot yield.</summary>
    public LuauThread MainThread => _state.MainThread;

    /// <summary>Compiles source to bytecode that any number of VMs can load.</summary>
    /// <param name="source">The source; bytes need not be UTF-8. Not copied: must not change while compiling.</param>
    /// <param name="chunkName">Name for positions (specification 10): <c>=text</c>, <c>@path</c>, else the source itself.</param>
    /// <param name="options">Switches; null for the defaults.</param>
    /// <exception cref="LuauCompileException">The first error; its message is <c>chunk:line: text</c>.</exception>
    /// <exception cref="OperationCanceledException">The options' cancellation was requested.</exception>
    /// <remarks>Any thread; touches no VM.</remarks>
    public static CompiledChunk Compile(ReadOnlyMemory<byte> source, string chunkName, LuauCompileOptions? options = null) =>
        CompileCore(source, ChunkInfo.FromName(chunkName), options ?? new LuauCompileOptions());

    static CompiledChunk CompileCore(ReadOnlyMemory<byte> source, ChunkInfo info, LuauCompileOptions options)
    {
        var limits = new ParseLimits { SourceBytesMax = options.SourceBytesMax, Cancellation = options.Cancellation };
        try
        {
            var text = new SourceText(source.ToArray(), info.Name.ToString());
            var compileOptions = new CompileOptions { OptimizationLevel = options.OptimizationLevel, Cancellation = options.Cancellation };
            return new CompiledChunk(LuauCompiler.Compile(text, info, compileOptions, limits));
        }
        catch (SyntaxError e)
        {
            throw new LuauCompileException(ByteText.Decode(info.ChunkId.Span), e.Message, e.Line, e.Column);
        }
    }

    /// <summary>Makes the main function of a compiled chunk.</summary>
    /// <param name="chunk">The chunk; loading copies what belongs to a VM.</param>
    /// <param name="environment">Where its globals live; null for <see cref="Globals"/>.</param>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauFunction Load(CompiledChunk chunk, LuauTable? environment = null)
    {
        Enter();
        LuauTable globals = environment ?? Globals;
        Heap.Charge(Closure.ByteSize(0));
        return new Closure(new LoadedProto(_state, chunk.Main), [], globals, _state.CacheEnvironmentOf(globals));
    }

    /// <summary>Makes fresh globals for a script: an empty table that reads through to <see cref="Globals"/>. Its metatable is locked.</summary>
    /// <param name="ownG">True: <c>_G</c> is the new table itself, as mods expect. False: <c>_G</c> stays the shared table, as upstream has it.</param>
    public LuauTable CreateEnvironment(bool ownG = true)
    {
        Enter();
        LuauTable environment = CreateTable();
        LuauTable meta = ownG ? _state.EnvironmentMetatable ??= MakeEnvironmentMetatable(isLocked: true) : MakeEnvironmentMetatable(isLocked: false);
        environment.Metatable = meta;
        if (ownG) environment.PutField(Heap.Intern("_G"u8), new LuauValue(environment), constant: true);
        environment.IsSafeEnvironment = true;
        return environment;
    }

    LuauTable MakeEnvironmentMetatable(bool isLocked)
    {
        LuauTable meta = CreateTable();
        meta.PutField(Heap.Intern("__index"u8), new LuauValue(Globals), constant: true);
        if (isLocked) meta.PutField(Heap.Intern("__metatable"u8), new LuauValue(CreateString("The metatable is locked")), constant: true);
        meta.Freeze();
        return meta;
    }

    /// <summary>Closes the sandbox: library tables, the string metatable and <see cref="Globals"/> become read-only for good (specification 14).
    /// Host functions must be registered before.</summary>
    public void Seal()
    {
        Enter();
        LuauValue key = default;
        while (Globals.Next(ref key, out LuauValue value))
            if (value.Ref is LuauTable library) library.Freeze();
        _state.StringMetatable?.Freeze();
        _state.StringMethods = Metamethods.Get(_state.StringMetatable, MetaEvent.Index).As<LuauTable>();
        _state.VectorMetatable?.Freeze();
        foreach (LuauTable? metatable in _state.UserdataMetatables) metatable?.Freeze();
        Globals.Freeze();
    }

    /// <summary>Makes a string from text, encoded as UTF-8.</summary>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauString CreateString(string text)
    {
        Enter();
        return Heap.NewString(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Makes a string from bytes, which are copied.</summary>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauString CreateString(ReadOnlySpan<byte> bytes)
    {
        Enter();
        return Heap.NewString(bytes);
    }

    /// <summary>Makes an empty table.</summary>
    /// <param name="arrayCapacity">Expected values at 1, 2, …; a hint.</param>
    /// <param name="fieldCapacity">Expected other keys; a hint.</param>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauTable CreateTable(int arrayCapacity = 0, int fieldCapacity = 0)
    {
        Enter();
        return Heap.NewTable(arrayCapacity, fieldCapacity);
    }

    /// <summary>Value of a field, without metamethods; nil when absent.</summary>
    public LuauValue Get(LuauTable table, string key)
    {
        Enter();
        return table.Get(Key(key));
    }

    /// <summary>Value at a key, without metamethods; nil when absent.</summary>
    public LuauValue Get(LuauTable table, in LuauValue key)
    {
        Enter();
        return table.Get(key);
    }

    /// <summary>Sets a field, without metamethods; nil removes it. Works on read-only tables too: they are read-only for scripts.</summary>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public void Set(LuauTable table, string key, in LuauValue value)
    {
        Enter();
        table.PutField(Heap.Intern(Encoding.UTF8.GetBytes(key)), value, constant: true);
    }

    /// <summary>Sets a key, without metamethods; nil removes it. Works on read-only tables too.</summary>
    /// <exception cref="LuauException">The key is nil or NaN, or the memory limit refuses it.</exception>
    public void Set(LuauTable table, in LuauValue key, in LuauValue value)
    {
        Enter();
        TableFault fault = LuauTable.CheckKey(key);
        if (fault != TableFault.None) throw TableFaults.Error(fault);
        table.Put(key, value);
    }

    /// <summary>The pair behind <paramref name="key"/> in iteration order; start with nil.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="LuauException">The key is not in the table.</exception>
    public bool Next(LuauTable table, ref LuauValue key, out LuauValue value)
    {
        Enter();
        return table.Next(ref key, out value);
    }

    /// <summary>Length as <c>#</c> without metamethods.</summary>
    public int Length(LuauTable table) => table.Length;

    /// <summary>Makes a table read-only for scripts, for good; shallow.</summary>
    public void Freeze(LuauTable table) => table.Freeze();

    /// <summary>Sets or removes a metatable, protected or not.</summary>
    public void SetMetatable(LuauTable table, LuauTable? metatable) => table.Metatable = metatable;

    /// <summary>Text of any value as <c>tostring</c> gives it, without calling <c>__tostring</c>.</summary>
    public string ToText(in LuauValue value) => Interpreter.RawText(_state, value).ToString();

    /// <summary>Forgets everything. The VM cannot be used afterwards; references into it (<see cref="LuauRef"/>) are dead.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        if (_state.Entries > 0) throw new InvalidOperationException("a script of this VM is running");
        _isDisposed = true;
        foreach (LuauRef pinned in _state.Refs.ToArray()) pinned.Dispose();
        // A kill that ended the last script must not end this.
        Heap.Interrupt = 0;
        // Whoever still holds the VM, its heap or its main thread holds nothing else with them.
        Globals.Clear();
        MainThread.Release();
        Heap.RequestInterrupt(InterruptReason.Kill);
    }

    static LuauString Key(string key) => new(Encoding.UTF8.GetBytes(key));

    /// <summary>Debug builds: one thread at a time, and not after the end.</summary>
    [Conditional("DEBUG")]
    void Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int current = Environment.CurrentManagedThreadId;
        if (_state.Entries == 0) _enteredBy = current;
        else if (_enteredBy != current) throw new InvalidOperationException("the VM is running on another thread");
    }

    int _enteredBy;

    /// <summary>Adds <c>loadstring</c>, the one function that needs the compiler.</summary>
    void AddLoadString() => Set(Globals, "loadstring", new LuauValue(new HostFunction("loadstring", LoadString)));

    /// <summary>What the tree and the tables of the compiler take for dense source; they are not counted one by one.</summary>
    const long CompilerBytesPerByte = 64;

    HostResult LoadString(ref CallContext call)
    {
        LuauString source = call.String(0), name = call.OptionalString(1) ?? source;
        Heap.EnsureRoom(source.Length * CompilerBytesPerByte);
        try
        {
            ChunkInfo info = ChunkInfo.FromName(name.Bytes) with { IsOwnedByScript = true };
            CompiledChunk chunk = CompileCore(source.Bytes, info, new LuauCompileOptions { Cancellation = Heap.KillToken });
            Heap.Charge(chunk.Main.TreeByteSize);
            return call.Return(new LuauValue(Load(chunk, call.Thread.Globals)));
        }
        catch (LuauCompileException e)
        {
            return call.Return(default, new LuauValue(CreateString(ByteText.Encode(e.Message))));
        }
        catch (OperationCanceledException)
        {
            Heap.Poll();
            throw;
        }
    }
}
