using System.Runtime.InteropServices;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

// Reading and writing fields with metamethods, and the inline caches of the instructions that do it.
static unsafe partial class Interpreter
{
    /// <summary>Steps of an __index or __newindex chain (specification 8).</summary>
    const int ChainMax = 100;

    static ref LuauValue Register(LuauThread t, Frame f, int byteOffset) => ref t.Stack[f.Base + (byteOffset >> 4)];

    static ref LuauValue Constant(Frame f, int byteOffset) => ref f.Closure.Proto.Constants[byteOffset >> 4];

    /// <summary>Remembers where a key stands in tables of this shape.</summary>
    static void FillCache(Instruction* unit, LuauTable table, int slot)
    {
        if (unit->Misses != byte.MaxValue) unit->Misses++;
        unit->CacheShape = table.ShapeId;
        unit->CacheSlot = (ushort)(slot * Instruction.SlotBytes);
    }

    /// <summary>Value of a string key and, when it stands in a slot, the cache for the next time.</summary>
    static LuauValue GetCached(LuauTable table, LuauString key, Instruction* unit)
    {
        int slot = table.Shape.FindSlot(key);
        if (slot < 0) return table.Shape.IsIrregular ? table.Get(key) : default;
        FillCache(unit, table, slot);
        return table.Slots[slot];
    }

    static void GetGlobal(LuauThread t, Frame f, Instruction* i)
    {
        LuauTable environment = f.Closure.Environment;
        LuauValue key = Constant(f, i->D);
        LuauValue value = GetCached(environment, (LuauString)key.Ref!, i + 1);
        if (value.IsNil && environment.Metatable != null) value = Index(t, environment, key);
        Register(t, f, i->A) = value;
    }

    static void SetGlobal(LuauThread t, Frame f, Instruction* i)
    {
        LuauTable environment = f.Closure.Environment;
        LuauString key = (LuauString)Constant(f, i->D).Ref!;
        LuauValue value = Register(t, f, i->A);
        StoreField(t, environment, key, value, i + 1);
    }

    static void GetField(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue target = Register(t, f, i->B), key = Constant(f, i->C), value = default;
        if (target.Ref is LuauTable table)
        {
            value = GetCached(table, (LuauString)key.Ref!, i + 1);
            if (value.IsNil && table.Metatable != null) value = Index(t, target, key);
        }
        else value = Index(t, target, key);
        Register(t, f, i->A) = value;
    }

    static void SetField(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue target = Register(t, f, i->A), key = Constant(f, i->B), value = Register(t, f, i->C);
        if (target.Ref is LuauTable table) StoreField(t, table, (LuauString)key.Ref!, value, i + 1);
        else SetIndex(t, target, key, value);
    }

    /// <summary>Stores at a constant key, with metamethods, and fills the cache when the store was plain.</summary>
    static void StoreField(LuauThread t, LuauTable table, LuauString key, in LuauValue value, Instruction* unit)
    {
        if (table.Metatable != null)
        {
            int known = table.Shape.FindSlot(key);
            bool isPresent = known >= 0 ? table.Slots[known].Ref != null : table.Shape.IsIrregular && !table.Get(key).IsNil;
            if (!isPresent && !Metamethods.Get(table.Metatable, MetaEvent.NewIndex).IsNil)
            {
                SetIndex(t, table, key, value);
                return;
            }
        }
        if (table.IsReadOnly) throw Errors.ReadOnly(t);
        table.PutField(key, value, constant: true);
        int slot = table.Shape.FindSlot(key);
        if (slot >= 0) FillCache(unit, table, slot);
    }

    static void GetIndex(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue target = Register(t, f, i->B), key = Register(t, f, i->C);
        LuauValue value = target.Ref is LuauTable table ? table.Get(key) : default;
        if (value.IsNil) value = Index(t, target, key);
        Register(t, f, i->A) = value;
    }

    static void SetIndex(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue target = Register(t, f, i->A), key = Register(t, f, i->B), value = Register(t, f, i->C);
        if (target.Ref is LuauTable { Metatable: null } table)
        {
            TableFault fault = table.TrySet(key, value);
            if (fault != TableFault.None) throw Errors.Runtime(t, TableFaults.Text(fault));
            return;
        }
        SetIndex(t, target, key, value);
    }

