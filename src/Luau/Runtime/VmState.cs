using System.Runtime.CompilerServices;
using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>What all threads of one VM share: heap, globals, metatables of types, the running thread. The face <c>LuauVm</c> wraps it.</summary>
sealed class VmState
{
    /// <summary>Strings of loaded code that are kept interned; beyond it constants are loaded without, which only costs comparisons.</summary>
    const int InternedMax = 1 << 16;

    readonly Dictionary<LuauString, LuauString> _interned = new(LuauStringComparer.Instance);
    readonly ConditionalWeakTable<object, object> _ids = [];
    long _lastId;

    internal VmState(LuauVmOptions options)
    {
        Options = options;
        Heap = new LuauHeap { LibraryState = new LibraryState(options.Time, options.RandomSeed) };
        Shapes = new ShapeTree(Heap);
        Globals = new LuauTable(Shapes);
        UnsafeEnvironment = new LuauTable(Shapes.Irregular);
        MainThread = new LuauThread(this, Globals) { NonYieldable = 1 };
        Running = MainThread;
    }

    internal readonly LuauVmOptions Options;
    internal readonly LuauHeap Heap;
    internal readonly ShapeTree Shapes;
    internal readonly LuauTable Globals;
    internal readonly LuauThread MainThread;

    /// <summary>Matches no cache: its shape is irregular.</summary>
    internal readonly LuauTable UnsafeEnvironment;
    /// <summary>The one metatable of all environments made for scripts: reads through to the globals, locked.</summary>
    internal LuauTable? EnvironmentMetatable;

    /// <summary>Whether nobody but its scripts' own assignments can change what global names mean in <paramref name="environment"/>: it is one made for
    /// scripts, whose metatable is locked. Its own keys are guarded by its shape.</summary>
    internal bool IsSafeEnvironment(LuauTable environment) => EnvironmentMetatable != null && ReferenceEquals(environment.Metatable, EnvironmentMetatable);

    /// <summary>The thread whose code runs, or the main thread while the host has control.</summary>
    internal LuauThread Running;
    /// <summary>Runs of the interpreter on the C# stack; 0 while the host has control.</summary>
    internal int Entries;
    /// <summary>Nested host levels in use: interpreter runs and resumes (specification 12).</summary>
    internal int HostDepth;
    /// <summary>Thread of the innermost interpreter run, and its depth below the call that started it; -1 when the run resumed the thread.</summary>
    internal LuauThread? EntryThread;
    /// <summary>See <see cref="EntryThread"/>.</summary>
    internal int EntryDepth;
    /// <summary>Why the last run ended.</summary>
    internal RunExit Exit;
    /// <summary>xpcall handlers being run; they get more room.</summary>
    internal int HandlerDepth;
    /// <summary>Whether the memory limit ended the VM.</summary>
    internal bool IsDoomed;
    /// <summary>Metatable of all strings.</summary>
    internal LuauTable? StringMetatable;
    /// <summary>Metatable of all vectors.</summary>
    internal LuauTable? VectorMetatable;
    /// <summary>Metatables of userdata classes by tag.</summary>
    internal readonly LuauTable?[] UserdataMetatables = new LuauTable?[128];
    /// <summary>Sampling event of the face.</summary>
    internal Action<LuauThread>? OnSample;
    /// <summary>Values pinned by the host.</summary>
    internal readonly HashSet<LuauRef> Refs = [];

    /// <summary>Host levels allowed now.</summary>
    internal int HostDepthLimit => Options.HostDepthMax + (HandlerDepth > 0 ? Options.HostDepthMax / 8 : 0);

    /// <summary>Frames allowed now on one thread.</summary>
    internal int CallDepthLimit => Options.CallDepthMax + (HandlerDepth > 0 ? Options.CallDepthMax / 8 : 0);

    /// <summary>The one object of this VM for a constant string.</summary>
    internal LuauString Intern(LuauString constant)
    {
        if (_interned.TryGetValue(constant, out LuauString? known)) return known;
        Heap.Charge(HeapSizes.StringObject);
        // The bytes are shared with the compiled chunk; the object is not, because marks and hashes belong to one VM.
        var own = new LuauString(constant.Bytes);
        if (_interned.Count < InternedMax) _interned.Add(own, own);
        return own;
    }

    /// <summary>Interned strings, roots of the heap.</summary>
    internal Dictionary<LuauString, LuauString>.KeyCollection Interned => _interned.Keys;

    /// <summary>A made-up address of an object: stable for its life, counted up in order of asking, so it tells nothing about memory.</summary>
    internal string IdText(object o)
    {
        if (!_ids.TryGetValue(o, out object? id))
        {
            id = 0x0000_1000_0000_0000 + (++_lastId * 0x20);
            _ids.Add(o, id);
        }
        return $"0x{(long)id:x16}";
    }

    /// <summary>Makes a string value.</summary>
    internal LuauString NewString(string text) => NewString(Encoding.UTF8.GetBytes(text));

    /// <summary>Makes a string value of bytes given away.</summary>
    internal LuauString NewString(byte[] bytes)
    {
        Heap.Charge(HeapSizes.String(bytes.Length));
        return new LuauString(bytes);
    }

    /// <summary>Compares by content, for dictionaries.</summary>
    sealed class LuauStringComparer : IEqualityComparer<LuauString>
    {
        internal static readonly LuauStringComparer Instance = new();
        public bool Equals(LuauString? x, LuauString? y) => LuauString.Equals(x!, y!);
        public int GetHashCode(LuauString s) => s.Hash;
    }
}
