using System.Runtime.CompilerServices;
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
        if (unit->Shape1 == table.ShapeId || unit->Shape2 == table.ShapeId) return; // A key with no value at the moment: nothing is wrong with the cache.
        int misses = unit->Slot2AndMisses & Instruction.MissesMask;
        if (misses != Instruction.MissesMask) misses++;
        unit->Shape2 = unit->Shape1;
        unit->Slot2AndMisses = (ushort)(unit->Slot1 | misses);
        unit->Shape1 = (ushort)table.ShapeId;
        unit->Slot1 = (ushort)(slot * Instruction.SlotBytes);
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
        StoreField(t, environment, key, ref value, i + 1);
    }

    /// <summary>Reads a field of a table whose shape the cache does not hold: a site that sees objects of several shapes comes here often.</summary>
    /// <returns>False when the table has no such field of its own.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool TryGetField(LuauTable table, LuauString key, Instruction* unit, ref LuauValue target)
    {
        int slot = table.Shape.FindSlot(key);
        if (slot < 0) return false;
        ref LuauValue value = ref table.Slots[slot];
        if (value.Ref == null) return false;
        FillCache(unit, table, slot);
        target.CopyFrom(ref value);
        return true;
    }

    /// <summary>Whether <see cref="Index(LuauThread, in LuauValue, in LuauValue)"/> begins with anything but an error.</summary>
    static bool CanIndex(LuauThread t, in LuauValue value) => value.Ref is LuauTable or LuauVector || !Metamethods.Get(t.Vm, value, MetaEvent.Index).IsNil;

    /// <returns>True when an error was raised and caught.</returns>
    static bool GetField(LuauThread t, Frame f, Instruction* i)
    {
        ref LuauValue target = ref Register(t, f, i->B);
        LuauValue key = Constant(f, i->C);
        if (target.Ref is LuauTable table)
        {
            ref LuauValue found = ref FindInherited(table, Unsafe.As<LuauString>(key.Ref!), i + 1);
            if (!Unsafe.IsNullRef(ref found))
            {
                Register(t, f, i->A).CopyFrom(ref found);
                return false;
            }
        }
        if (!CanIndex(t, target)) return Raise(t.Vm, Errors.Index(t, target, key));
        LuauValue value = Index(t, target, key);
        Register(t, f, i->A) = value;
        return false;
    }

    /// <summary>Looks a field up in a table and along its chain of __index tables. Fills the cache with the table that has it.</summary>
    /// <returns>Where the value stands; a null reference when the chain leads to a function, or nowhere, and the general way has to decide.</returns>
    static ref LuauValue FindInherited(LuauTable table, LuauString key, Instruction* unit)
    {
        for (int step = 0; step < ChainMax; step++)
        {
            int slot = table.Shape.FindSlot(key);
            if (slot >= 0)
            {
                ref LuauValue value = ref table.Slots[slot];
                if (value.Ref != null)
                {
                    FillCache(unit, table, slot);
                    return ref value;
                }
            }
            else if (table.Shape.IsIrregular)
            {
                ref LuauValue value = ref table.Find(key);
                if (!Unsafe.IsNullRef(ref value) && value.Ref != null) return ref value;
            }
            LuauTable? meta = table.Metatable;
            if (meta == null || Metamethods.Get(meta, MetaEvent.Index).Ref is not LuauTable next) break;
            table = next;
        }
        return ref Unsafe.NullRef<LuauValue>();
    }

    static void SetField(LuauThread t, Frame f, Instruction* i) => SetField(t, f, i, ref Register(t, f, i->C));

    static void SetFieldK(LuauThread t, Frame f, Instruction* i) => SetField(t, f, i, ref Constant(f, i->C));

    static void SetField(LuauThread t, Frame f, Instruction* i, ref LuauValue value)
    {
        ref LuauValue target = ref Register(t, f, i->A);
        if (target.Ref is LuauTable table) StoreField(t, table, (LuauString)Constant(f, i->B).Ref!, ref value, i + 1);
        else SetIndex(t, target, Constant(f, i->B), value);
    }

    /// <summary>Stores at a constant key, with metamethods, and fills the cache when the store was plain.</summary>
    static void StoreField(LuauThread t, LuauTable table, LuauString key, ref LuauValue value, Instruction* unit)
    {
        int slot = table.Shape.FindSlot(key);
        if (slot >= 0 && table.Slots[slot].Ref != null)
        {
            if (table.IsReadOnly) throw Errors.ReadOnly(t);
            table.Slots[slot].CopyFrom(ref value);
            FillCache(unit, table, slot);
            return;
        }
        if (table.Metatable != null && !Metamethods.Get(table.Metatable, MetaEvent.NewIndex).IsNil
            && !(table.Shape.IsIrregular && !table.Get(key).IsNil))
        {
            SetIndex(t, table, new LuauValue(key), value);
            return;
        }
        if (table.IsReadOnly) throw Errors.ReadOnly(t);
        Shape before = table.Shape;
        table.PutField(key, value, constant: true);
        if (slot < 0 && !ReferenceEquals(table.Shape, before)) slot = table.Shape.IsIrregular ? -1 : table.Shape.Count - 1;
        if (slot >= 0) FillCache(unit, table, slot);
    }

    /// <summary>Where the value of a key stands that is not in the array part.</summary>
    /// <returns>A null reference when there is no such key.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ref LuauValue FindKey(LuauTable table, ref LuauValue key)
    {
        HashPart? hash = table.Hash;
        object? o = key.Ref;
        if (ReferenceEquals(o, LuauValue.NumberTag))
        {
            if (hash != null) return ref hash.Find(key.Num);
        }
        else if (o != null && o.GetType() == typeof(LuauString))
        {
            if (table.ShapeId >= 0)
            {
                int slot = table.Shape.FindSlot(Unsafe.As<LuauString>(o));
                if (slot >= 0) return ref table.Slots[slot];
            }
            else if (hash != null) return ref hash.Find(Unsafe.As<LuauString>(o));
        }
        else if (o != null && hash != null) return ref hash.Find(key);
        return ref Unsafe.NullRef<LuauValue>();
    }

    /// <summary>Reads an element that is not in the array part.</summary>
    /// <returns>False when metamethods have a say: the table has a metatable and no such key.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool TryGetKey(LuauTable table, ref LuauValue key, ref LuauValue target)
    {
        ref LuauValue found = ref FindKey(table, ref key);
        if (!Unsafe.IsNullRef(ref found) && found.Ref != null)
        {
            target.CopyFrom(ref found);
            return true;
        }
        if (table.Metatable != null) return false;
        target.SetNil();
        return true;
    }

    /// <summary>Replaces the value of an element that is not in the array part, or removes one that is.</summary>
    /// <returns>False when it has no value yet, or other things have to be looked at.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool TryReplace(LuauTable table, ref LuauValue key, ref LuauValue value)
    {
        if ((table.Flags & LuauTable.StoreGuard) != 0) return false;
        if (value.Ref == null) return key.IsNumber && table.TryRemove(key.Num);
        ref LuauValue found = ref FindKey(table, ref key);
        if (Unsafe.IsNullRef(ref found) || found.Ref == null) return false;
        found.CopyFrom(ref value);
        return true;
    }

    static bool GetIndex(LuauThread t, Frame f, Instruction* i)
    {
        ref LuauValue target = ref Register(t, f, i->B);
        ref LuauValue key = ref Register(t, f, i->C);
        if (target.Ref is LuauTable table)
        {
            LuauValue own = table.Get(key);
            if (own.Ref != null || table.Metatable == null)
            {
                Register(t, f, i->A).CopyFrom(ref own);
                return false;
            }
        }
        if (!CanIndex(t, target)) return Raise(t.Vm, Errors.Index(t, target, key));
        LuauValue value = Index(t, target, key);
        Register(t, f, i->A) = value;
        return false;
    }

    static void SetIndex(LuauThread t, Frame f, Instruction* i) => SetIndex(t, f, i, ref Register(t, f, i->C));

    static void SetIndexK(LuauThread t, Frame f, Instruction* i) => SetIndex(t, f, i, ref Constant(f, i->C));

    static void SetIndex(LuauThread t, Frame f, Instruction* i, ref LuauValue value)
    {
        ref LuauValue target = ref Register(t, f, i->A);
        ref LuauValue key = ref Register(t, f, i->B);
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
        LuauValue target = Register(t, f, i->B), value = default;
        if (target.Ref is LuauTable table)
        {
            value = table.Get((int)i->C);
            if (value.IsNil && table.Metatable != null) value = Index(t, target, (double)i->C);
        }
        else value = Index(t, target, (double)i->C);
        Register(t, f, i->A) = value;
    }

    static void SetIndexN(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue target = Register(t, f, i->A), value = Register(t, f, i->C);
        SetIndex(t, target, (double)i->B, value);
    }

    static bool NameCall(LuauThread t, Frame f, Instruction* i)
    {
        ref LuauValue target = ref Register(t, f, i->A + Instruction.SlotBytes);
        LuauString name = (LuauString)Constant(f, i->D).Ref!;
        if (target.Ref is LuauTable table)
        {
            ref LuauValue found = ref FindInherited(table, name, i + 1);
            if (!Unsafe.IsNullRef(ref found))
            {
                Register(t, f, i->A).CopyFrom(ref found);
                return false;
            }
        }
        else if (target.Ref is LuauString)
        {
            if (t.Vm.StringMetatable is LuauTable strings && Metamethods.Get(strings, MetaEvent.Index).Ref is LuauTable methods)
            {
                ref LuauValue found = ref FindInherited(methods, name, i + 1);
                if (!Unsafe.IsNullRef(ref found))
                {
                    Register(t, f, i->A).CopyFrom(ref found);
                    return false;
                }
            }
        }
        else if (target.Ref is Userdata userdata)
        {
            LuauValue handler = Metamethods.Get(userdata.Metatable, MetaEvent.NameCall);
            if (handler.IsNil && t.Vm.UserdataMembers[userdata.Tag] is LuauTable members) handler = members.Get(name);
            else if (!handler.IsNil) t.NameCallMethod = name;
            if (!handler.IsNil)
            {
                Register(t, f, i->A).CopyFrom(ref handler);
                return false;
            }
        }
        return NameCallGeneral(t, f, i, target, name);
    }

    /// <summary>A method that has to be asked for with metamethods, or is missing. The arguments stand behind the object already, perhaps up to an open top;
    /// lookups that call scripts must keep clear of them.</summary>
    /// <returns>True when an error was raised and caught.</returns>
    static bool NameCallGeneral(LuauThread t, Frame f, Instruction* i, LuauValue target, LuauString name)
    {
        int top = t.Top;
        int free = i[2].Op == OpCode.Call && i[2].B == 0 ? Math.Max(top, f.Limit) : f.Limit;
        if (!CanIndex(t, target)) return Raise(t.Vm, Errors.Index(t, target, new LuauValue(name)));
        LuauValue method = Index(t, target, new LuauValue(name), free);
        t.Top = top;
        if (method.IsNil) return Raise(t.Vm, Errors.MissingMethod(t, target, name));
        Register(t, f, i->A) = method;
        return false;
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