    static void GetIndexN(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue target = Register(t, f, i->B);
        LuauValue value = target.Ref is LuauTable table ? table.Get((int)i->C) : default;
        if (value.IsNil) value = Index(t, target, (double)i->C);
        Register(t, f, i->A) = value;
    }

    static void SetIndexN(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue target = Register(t, f, i->A), value = Register(t, f, i->C);
        SetIndex(t, target, (double)i->B, value);
    }

    /// <summary>A method found along a chain of <c>__index</c> tables; nil when it is not there, or when something else than a table stands in the
    /// chain. The cache remembers the shape of the table that holds it, at whatever depth.</summary>
    static LuauValue FindMethod(LuauTable table, LuauString name, Instruction* unit)
    {
        for (int step = 0; step < ChainMax; step++)
        {
            if (table.ShapeId == unit->CacheShape)
            {
                ref LuauValue cached = ref At(ref MemoryMarshal.GetArrayDataReference(table.Slots), unit->CacheSlot);
                if (cached.Ref != null) return cached;
            }
            else
            {
                int slot = table.Shape.FindSlot(name);
                if (slot >= 0 && table.Slots[slot].Ref != null)
                {
                    FillCache(unit, table, slot);
                    return table.Slots[slot];
                }
                if (table.Shape.IsIrregular && table.Get(name) is { IsNil: false } value) return value;
            }
            if (table.Metatable == null || IndexTable(table.Metatable) is not { } next) break;
            table = next;
        }
        return default;
    }

    /// <summary>The table under <c>__index</c> of a metatable; null when there is none or it is something else.</summary>
    static LuauTable? IndexTable(LuauTable metatable)
    {
        int slot = metatable.Shape.IndexSlot;
        return (slot >= 0 ? metatable.Slots[slot].Ref : Metamethods.Get(metatable, MetaEvent.Index).Ref) as LuauTable;
    }

    static void NameCall(LuauThread t, Frame f, Instruction* i)
    {
        // The arguments stand behind the object already, perhaps up to an open top; lookups that call scripts must keep clear of them.
        int top = t.Top;
        int free = i[2].Op == OpCode.Call && i[2].B == 0 ? Math.Max(top, f.Limit) : f.Limit;
        LuauValue target = Register(t, f, i->A + Instruction.SlotBytes);
        LuauString name = (LuauString)Constant(f, i->D).Ref!;
        LuauValue method = default;
        if (target.Ref is LuauTable table)
        {
            method = FindMethod(table, name, i + 1);
        }
        else if (target.Ref is LuauString && t.Vm.StringMetatable is { } strings && IndexTable(strings) is { } methods)
        {
            method = FindMethod(methods, name, i + 1);
        }
        else if (target.Ref is Userdata)
        {
            LuauValue handler = Metamethods.Get(t.Vm, target, MetaEvent.NameCall);
            if (!handler.IsNil)
            {
                t.NameCallMethod = name;
                Register(t, f, i->A) = handler;
                return;
            }
        }
        if (method.IsNil)
        {
            method = Index(t, target, new LuauValue(name), free);
            t.Top = top;
            if (method.IsNil) throw Errors.MissingMethod(t, target, name);
        }
        Register(t, f, i->A) = method;
    }

    /// <summary>Reads an import and remembers it when nothing but a new global of the script itself can change what it means.</summary>
    static void GetImport(LuauThread t, Frame f, Instruction* i)
    {
        if (!ResolveImport(f.Closure, i->D, out LuauValue value))
        {
            LoadedProto proto = f.Closure.Proto;
            int[] names = proto.Source.Imports[i->D];
            value = Index(t, f.Closure.Environment, proto.Constants[names[0]]);
            for (int n = 1; n < names.Length; n++) value = Index(t, value, proto.Constants[names[n]]);
        }
        else
        {
            f.Closure.Proto.ImportValues[i->D] = value;
            i[1].CacheShape = f.Closure.CacheEnvironment.ShapeId;
        }
        Register(t, f, i->A) = value;
    }

