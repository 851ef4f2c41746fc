using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>What a frame stands for.</summary>
enum FrameKind : byte
{
    /// <summary>A running script function.</summary>
    Script,
    /// <summary>A host function that called back into scripts and waits for that call on the C# stack.</summary>
    Host,
    /// <summary>pcall, waiting for its function.</summary>
    Pcall,
    /// <summary>xpcall, waiting for its function; the handler stands at <see cref="Frame.Func"/>.</summary>
    Xpcall,
    /// <summary>coroutine.resume, waiting for the coroutine.</summary>
    Resume,
    /// <summary>A function made by coroutine.wrap, waiting for its coroutine.</summary>
    Wrap,
    /// <summary>A host function that yielded; its continuation, when it has one, runs at the resume.</summary>
    Yielded,
}

/// <summary>Where the results of a call go.</summary>
enum ReturnTo : byte
{
    /// <summary>To the script frame below: Wanted results from Func on.</summary>
    Script,
    /// <summary>To the pcall or xpcall frame below.</summary>
    Protected,
    /// <summary>To host code: the run of the interpreter that made this call ends.</summary>
    Host,
    /// <summary>To whoever resumed the thread: this is its first call.</summary>
    Resumer,
}

/// <summary>One call on a thread. Frames form a list that is reused: the n-th call of a thread always has the n-th object, so a frame knows its depth and
/// only making a new object needs the depth check.</summary>
sealed unsafe class Frame
{
    /// <summary>Bytes charged for a frame.</summary>
    internal const int Bytes = 104;

    internal readonly Frame? Previous;
    internal Frame? Next;
    internal Closure Closure = null!;
    /// <summary>Next instruction; valid while the frame is not the running one, and at every point where an error can be raised.</summary>
    internal Instruction* Pc;
    /// <summary>Stack index of R[0]; for other kinds the first slot they do not use.</summary>
    internal int Base;
    /// <summary>Stack index of the called function; results go there.</summary>
    internal int Func;
    /// <summary>Results the caller wants, plus 1; 0 for all, which also sets the top.</summary>
    internal int Wanted;
    /// <summary>Values of <c>...</c>; they stand right below <see cref="Base"/>.</summary>
    internal int VarArgCount;
    /// <summary>1 for the first call of a thread.</summary>
    internal readonly int Depth;
    /// <summary>Kind and destination in one word: 0 is the ordinary script call from a script, which is all the fast paths test for.</summary>
    internal int Mode;
    /// <summary>The host function of frames that are not scripts.</summary>
    internal HostFunction? HostFunction;
    /// <summary>Yielded: what runs at the resume.</summary>
    internal HostBody? Continuation;
    /// <summary>Yielded: state for the continuation.</summary>
    internal object? State;

    internal Frame(Frame? previous, int depth)
    {
        Previous = previous;
        Depth = depth;
    }

    internal FrameKind Kind => (FrameKind)(Mode & 0xFF);
    internal ReturnTo ReturnTo => (ReturnTo)(Mode >> 8);
    internal bool IsScript => (Mode & 0xFF) == 0;

    /// <summary>The word for <see cref="Mode"/>.</summary>
    internal static int ModeOf(FrameKind kind, ReturnTo returnTo) => (int)kind | ((int)returnTo << 8);

    /// <summary>First slot behind what this frame uses.</summary>
    internal int Limit => IsScript ? Base + Closure.Proto.RegisterCount : Base;

    /// <summary>The function that runs in this frame.</summary>
    internal LuauFunction Function => IsScript ? Closure : HostFunction!;

    /// <summary>Line of the instruction being executed.</summary>
    internal int CurrentLine => Closure.Proto.LineAt(Pc - 1);

    /// <summary>Forgets what a dead frame still refers to.</summary>
    internal void Clear()
    {
        Closure = null!;
        HostFunction = null;
        Continuation = null;
        State = null;
        Mode = 0;
    }
}
