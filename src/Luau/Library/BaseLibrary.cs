using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>The functions that are globals themselves (specification 13, base, and 14).</summary>
static class BaseLibrary
{
    /// <summary>What <c>pairs</c> returns; as upstream, not the same object as <c>next</c>.</summary>
    static readonly HostFunction Next = HostFunction.Permanent("", NextBody, HostFunctionKind.Next, BuiltinId.None);
    static readonly HostFunction IpairsNext = HostFunction.Permanent("", IpairsNextBody, HostFunctionKind.IpairsNext, BuiltinId.None);

    static HostResult Type(ref CallContext call) => call.Return(new LuauValue(TypeText.Of(call.Any(0).Type)));

    static HostResult TypeOf(ref CallContext call)
    {
        LuauValue value = call.Any(0);
        if (value.Ref is Userdata userdata && Metamethods.Get(userdata.Metatable, MetaEvent.Type).Ref is LuauString name && userdata.Tag != 0)
            return call.Return(new LuauValue(name));
        return call.Return(new LuauValue(TypeText.Of(value.Type)));
    }

    static HostResult ToString(ref CallContext call) => call.Return(new LuauValue(call.ToText(call.Any(0))));

    static HostResult ToNumber(ref CallContext call)
    {
        int @base = call.Integer(1, 10);
        if (@base == 10)
        {
            LuauValue value = call.Any(0);
            return Interpreter.TryToNumber(value, out double number) ? call.Return(number) : call.Return(default(LuauValue));
        }
        LuauString text = call.String(0);
        if (@base is < 2 or > 36) throw call.ArgumentError(1, "base out of range");
        return TryParse(text.Span, @base, call.Heap, out double result) ? call.Return(result) : call.Return(default(LuauValue));
    }

    /// <summary>C <c>strtoull</c> on the whole text: a minus wraps, overflow saturates.</summary>
    static bool TryParse(ReadOnlySpan<byte> text, int @base, LuauHeap heap, out double result)
    {
        result = 0;
        int at = 0;
        while (at < text.Length && IsSpace(text[at])) at++;
        bool isNegative = at < text.Length && text[at] == '-';
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+') at++;
        if (@base == 16 && at + 2 < text.Length && text[at] == '0' && (text[at + 1] | 0x20) == 'x' && Digit(text[at + 2]) < 16) at += 2;
        ulong value = 0;
        bool saturated = false;
        int first = at;
        for (; at < text.Length; at++)
        {
            int digit = Digit(text[at]);
            if (digit >= @base) break;
            UInt128 next = ((UInt128)value * (uint)@base) + (uint)digit;
            saturated |= next > ulong.MaxValue;
            value = (ulong)next;
            if ((at & 0xFFFF) == 0xFFFF) heap.Poll();
        }
        if (at == first) return false;
        while (at < text.Length && IsSpace(text[at])) at++;
        // As for C strings, a zero byte ends the text.
        if (at < text.Length && text[at] != 0) return false;
        result = saturated ? ulong.MaxValue : isNegative ? unchecked((ulong)-(long)value) : value;
        return true;
    }

    static bool IsSpace(byte b) => b is (byte)' ' or (>= 9 and <= 13);

