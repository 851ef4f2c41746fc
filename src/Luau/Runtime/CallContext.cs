using System.Runtime.CompilerServices;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>One call of a host function: arguments in, results out. Argument indexes are 0-based; error texts count from 1 as the specification does.
/// Lives on the C# stack only; valid until the function returns.</summary>
public readonly ref partial struct CallContext
{
    /// <summary>Thread (coroutine) the call runs on.</summary>
    public readonly LuauThread Thread;

    /// <summary>The function being called.</summary>
    public readonly HostFunction Function;

    /// <summary>Stack index of the first argument; the slot before it held the function and takes the first result.</summary>
    internal readonly int Base;

    /// <summary>Arguments passed, trailing nils included.</summary>
    public readonly int ArgCount;

    internal CallContext(LuauThread thread, HostFunction function, int @base, int argCount)
    {
        Thread = thread;
        Function = function;
        Base = @base;
        ArgCount = argCount;
    }

    /// <summary>Heap of the VM: charge what you allocate for the script, poll in long loops.</summary>
    public LuauHeap Heap => Thread.Heap;

    /// <summary>Argument <paramref name="index"/>, nil when absent.</summary>
    public LuauValue this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)index < (uint)ArgCount ? Thread.Stack[Base + index] : default;
    }

    /// <summary>The arguments, live; invalid after anything that calls scripts or grows the stack.</summary>
    public ReadOnlySpan<LuauValue> Args => Thread.Stack.AsSpan(Base, ArgCount);

    /// <summary>Whether argument <paramref name="index"/> was not passed at all (a passed nil counts as present).</summary>
    public bool IsAbsent(int index) => index >= ArgCount;

    // ---- typed arguments. Each raises the standard error of specification 10 when the argument does not fit:
    //      "missing argument #1 to 'floor' (number expected)" / "invalid argument #1 to 'floor' (number expected, got nil)".

    /// <summary>A number, or a string that converts.</summary>
    public double Number(int index)
    {
        if ((uint)index < (uint)ArgCount)
        {
            ref LuauValue v = ref Thread.Stack[Base + index];
            if (v.IsNumber) return v.Num;
            if (v.Ref is LuauString s && NumberText.TryParse(s.Span, out double converted, Thread.Heap)) return converted;
        }
        throw TypeError(index, "number");
    }

    /// <summary>A number, or <paramref name="fallback"/> when nil or absent.</summary>
    public double Number(int index, double fallback) => this[index].IsNil ? fallback : Number(index);

    /// <summary>A number truncated toward zero to 32 bits; NaN and out of range give <see cref="int.MinValue"/>, as the C conversion on x86 does.</summary>
    public int Integer(int index) => NumberText.ToInt32(Number(index));

    /// <summary>An integer, or <paramref name="fallback"/> when nil or absent.</summary>
    public int Integer(int index, int fallback) => this[index].IsNil ? fallback : Integer(index);

    /// <summary>A number as unsigned parameter: truncated to 64 bits, low 32 kept.</summary>
    public uint Unsigned(int index) => NumberText.ToUInt32(Number(index));

    /// <summary>A string, or a number converted to one.</summary>
    public LuauString String(int index)
    {
        if ((uint)index < (uint)ArgCount)
        {
            ref LuauValue v = ref Thread.Stack[Base + index];
            if (v.Ref is LuauString s) return s;
            if (v.IsNumber) return Thread.Heap.NewString(v.Num);
        }
        throw TypeError(index, "string");
    }

    /// <summary>A string, or null when nil or absent.</summary>
    public LuauString? OptionalString(int index) => this[index].IsNil ? null : String(index);

    /// <summary>A table.</summary>
    public LuauTable Table(int index) => this[index].Ref as LuauTable ?? throw TypeError(index, "table");

    /// <summary>A table, or null when nil or absent.</summary>
    public LuauTable? OptionalTable(int index) => this[index].IsNil ? null : Table(index);

    /// <summary>A function.</summary>
    public LuauFunction Callable(int index) => this[index].Ref as LuauFunction ?? throw TypeError(index, "function");

    /// <summary>A function, or null when nil or absent.</summary>
    public LuauFunction? OptionalCallable(int index) => this[index].IsNil ? null : Callable(index);

    /// <summary>A buffer.</summary>
    public LuauBuffer Buffer(int index) => this[index].Ref as LuauBuffer ?? throw TypeError(index, "buffer");

    /// <summary>A vector.</summary>
    public LuauVector Vector(int index) => this[index].Ref as LuauVector ?? throw TypeError(index, "vector");

    /// <summary>A coroutine.</summary>
    public LuauThread Coroutine(int index) => this[index].Ref as LuauThread ?? throw TypeError(index, "thread");

    /// <summary>A boolean (no conversion).</summary>
    public bool Boolean(int index)
    {
        LuauValue v = this[index];
        return v.IsBoolean ? v.IsTruthy : throw TypeError(index, "boolean");
    }

    /// <summary>A boolean, or <paramref name="fallback"/> when nil or absent.</summary>
    public bool Boolean(int index, bool fallback) => this[index].IsNil ? fallback : Boolean(index);

    /// <summary>The target of a userdata with this tag, as its C# type.</summary>
    public T Userdata<T>(int index, int tag) where T : class =>
        this[index].Ref is Userdata userdata && userdata.Tag == tag && userdata.Target is T target ? target : throw TypeError(index, Thread.Vm.UserdataTypeName(tag));

    /// <summary>Any value; raises <c>missing argument #n</c> when absent.</summary>
    public LuauValue Any(int index) => index < ArgCount ? Thread.Stack[Base + index] : throw Error($"missing argument #{index + 1}");

    // ---- errors

    /// <summary>Error for an argument of the wrong type, to be thrown.</summary>
    public LuauException TypeError(int index, string expected)
    {
        return index >= ArgCount
            ? Error($"missing argument #{index + 1}{ToName} ({expected} expected)")
            : ArgumentError(index, $"{expected} expected, got {TypeNames.Of(this[index])}");
    }

    /// <summary>Error for an argument whose value does not do: <c>invalid argument #2 to 'random' (interval is empty)</c>, to be thrown.</summary>
    public LuauException ArgumentError(int index, string text) => Error($"invalid argument #{index + 1}{ToName} ({text})");

    /// <summary>Error with the position of the calling script function in front (specification 10), to be thrown.</summary>
    public LuauException Error(string message) => Thread.ErrorAtCaller(message);

    string ToName => Function.Name.Length == 0 ? "" : $" to '{Function.Name}'";

    // ---- results

    /// <summary>No results.</summary>
    public HostResult Return() => new(0);

    /// <summary>One result.</summary>
    public HostResult Return(in LuauValue value)
    {
        Thread.Stack[Base - 1] = value;
        return new(1);
    }

    /// <summary>One number, without building a value first.</summary>
    public HostResult Return(double number)
    {
        Thread.Stack[Base - 1].SetNumber(number);
        return new(1);
    }

    /// <summary>One boolean.</summary>
    public HostResult Return(bool boolean)
    {
        Thread.Stack[Base - 1].SetBoolean(boolean);
        return new(1);
    }

    /// <summary>Two results.</summary>
    public HostResult Return(in LuauValue first, in LuauValue second)
    {
        Thread.EnsureStack(Base + 1);
        LuauValue copy = second;
        Thread.Stack[Base - 1] = first;
        Thread.Stack[Base] = copy;
        return new(2);
    }

    /// <summary>Three results.</summary>
    public HostResult Return(in LuauValue first, in LuauValue second, in LuauValue third)
    {
        Thread.EnsureStack(Base + 2);
        LuauValue copy2 = second, copy3 = third;
        Thread.Stack[Base - 1] = first;
        Thread.Stack[Base] = copy2;
        Thread.Stack[Base + 1] = copy3;
        return new(3);
    }

    /// <summary>All arguments from <paramref name="from"/> on as results.</summary>
    public HostResult ReturnArgs(int from)
    {
        int count = Math.Max(0, ArgCount - from);
        Array.Copy(Thread.Stack, Base + from, Thread.Stack, Base - 1, count);
        return new(count);
    }

    /// <summary>Room for <paramref name="count"/> results; fill the span, then <see cref="ReturnResults"/>. The span does not overlap the arguments and is
    /// invalid after anything that calls scripts or grows the stack.</summary>
    /// <param name="count">0 to 8000 (specification 12); callers check and raise their own text first.</param>
    public Span<LuauValue> Results(int count)
    {
        Thread.EnsureStack(Base + ArgCount + count);
        return Thread.Stack.AsSpan(Base + ArgCount, count);
    }

    /// <summary>Returns the first <paramref name="count"/> values put into <see cref="Results"/>.</summary>
    public HostResult ReturnResults(int count)
    {
        Array.Copy(Thread.Stack, Base + ArgCount, Thread.Stack, Base - 1, count);
        return new(count);
    }

    // ---- yielding

    /// <summary>Suspends the coroutine this function was called on; what it is resumed with become the results of this call.</summary>
    /// <param name="values">What the resumer gets.</param>
    /// <exception cref="LuauException">The thread cannot yield here: <c>attempt to yield across metamethod/C-call boundary</c>.</exception>
    public HostResult Yield(params ReadOnlySpan<LuauValue> values) => YieldThen(null!, null, values);

    /// <summary>Suspends the coroutine; when it is resumed, <paramref name="continuation"/> runs with the resume's arguments as its own and gives the results
    /// of this call (or yields again). After a resume with an error it does not run.</summary>
    /// <param name="continuation">Rest of the function.</param>
    /// <param name="state">Handed to it as <see cref="State"/>.</param>
    /// <param name="values">What the resumer gets.</param>
    /// <exception cref="LuauException">As for <see cref="Yield"/>.</exception>
    public HostResult YieldThen(HostBody continuation, object? state, params ReadOnlySpan<LuauValue> values)
    {
        LuauThread t = Thread;
        if (t.NonYieldable > 0) throw Errors.NotYieldable();
        t.EnsureStack(Base + values.Length);
        // The values may be the arguments themselves, one slot further up.
        values.CopyTo(t.Stack.AsSpan(Base - 1));
        t.PendingContinuation = continuation;
        t.PendingState = state;
        return new(-1 - values.Length);
    }

    /// <summary>Whether <see cref="Yield"/> is possible.</summary>
    public bool IsYieldable => Thread.NonYieldable == 0;

    /// <summary>In a continuation: the state given to <see cref="YieldThen"/>.</summary>
    public object? State => Thread.ContinuationState;

    /// <summary>In a __namecall handler: the name of the method, else null.</summary>
    public LuauString? MethodName => Thread.NameCallMethod;

    // ---- operators with metamethods, as scripts have them (metamethods cannot yield). To metamethods and to errors of the operator itself the host
    //      function is the innermost frame, so such errors carry no position.

    /// <summary><c>target[key]</c>.</summary>
    public LuauValue Index(in LuauValue target, in LuauValue key)
    {
        if (target.Ref is LuauTable { Metatable: null } plain) return plain.Get(key);
        using OwnFrame frame = new(this);
        return Interpreter.Index(Thread, target, key, Top);
    }

    /// <summary><c>a == b</c>.</summary>
    public bool AreEqual(in LuauValue a, in LuauValue b)
    {
        if (a.Ref is not (LuauTable { Metatable: not null } or Values.Userdata)) return LuauValue.RawEquals(a, b);
        using OwnFrame frame = new(this);
        return Interpreter.AreEqual(Thread, a, b);
    }

    /// <summary><c>a &lt; b</c>.</summary>
    public bool IsLess(in LuauValue a, in LuauValue b)
    {
        bool result;
        if (a.Ref is not (LuauTable or Values.Userdata))
        {
            if (Interpreter.TryLess(Thread, a, b, out result)) return result;
        }
        else
        {
            using OwnFrame frame = new(this);
            if (Interpreter.TryLess(Thread, a, b, out result)) return result;
        }
        throw new LuauException($"attempt to compare {TypeNames.Of(a)} < {TypeNames.Of(b)}");
    }

    /// <summary><c>tostring(value)</c>.</summary>
    public LuauString ToText(in LuauValue value) => Interpreter.ToText(Thread, value, Top, Function);

    // ---- calling back (the callee cannot yield; counts against the 200 host levels of specification 12)

    /// <summary>Calls <paramref name="function"/> with one argument and takes its first result.</summary>
    public LuauValue Call(in LuauValue function, in LuauValue a) => Thread.CallOne(Top, function, a, default, 1, Function);

    /// <summary>Calls <paramref name="function"/> with two arguments and takes its first result.</summary>
    public LuauValue Call(in LuauValue function, in LuauValue a, in LuauValue b) => Thread.CallOne(Top, function, a, b, 2, Function);

    /// <summary>Calls <paramref name="function"/> with any arguments and takes its first result.</summary>
    public LuauValue Call(in LuauValue function, ReadOnlySpan<LuauValue> args) => Thread.CallOne(Top, function, args, Function);

    /// <summary>First stack slot behind the arguments, free for nested calls.</summary>
    int Top => Base + ArgCount;

    /// <summary>A frame for the running host function, which has none otherwise.</summary>
    readonly ref struct OwnFrame
    {
        readonly LuauThread _thread;
        readonly int _depth, _hostTop;

        internal OwnFrame(in CallContext call)
        {
            _thread = call.Thread;
            _depth = _thread.Depth;
            _hostTop = _thread.HostTop;
            _thread.PushHostFrame(FrameKind.Host, call.Function, call.Base - 1, call.Top, 0, ReturnTo.Host);
            _thread.HostTop = 0;
        }

        public void Dispose()
        {
            _thread.Depth = _depth;
            _thread.HostTop = _hostTop;
        }
    }
}