    /// <summary>Value of an import that can be cached: its first name is not a key of the environment, everything on the way is frozen.</summary>
    static bool ResolveImport(Closure closure, int import, out LuauValue value)
    {
        value = default;
        LuauTable environment = closure.CacheEnvironment;
        LoadedProto proto = closure.Proto;
        LuauTable globals = proto.Vm.Globals;
        int[] names = proto.Source.Imports[import];
        var first = (LuauString)proto.Constants[names[0]].Ref!;
        if (environment.Shape.IsIrregular || !globals.IsReadOnly || environment.Shape.FindSlot(first) >= 0) return false;
        value = globals.Get(first);
        for (int n = 1; n < names.Length; n++)
        {
            if (value.Ref is not LuauTable { IsReadOnly: true } table) return false;
            value = table.Get((LuauString)proto.Constants[names[n]].Ref!);
        }
        return !value.IsNil;
    }

    /// <summary>Whether the import behind a fast call still is the builtin; remembers a yes. <paramref name="unit"/> is the unit behind the fast call.</summary>
    static bool CheckFastCall(Frame f, Instruction* unit)
    {
        if (!ResolveImport(f.Closure, unit[1].D, out LuauValue value) || value.Ref is not HostFunction function || function.Builtin != unit->Builtin) return false;
        unit->CacheShape = f.Closure.CacheEnvironment.ShapeId;
        return true;
    }

    /// <summary>Value of a field of any value, with metamethods.</summary>
    internal static LuauValue Index(LuauThread t, in LuauValue target, in LuauValue key) => Index(t, target, key, t.FreeSlot);

    /// <summary>As the other Index; metamethods are called at stack slot <paramref name="free"/>.</summary>
    internal static LuauValue Index(LuauThread t, LuauValue target, LuauValue key, int free)
    {
        for (int step = 0; step < ChainMax; step++)
        {
            LuauValue handler;
            if (target.Ref is LuauTable table)
            {
                LuauValue value = table.Get(key);
                if (!value.IsNil || table.Metatable == null) return value;
                handler = Metamethods.Get(table.Metatable, MetaEvent.Index);
                if (handler.IsNil) return default;
            }
            else
            {
                if (target.Ref is LuauVector vector) return Component(t, vector, key);
                handler = Metamethods.Get(t.Vm, target, MetaEvent.Index);
                if (handler.IsNil) throw Errors.Index(t, target, key);
            }
            if (handler.Ref is LuauFunction) return t.CallOne(free, handler, target, key, 2, null);
            target = handler;
        }
        throw Errors.Runtime(t, "'__index' chain too long; possible loop");
    }

    /// <summary>A component of a vector. Upstream reads it with a library function, whose errors show.</summary>
    static LuauValue Component(LuauThread t, LuauVector vector, in LuauValue key)
    {
        LuauString? name = key.Ref as LuauString ?? (key.IsNumber ? t.Heap.NewString(key.Num) : null);
        if (name == null) throw Errors.Runtime(t, "invalid argument #2 (string expected, got ", TypeNames.Of(key), ")");
        if (name.Length == 1)
        {
            switch (name.Bytes[0])
            {
                case (byte)'x' or (byte)'X':
                    return (double)vector.X;
                case (byte)'y' or (byte)'Y':
                    return (double)vector.Y;
                case (byte)'z' or (byte)'Z':
                    return (double)vector.Z;
            }
        }
        throw Errors.Runtime(t, "attempt to index vector with '", name, "'");
    }

    /// <summary>Stores at a field of any value, with metamethods.</summary>
    internal static void SetIndex(LuauThread t, LuauValue target, LuauValue key, LuauValue value)
    {
        for (int step = 0; step < ChainMax; step++)
        {
            LuauValue handler;
            if (target.Ref is LuauTable table)
            {
                if (table.Metatable == null || !table.Get(key).IsNil || (handler = Metamethods.Get(table.Metatable, MetaEvent.NewIndex)).IsNil)
                {
                    TableFault fault = table.TrySet(key, value);
                    if (fault != TableFault.None) throw Errors.Runtime(t, TableFaults.Text(fault));
                    return;
                }
            }
            else
            {
                handler = Metamethods.Get(t.Vm, target, MetaEvent.NewIndex);
                if (handler.IsNil) throw Errors.Index(t, target, key);
            }
            if (handler.Ref is LuauFunction)
            {
                ReadOnlySpan<LuauValue> arguments = [target, key, value];
                t.CallOne(t.FreeSlot, handler, arguments, null);
                return;
            }
            target = handler;
        }
        throw Errors.Runtime(t, "'__newindex' chain too long; possible loop");
    }
}