    static int Digit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'z' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'Z' => b - 'A' + 10,
        _ => int.MaxValue,
    };

    static HostResult Select(ref CallContext call)
    {
        int count = call.ArgCount;
        if (call[0].Ref is LuauString { Length: > 0 } text && text.Bytes[0] == '#') return call.Return((double)(count - 1));
        int index = call.Integer(0);
        if (index < 0) index = count + index;
        else if (index > count) index = count;
        if (index < 1) throw call.ArgumentError(0, "index out of range");
        return call.ReturnArgs(index);
    }

    static HostResult NextBody(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        LuauValue key = call[1];
        return table.Next(ref key, out LuauValue value) ? call.Return(key, value) : call.Return(default(LuauValue));
    }

    static HostResult Pairs(ref CallContext call) => call.Return(new LuauValue(Next), call.Table(0), default);

    static HostResult Ipairs(ref CallContext call) => call.Return(new LuauValue(IpairsNext), call.Table(0), 0.0);

    static HostResult IpairsNextBody(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        int index = unchecked(call.Integer(1) + 1);
        LuauValue value = table.Get(index);
        return value.IsNil ? call.Return() : call.Return((double)index, value);
    }

    static HostResult RawEqual(ref CallContext call) => call.Return(LuauValue.RawEquals(call.Any(0), call.Any(1)));

    static HostResult RawGet(ref CallContext call) => call.Return(call.Table(0).Get(call.Any(1)));

    static HostResult RawSet(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        LuauValue key = call.Any(1), value = call.Any(2);
        table.Set(key, value);
        return call.Return(new LuauValue(table));
    }

    static HostResult RawLen(ref CallContext call)
    {
        LuauValue value = call[0];
        if (value.Ref is LuauTable table) return call.Return((double)table.Length);
        return value.Ref is LuauString text ? call.Return((double)text.Length) : throw call.ArgumentError(0, "table or string expected");
    }

    static HostResult GetMetatable(ref CallContext call)
    {
        LuauTable? meta = Metamethods.MetatableOf(call.Thread.Vm, call.Any(0));
        if (meta == null) return call.Return(default(LuauValue));
        LuauValue locked = Metamethods.Get(meta, MetaEvent.Metatable);
        return call.Return(locked.IsNil ? new LuauValue(meta) : locked);
    }

    static HostResult SetMetatable(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        LuauValue meta = call[1];
        if (call.IsAbsent(1) || !(meta.IsNil || meta.Ref is LuauTable)) throw call.TypeError(1, "nil or table");
        if (!Metamethods.Get(table.Metatable, MetaEvent.Metatable).IsNil) throw call.Error("cannot change a protected metatable");
        if (table.IsReadOnly) throw TableFaults.Error(TableFault.ReadOnly);
        if (table.IsSafeEnvironment)
        {
            // Global names may mean anything from now on: no cached import holds for this table any more.
            table.IsSafeEnvironment = false;
            table.ShapeId = table.Shape.Tree.Irregular.Id;
        }
        table.Metatable = meta.As<LuauTable>();
        return call.Return(new LuauValue(table));
    }

    static HostResult Print(ref CallContext call)
    {
        Span<byte> initial = stackalloc byte[256];
        var line = new ByteBuilder(call, initial);
        for (int i = 0; i < call.ArgCount; i++)
        {
            if (i > 0) line.Append((byte)'\t');
            line.Append(call.ToText(call[i]).Span);
        }
        PrintHandler? handler = call.Thread.Vm.Options.Print;
        if (handler != null) handler(line.Written);
        else
        {
            line.Append((byte)'\n');
            using Stream output = Console.OpenStandardOutput();
            ReadOnlySpan<byte> rest = line.Written;
            for (; rest.Length > LibraryMemory.PollBytes; rest = rest[LibraryMemory.PollBytes..])
            {
                output.Write(rest[..LibraryMemory.PollBytes]);
                call.Heap.Poll();
            }
            output.Write(rest);
        }
        return call.Return();
    }

    static HostResult GcInfo(ref CallContext call) => call.Return((double)(call.Heap.UsedBytes >> 10));

    // ---- only for script runners

    static HostResult CollectGarbage(ref CallContext call)
    {
        string option = call.OptionalString(0)?.ToString() ?? "collect";
        switch (option)
        {
            case "collect":
                call.Heap.Measure();
                return call.Return(0.0);
            case "count":
                return call.Return(call.Heap.UsedBytes / 1024.0);
            default:
                throw call.Error("collectgarbage must be called with 'count' or 'collect'");
        }
    }

    static HostResult NewProxy(ref CallContext call)
    {
        LuauValue option = call[0];
        if (!option.IsNil && !option.IsBoolean) throw call.TypeError(0, "nil or boolean");
        LuauTable? meta = option.IsTruthy ? call.Heap.NewTable() : null;
        call.Heap.Charge(HeapSizes.Userdata);
        return call.Return(new LuauValue(new Userdata(null, 0, meta)));
    }

    static LuauFunction? FunctionAt(ref CallContext call, out int level)
    {
        level = -1;
        if (call[0].Ref is LuauFunction function) return function;
        level = call.Integer(0, 1);
        if (level < 0) throw call.ArgumentError(0, "level must be non-negative");
        if (level == 0) return null;
        Frame f = call.Thread.FrameAt(level) ?? throw call.ArgumentError(0, "invalid level");
        return f.Function;
    }

    static HostResult GetFenv(ref CallContext call) =>
        call.Return(new LuauValue(FunctionAt(ref call, out _) is Closure closure ? closure.Environment : call.Thread.Globals));

    static HostResult SetFenv(ref CallContext call)
    {
        LuauTable environment = call.Table(1);
        LuauFunction? function = FunctionAt(ref call, out int level);
        if (level == 0)
        {
            call.Thread.Globals = environment;
            return call.Return();
        }
        if (function is not Closure closure) throw call.Error("'setfenv' cannot change environment of given object");
        closure.SetEnvironment(environment);
        return call.Return(new LuauValue(closure));
    }

    /// <summary>The rows every script gets.</summary>
    public static LibraryTable Table { get; } = new("",
    [
        new("assert", "<T>(value: T?, message: string?, ...any) -> T") { Body = HostFunction.NoBody, Kind = HostFunctionKind.Assert, Builtin = BuiltinId.Base_assert },
        new("error", "(value: any, level: number?) -> never") { Body = HostFunction.NoBody, Kind = HostFunctionKind.Error },
        new("gcinfo", "() -> number") { Body = GcInfo },
        new("getmetatable", "(value: any) -> any") { Body = GetMetatable, Builtin = BuiltinId.Base_getmetatable },
        new("ipairs", "<V>(list: {V}) -> (({V}, number) -> (number?, V), {V}, number)") { Body = Ipairs },
        new("next", "<K, V>(table: {[K]: V}, key: K?) -> (K?, V)") { Body = NextBody, Kind = HostFunctionKind.Next },
        new("pairs", "<K, V>(table: {[K]: V}) -> (({[K]: V}, K?) -> (K?, V), {[K]: V}, nil)") { Body = Pairs },
        new("pcall", "<A..., R...>(f: (A...) -> R..., A...) -> (boolean, R...)") { Body = HostFunction.NoBody, Kind = HostFunctionKind.Pcall },
        new("print", "(...any) -> ()") { Body = Print },
        new("rawequal", "(a: any, b: any) -> boolean") { Body = RawEqual, Builtin = BuiltinId.Base_rawequal },
        new("rawget", "<K, V>(table: {[K]: V}, key: K) -> V?") { Body = RawGet, Builtin = BuiltinId.Base_rawget },
        new("rawlen", "(value: {any} | string) -> number") { Body = RawLen, Builtin = BuiltinId.Base_rawlen },
        new("rawset", "<K, V>(table: {[K]: V}, key: K, value: V) -> {[K]: V}") { Body = RawSet, Builtin = BuiltinId.Base_rawset },
        new("select", "(index: number | \"#\", ...any) -> ...any") { Body = Select, Builtin = BuiltinId.Base_select },
        new("setmetatable", "<T>(table: T, metatable: {}?) -> T") { Body = SetMetatable, Builtin = BuiltinId.Base_setmetatable },
        new("tonumber", "(value: any, base: number?) -> number?") { Body = ToNumber, Builtin = BuiltinId.Base_tonumber },
        new("tostring", "(value: any) -> string") { Body = ToString, Builtin = BuiltinId.Base_tostring },
        new("type", "(value: any) -> string") { Body = Type, Builtin = BuiltinId.Base_type },
        new("typeof", "(value: any) -> string") { Body = TypeOf, Builtin = BuiltinId.Base_typeof },
        new("xpcall", "<A..., R...>(f: (A...) -> R..., handler: (any) -> any, A...) -> (boolean, R...)")
        {
            Body = HostFunction.NoBody,
            Kind = HostFunctionKind.Xpcall,
        },
        new("_VERSION", "string") { Constant = new LuauValue(LuauString.Permanent("Luau"u8)) },
    ]);

    /// <summary>What a script runner adds; not for mods (<see cref="LuauVmOptions.RunnerLibrary"/>). <c>loadstring</c> comes from the VM's face, which
    /// knows the compiler.</summary>
    public static LibraryTable RunnerTable { get; } = new("",
    [
        new("collectgarbage", "(option: \"collect\" | \"count\"?) -> number") { Body = CollectGarbage },
        new("getfenv", "(target: (number | (...any) -> ...any)?) -> {[string]: any}") { Body = GetFenv },
        new("newproxy", "(withMetatable: boolean?) -> any") { Body = NewProxy },
        new("setfenv", "<T>(target: number | T, environment: {}) -> T?") { Body = SetFenv },
    ]);
}
