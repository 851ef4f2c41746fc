using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

// The loop. Hot state is five locals: t (thread), f (frame), pc, r (its registers) and k (its constants); a sixth would live in memory, which
// is why the running instruction is pc[-1] and has no name. Each case is the fast path, or one
// call to a slow path in a sibling file followed by a reload:
//   reload   r anew, because the slow path may have grown the stack
//   enter    f, pc, r and k anew, because another frame runs now
//   switched t too, because another thread may run now, or an error was caught: slow paths whose faults scripts catch often tell by returning true
// Before anything that can raise an error, call or yield, pc is stored in f.Pc. No address of a hot local is ever taken, and no `ref` into
// the stack is used after a call that may grow it. Cases stand in the order of OpCode.cs.

static unsafe partial class Interpreter
{
    /// <summary>Classes a method call looks through with its cache; chains may be longer, or cycles.</summary>
    const int InheritedLevelsMax = 8;

    /// <summary>Register or constant at a byte offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ref LuauValue At(ref LuauValue first, int byteOffset) => ref Unsafe.AddByteOffset(ref first, (nint)(uint)byteOffset);

    /// <summary>Equality with a number, string or boolean constant. Strings that are not one object are compared by content, out of line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool EqualsConstant(ref LuauValue value, ref LuauValue constant)
    {
        object? o = value.Ref;
        if (ReferenceEquals(o, constant.Ref)) return !value.IsNumber || value.Num == constant.Num;
        return o != null && o.GetType() == typeof(LuauString) && LuauValue.RawEquals(value, constant);
    }

    /// <summary><paramref name="a"/> modulo an integer from 1 to 2^31. An integer that is not too large goes without the division that everything after it would wait
    /// for: the rounded reciprocal gives the quotient or its neighbour, which the remainder tells, and all else is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double ModInt(double a, double divisor)
    {
        double rest = a - (Math.Floor(a * (1.0 / divisor)) * divisor);
        if (Math.Abs(a) <= 1L << 52 && Math.Floor(a) == a)
        {
            if (rest >= divisor) rest -= divisor;
            else if (rest < 0) rest += divisor;
            return rest;
        }
        return a - (Math.Floor(a / divisor) * divisor);
    }

    /// <summary>Runs the innermost frame of the running thread, which is <paramref name="t"/> at first, until the call that started this run
    /// returns, or its coroutine yields or dies. <see cref="VmState.Exit"/> tells which.</summary>
    /// <exception cref="LuauException">An error; frames are as they were where it was raised.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run(LuauThread t)
    {
        Frame f = t.Frame!;
        Instruction* pc = f.Pc;
        ref LuauValue r = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(t.Stack), f.Base);
        ref LuauValue k = ref MemoryMarshal.GetArrayDataReference(f.Closure.Proto.Constants);
        for (; ; )
        {
            pc++;
            switch (pc[-1].Op)
            {
                // ---- loads and moves
                case OpCode.LoadNil:
                    At(ref r, pc[-1].A).SetNil();
                    continue;
                case OpCode.LoadNils:
                    for (int a = pc[-1].A; a <= pc[-1].B; a += Instruction.SlotBytes) At(ref r, a).SetNil();
                    continue;
                case OpCode.LoadBool:
                    At(ref r, pc[-1].A).SetBoolean(pc[-1].B != 0);
                    continue;
                case OpCode.LoadInt:
                    At(ref r, pc[-1].A).SetNumber(pc[-1].D);
                    continue;
                case OpCode.LoadK:
                    At(ref r, pc[-1].A).CopyFrom(ref At(ref k, pc[-1].D));
                    continue;
                case OpCode.Move:
                    At(ref r, pc[-1].A).CopyFrom(ref At(ref r, pc[-1].B));
                    continue;

                // ---- cells and upvalues
                case OpCode.NewCell:
                    f.Pc = pc;
                    NewCell(t, ref At(ref r, pc[-1].A));
                    continue;
                case OpCode.GetCell:
                    At(ref r, pc[-1].A).CopyFrom(ref Unsafe.As<Cell>(At(ref r, pc[-1].B).Ref!).Value);
                    continue;
                case OpCode.SetCell:
                    Unsafe.As<Cell>(At(ref r, pc[-1].A).Ref!).Value.CopyFrom(ref At(ref r, pc[-1].B));
                    continue;
                case OpCode.GetUpvalue:
                    At(ref r, pc[-1].A).CopyFrom(ref At(ref MemoryMarshal.GetArrayDataReference(f.Closure.Upvalues), pc[-1].B));
                    continue;
                case OpCode.GetUpvalueCell:
                    At(ref r, pc[-1].A).CopyFrom(
                        ref Unsafe.As<Cell>(At(ref MemoryMarshal.GetArrayDataReference(f.Closure.Upvalues), pc[-1].B).Ref!).Value);
                    continue;
                case OpCode.SetUpvalueCell:
                    Unsafe.As<Cell>(At(ref MemoryMarshal.GetArrayDataReference(f.Closure.Upvalues), pc[-1].B).Ref!).Value.CopyFrom(ref At(ref r, pc[-1].A));
                    continue;
                case OpCode.NewClosure:
                    f.Pc = pc;
                    pc = NewClosure(t, f, pc - 1);
                    continue;

                // ---- globals
                case OpCode.GetGlobal:
                {
                    LuauTable environment = f.Closure.Environment;
                    if (environment.ShapeId == pc->Shape1)
                    {
                        ref LuauValue v = ref At(ref MemoryMarshal.GetArrayDataReference(environment.Slots), pc->Slot1);
                        if (v.Ref != null)
                        {
                            At(ref r, pc[-1].A).CopyFrom(ref v);
                            pc++;
                            continue;
                        }
                    }
                    f.Pc = ++pc;
                    GetGlobal(t, f, pc - 2);
                    goto reload;
                }
                case OpCode.SetGlobal:
                {
                    LuauTable environment = f.Closure.Environment;
                    if (environment.ShapeId == pc->Shape1 && (environment.Flags & LuauTable.StoreGuard) == 0)
                    {
                        ref LuauValue v = ref At(ref MemoryMarshal.GetArrayDataReference(environment.Slots), pc->Slot1);
                        if (v.Ref != null)
                        {
                            v.CopyFrom(ref At(ref r, pc[-1].A));
                            pc++;
                            continue;
                        }
                    }
                    f.Pc = ++pc;
                    SetGlobal(t, f, pc - 2);
                    goto reload;
                }
                case OpCode.GetImport:
                {
                    Closure c = f.Closure;
                    if (c.CacheEnvironment.ShapeId == pc->CacheShape)
                    {
                        At(ref r, pc[-1].A).CopyFrom(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(c.Proto.ImportValues), pc[-1].D));
                        pc++;
                        continue;
                    }
                    f.Pc = ++pc;
                    GetImport(t, f, pc - 2);
                    goto reload;
                }

                // ---- tables
                case OpCode.NewTable:
                    f.Pc = pc;
                    At(ref r, pc[-1].A).SetObject(new LuauTable(t.Heap, pc[-1].B, pc[-1].C));
                    continue;
                case OpCode.NewTableShape:
                    f.Pc = ++pc;
                    At(ref r, pc[-2].A).SetObject(new LuauTable(f.Closure.Proto.Template(pc[-2].D), pc[-1].Aux));
                    continue;
                case OpCode.GetField:
                {
                    object? o = At(ref r, pc[-1].B).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        if (Unsafe.As<LuauTable>(o).ShapeId == pc->Shape1)
                        {
                            ref LuauValue v = ref At(ref MemoryMarshal.GetArrayDataReference(Unsafe.As<LuauTable>(o).Slots), pc->Slot1);
                            if (v.Ref != null)
                            {
                                At(ref r, pc[-1].A).CopyFrom(ref v);
                                pc++;
                                continue;
                            }
                        }
                        else if (Unsafe.As<LuauTable>(o).ShapeId == pc->Shape2)
                        {
                            ref LuauValue v = ref At(ref MemoryMarshal.GetArrayDataReference(Unsafe.As<LuauTable>(o).Slots), pc->Slot2);
                            if (v.Ref != null)
                            {
                                At(ref r, pc[-1].A).CopyFrom(ref v);
                                pc++;
                                continue;
                            }
                        }
                        else if (TryGetField(Unsafe.As<LuauTable>(o), Unsafe.As<LuauString>(At(ref k, pc[-1].C).Ref!), pc, ref At(ref r, pc[-1].A)))
                        {
                            pc++;
                            continue;
                        }
                    }
                    f.Pc = ++pc;
                    if (GetField(t, f, pc - 2)) goto switched;
                    goto reload;
                }
                case OpCode.SetField:
                {
                    object? o = At(ref r, pc[-1].A).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        LuauTable table = Unsafe.As<LuauTable>(o);
                        int slot = pc->Slot1;
                        if (table.ShapeId != pc->Shape1)
                        {
                            if (table.ShapeId != pc->Shape2) goto setfield;
                            slot = pc->Slot2;
                        }
                        ref LuauValue v = ref At(ref MemoryMarshal.GetArrayDataReference(table.Slots), slot);
                        if (v.Ref != null ? (table.Flags & LuauTable.StoreGuard) == 0 : (table.Flags & LuauTable.InsertGuard) == 0 && table.Metatable == null)
                        {
                            v.CopyFrom(ref At(ref r, pc[-1].C));
                            pc++;
                            continue;
                        }
                    }
                setfield:
                    f.Pc = ++pc;
                    SetField(t, f, pc - 2);
                    goto reload;
                }
                case OpCode.SetFieldK:
                {
                    object? o = At(ref r, pc[-1].A).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        LuauTable table = Unsafe.As<LuauTable>(o);
                        int slot = pc->Slot1;
                        if (table.ShapeId != pc->Shape1)
                        {
                            if (table.ShapeId != pc->Shape2) goto setfieldk;
                            slot = pc->Slot2;
                        }
                        ref LuauValue v = ref At(ref MemoryMarshal.GetArrayDataReference(table.Slots), slot);
                        if (v.Ref != null ? (table.Flags & LuauTable.StoreGuard) == 0 : (table.Flags & LuauTable.InsertGuard) == 0 && table.Metatable == null)
                        {
                            v.CopyConstant(ref At(ref k, pc[-1].C));
                            pc++;
                            continue;
                        }
                    }
                setfieldk:
                    f.Pc = ++pc;
                    SetFieldK(t, f, pc - 2);
                    goto reload;
                }
                case OpCode.GetIndex:
                {
                    object? o = At(ref r, pc[-1].B).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        ref LuauValue key = ref At(ref r, pc[-1].C);
                        if (key.IsNumber)
                        {
                            LuauTable table = Unsafe.As<LuauTable>(o);
                            int index = double.ConvertToIntegerNative<int>(key.Num) - 1;
                            if ((uint)index < (uint)table.Count && index + 1 == key.Num)
                            {
                                ref LuauValue v = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Array), index);
                                if (v.Ref != null)
                                {
                                    At(ref r, pc[-1].A).CopyFrom(ref v);
                                    continue;
                                }
                            }
                        }
                        if (TryGetKey(Unsafe.As<LuauTable>(o), ref key, ref At(ref r, pc[-1].A))) continue;
                    }
                    f.Pc = pc;
                    if (GetIndex(t, f, pc - 1)) goto switched;
                    goto reload;
                }
                case OpCode.SetIndex:
                {
                    object? o = At(ref r, pc[-1].A).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        ref LuauValue key = ref At(ref r, pc[-1].B);
                        LuauTable table = Unsafe.As<LuauTable>(o);
                        if (key.IsNumber)
                        {
                            int index = double.ConvertToIntegerNative<int>(key.Num) - 1;
                            if (index + 1 == key.Num)
                            {
                                if ((uint)index < (uint)table.Count)
                                {
                                    ref LuauValue v = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Array), index);
                                    if (At(ref r, pc[-1].C).Ref != null && (v.Ref != null || table.Metatable == null) && (table.Flags & LuauTable.ReadOnlyFlag) == 0)
                                    {
                                        v.CopyFrom(ref At(ref r, pc[-1].C));
                                        continue;
                                    }
                                }
                                else if (index == table.Count && table.Metatable == null && (table.Flags & LuauTable.ReadOnlyFlag) == 0)
                                {
                                    f.Pc = pc;
                                    table.Append(At(ref r, pc[-1].C));
                                    continue;
                                }
                            }
                        }
                        if (TryReplace(table, ref key, ref At(ref r, pc[-1].C))) continue;
                    }
                    f.Pc = pc;
                    SetIndex(t, f, pc - 1);
                    goto reload;
                }
                case OpCode.SetIndexK:
                {
                    object? o = At(ref r, pc[-1].A).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        ref LuauValue key = ref At(ref r, pc[-1].B);
                        LuauTable table = Unsafe.As<LuauTable>(o);
                        if (key.IsNumber)
                        {
                            int index = double.ConvertToIntegerNative<int>(key.Num) - 1;
                            if (index + 1 == key.Num)
                            {
                                if ((uint)index < (uint)table.Count)
                                {
                                    ref LuauValue v = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Array), index);
                                    if ((v.Ref != null || table.Metatable == null) && (table.Flags & LuauTable.ReadOnlyFlag) == 0)
                                    {
                                        v.CopyConstant(ref At(ref k, pc[-1].C));
                                        continue;
                                    }
                                }
                                else if (index == table.Count && table.Metatable == null && (table.Flags & LuauTable.ReadOnlyFlag) == 0)
                                {
                                    f.Pc = pc;
                                    table.Append(At(ref k, pc[-1].C));
                                    continue;
                                }
                            }
                        }
                        if (TryReplace(table, ref key, ref At(ref k, pc[-1].C))) continue;
                    }
                    f.Pc = pc;
                    SetIndexK(t, f, pc - 1);
                    goto reload;
                }
                case OpCode.GetIndexN:
                {
                    object? o = At(ref r, pc[-1].B).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        LuauTable table = Unsafe.As<LuauTable>(o);
                        int index = pc[-1].C - 1;
                        if ((uint)index < (uint)table.Count)
                        {
                            ref LuauValue v = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Array), index);
                            if (v.Ref != null)
                            {
                                At(ref r, pc[-1].A).CopyFrom(ref v);
                                continue;
                            }
                        }
                    }
                    f.Pc = pc;
                    GetIndexN(t, f, pc - 1);
                    goto reload;
                }
                case OpCode.SetIndexN:
                {
                    object? o = At(ref r, pc[-1].A).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        LuauTable table = Unsafe.As<LuauTable>(o);
                        int index = pc[-1].B - 1;
                        ref LuauValue value = ref At(ref r, pc[-1].C);
                        if ((uint)index < (uint)table.Count && value.Ref != null)
                        {
                            ref LuauValue v = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Array), index);
                            if ((v.Ref != null || table.Metatable == null) && (table.Flags & LuauTable.ReadOnlyFlag) == 0)
                            {
                                v.CopyFrom(ref value);
                                continue;
                            }
                        }
                    }
                    f.Pc = pc;
                    SetIndexN(t, f, pc - 1);
                    goto reload;
                }
                case OpCode.SetList:
                {
                    f.Pc = ++pc;
                    int count = pc[-2].C != 0 ? pc[-2].C - 1 : t.Top - f.Base - (pc[-2].B >> 4);
                    Unsafe.As<LuauTable>(At(ref r, pc[-2].A).Ref!).SetList(pc[-1].Aux, MemoryMarshal.CreateReadOnlySpan(ref At(ref r, pc[-2].B), count));
                    continue;
                }
                case OpCode.NameCall:
                {
                    object? o = At(ref r, pc[-1].A + Instruction.SlotBytes).Ref;
                    if (o != null && o.GetType() == typeof(LuauString)) o = t.Vm.StringMethods;
                    if (o != null && o.GetType() == typeof(LuauTable))
                    {
                        LuauTable table = Unsafe.As<LuauTable>(o);
                        int slot;
                        for (int level = 0; ; level++)
                        {
                            slot = pc->Slot1;
                            if (table.ShapeId == pc->Shape1) break;
                            slot = pc->Slot2;
                            if (table.ShapeId == pc->Shape2) break;
                            // Not an own key: on to the class, and to what the class inherits from.
                            LuauTable? meta = table.Metatable;
                            if (meta == null || level == InheritedLevelsMax || meta.Shape.IndexSlot < 0) goto namecall;
                            if (table.Shape.FindSlot(Unsafe.As<LuauString>(At(ref k, pc[-1].D).Ref!)) >= 0) goto namecall;
                            o = meta.Slots[meta.Shape.IndexSlot].Ref;
                            if (o == null || o.GetType() != typeof(LuauTable)) goto namecall;
                            table = Unsafe.As<LuauTable>(o);
                        }
                        ref LuauValue v = ref At(ref MemoryMarshal.GetArrayDataReference(table.Slots), slot);
                        if (v.Ref != null)
                        {
                            At(ref r, pc[-1].A).CopyFrom(ref v);
                            pc++;
                            continue;
                        }
                    }
                namecall:
                    f.Pc = ++pc;
                    if (NameCall(t, f, pc - 2)) goto switched;
                    goto reload;
                }

                // ---- arithmetic and other operators
                case OpCode.Add:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (b.IsNumber && c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num + c.Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (Arithmetic(t, f, pc - 1, MetaEvent.Add)) goto switched;
                    goto reload;
                }
                case OpCode.Sub:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (b.IsNumber && c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num - c.Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (Arithmetic(t, f, pc - 1, MetaEvent.Sub)) goto switched;
                    goto reload;
                }
                case OpCode.Mul:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (b.IsNumber && c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num * c.Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (Arithmetic(t, f, pc - 1, MetaEvent.Mul)) goto switched;
                    goto reload;
                }
                case OpCode.Div:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (b.IsNumber && c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num / c.Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (Arithmetic(t, f, pc - 1, MetaEvent.Div)) goto switched;
                    goto reload;
                }
                case OpCode.Mod:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (b.IsNumber && c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num - (Math.Floor(b.Num / c.Num) * c.Num));
                        continue;
                    }
                    f.Pc = pc;
                    if (Arithmetic(t, f, pc - 1, MetaEvent.Mod)) goto switched;
                    goto reload;
                }
                case OpCode.Pow:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (b.IsNumber && c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(Math.Pow(b.Num, c.Num));
                        continue;
                    }
                    f.Pc = pc;
                    if (Arithmetic(t, f, pc - 1, MetaEvent.Pow)) goto switched;
                    goto reload;
                }
                case OpCode.IDiv:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (b.IsNumber && c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(Math.Floor(b.Num / c.Num));
                        continue;
                    }
                    f.Pc = pc;
                    if (Arithmetic(t, f, pc - 1, MetaEvent.IDiv)) goto switched;
                    goto reload;
                }
                case OpCode.AddK:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num + At(ref k, pc[-1].C).Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (ArithmeticK(t, f, pc - 1, MetaEvent.Add)) goto switched;
                    goto reload;
                }
                case OpCode.SubK:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num - At(ref k, pc[-1].C).Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (ArithmeticK(t, f, pc - 1, MetaEvent.Sub)) goto switched;
                    goto reload;
                }
                case OpCode.MulK:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num * At(ref k, pc[-1].C).Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (ArithmeticK(t, f, pc - 1, MetaEvent.Mul)) goto switched;
                    goto reload;
                }
                case OpCode.DivK:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(b.Num / At(ref k, pc[-1].C).Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (ArithmeticK(t, f, pc - 1, MetaEvent.Div)) goto switched;
                    goto reload;
                }
                case OpCode.ModK:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        double c = At(ref k, pc[-1].C).Num;
                        At(ref r, pc[-1].A).SetNumber(b.Num - (Math.Floor(b.Num / c) * c));
                        continue;
                    }
                    f.Pc = pc;
                    if (ArithmeticK(t, f, pc - 1, MetaEvent.Mod)) goto switched;
                    goto reload;
                }
                case OpCode.PowK:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        double c = At(ref k, pc[-1].C).Num;
                        At(ref r, pc[-1].A).SetNumber(c == 2 ? b.Num * b.Num : c == 0.5 ? Math.Sqrt(b.Num) : Math.Pow(b.Num, c));
                        continue;
                    }
                    f.Pc = pc;
                    if (ArithmeticK(t, f, pc - 1, MetaEvent.Pow)) goto switched;
                    goto reload;
                }
                case OpCode.IDivK:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(Math.Floor(b.Num / At(ref k, pc[-1].C).Num));
                        continue;
                    }
                    f.Pc = pc;
                    if (ArithmeticK(t, f, pc - 1, MetaEvent.IDiv)) goto switched;
                    goto reload;
                }
                case OpCode.KAdd:
                {
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(At(ref k, pc[-1].B).Num + c.Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (KArithmetic(t, f, pc - 1, MetaEvent.Add)) goto switched;
                    goto reload;
                }
                case OpCode.KMul:
                {
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(At(ref k, pc[-1].B).Num * c.Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (KArithmetic(t, f, pc - 1, MetaEvent.Mul)) goto switched;
                    goto reload;
                }
                case OpCode.KSub:
                {
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(At(ref k, pc[-1].B).Num - c.Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (KArithmetic(t, f, pc - 1, MetaEvent.Sub)) goto switched;
                    goto reload;
                }
                case OpCode.KDiv:
                {
                    ref LuauValue c = ref At(ref r, pc[-1].C);
                    if (c.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(At(ref k, pc[-1].B).Num / c.Num);
                        continue;
                    }
                    f.Pc = pc;
                    if (KArithmetic(t, f, pc - 1, MetaEvent.Div)) goto switched;
                    goto reload;
                }
                case OpCode.ModInt:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(ModInt(b.Num, At(ref k, pc[-1].C).Num));
                        continue;
                    }
                    f.Pc = pc;
                    if (ArithmeticK(t, f, pc - 1, MetaEvent.Mod)) goto switched;
                    goto reload;
                }
                case OpCode.Neg:
                {
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (b.IsNumber)
                    {
                        At(ref r, pc[-1].A).SetNumber(-b.Num);
                        continue;
                    }
                    f.Pc = pc;
                    Negate(t, f, pc - 1);
                    goto reload;
                }
                case OpCode.Not:
                    At(ref r, pc[-1].A).SetBoolean(!At(ref r, pc[-1].B).IsTruthy);
                    continue;
                case OpCode.Len:
                {
                    object? o = At(ref r, pc[-1].B).Ref;
                    if (o != null && o.GetType() == typeof(LuauTable) && Unsafe.As<LuauTable>(o).Metatable == null)
                    {
                        At(ref r, pc[-1].A).SetNumber(Unsafe.As<LuauTable>(o).Count);
                        continue;
                    }
                    f.Pc = pc;
                    Length(t, f, pc - 1);
                    goto reload;
                }
                case OpCode.Concat:
                    f.Pc = pc;
                    Concat(t, f, pc - 1);
                    goto reload;
                case OpCode.Interpolate:
                    f.Pc = pc;
                    Interpolate(t, f, pc - 1);
                    goto reload;

                // ---- jumps
                case OpCode.Jump:
                    pc += pc[-1].D;
                    continue;
                case OpCode.LoopBack:
                    if (t.Heap.Interrupt != 0)
                    {
                        f.Pc = pc;
                        Safepoint(t);
                    }
                    pc += pc[-1].D;
                    continue;
                case OpCode.JumpIf:
                    if (At(ref r, pc[-1].A).IsTruthy) pc += pc[-1].D;
                    continue;
                case OpCode.JumpIfNot:
                    if (!At(ref r, pc[-1].A).IsTruthy) pc += pc[-1].D;
                    continue;
                case OpCode.JumpIfNil:
                    if (At(ref r, pc[-1].A).Ref == null) pc += pc[-1].D;
                    continue;
                case OpCode.JumpIfNotNil:
                    if (At(ref r, pc[-1].A).Ref != null) pc += pc[-1].D;
                    continue;
                case OpCode.JumpIfEq:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (a.IsNumber && b.IsNumber)
                    {
                        if (a.Num == b.Num) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (AreEqual(t, f, pc - 1)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfNotEq:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (a.IsNumber && b.IsNumber)
                    {
                        if (a.Num != b.Num) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (!AreEqual(t, f, pc - 1)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfLt:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (a.IsNumber && b.IsNumber)
                    {
                        if (a.Num < b.Num) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (IsLess(t, f, pc - 1)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfNotLt:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (a.IsNumber && b.IsNumber)
                    {
                        if (!(a.Num < b.Num)) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (!IsLess(t, f, pc - 1)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfLe:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (a.IsNumber && b.IsNumber)
                    {
                        if (a.Num <= b.Num) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (IsLessOrEqual(t, f, pc - 1)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfNotLe:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue b = ref At(ref r, pc[-1].B);
                    if (a.IsNumber && b.IsNumber)
                    {
                        if (!(a.Num <= b.Num)) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (!IsLessOrEqual(t, f, pc - 1)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfEqK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue b = ref At(ref k, pc[-1].B);
                    if (EqualsConstant(ref a, ref b)) pc += pc[-1].Jump;
                    continue;
                }
                case OpCode.JumpIfNotEqK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue b = ref At(ref k, pc[-1].B);
                    if (!EqualsConstant(ref a, ref b)) pc += pc[-1].Jump;
                    continue;
                }
                case OpCode.JumpIfLtK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.IsNumber)
                    {
                        if (a.Num < At(ref k, pc[-1].B).Num) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (IsLess(t, a, At(ref k, pc[-1].B))) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfNotLtK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.IsNumber)
                    {
                        if (!(a.Num < At(ref k, pc[-1].B).Num)) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (!IsLess(t, a, At(ref k, pc[-1].B))) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfLeK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.IsNumber)
                    {
                        if (a.Num <= At(ref k, pc[-1].B).Num) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (IsLessOrEqual(t, a, At(ref k, pc[-1].B))) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfNotLeK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.IsNumber)
                    {
                        if (!(a.Num <= At(ref k, pc[-1].B).Num)) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (!IsLessOrEqual(t, a, At(ref k, pc[-1].B))) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfGtK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.IsNumber)
                    {
                        if (At(ref k, pc[-1].B).Num < a.Num) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (IsLess(t, At(ref k, pc[-1].B), a)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfNotGtK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.IsNumber)
                    {
                        if (!(At(ref k, pc[-1].B).Num < a.Num)) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (!IsLess(t, At(ref k, pc[-1].B), a)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfGeK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.IsNumber)
                    {
                        if (At(ref k, pc[-1].B).Num <= a.Num) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (IsLessOrEqual(t, At(ref k, pc[-1].B), a)) pc += pc[-1].Jump;
                    goto reload;
                }
                case OpCode.JumpIfNotGeK:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.IsNumber)
                    {
                        if (!(At(ref k, pc[-1].B).Num <= a.Num)) pc += pc[-1].Jump;
                        continue;
                    }
                    f.Pc = pc;
                    if (!IsLessOrEqual(t, At(ref k, pc[-1].B), a)) pc += pc[-1].Jump;
                    goto reload;
                }

                // ---- calls
                case OpCode.Call:
                {
                    f.Pc = pc;
                    if (t.Heap.Interrupt != 0) Safepoint(t);
                    object? callee = At(ref r, pc[-1].A).Ref;
                    if (callee != null && callee.GetType() == typeof(Closure))
                    {
                        Closure c = Unsafe.As<Closure>(callee);
                        LoadedProto proto = c.Proto;
                        int func = f.Base + (pc[-1].A >> 4);
                        int arguments = pc[-1].B != 0 ? pc[-1].B - 1 : t.Top - func - 1;
                        Frame next = f.Next ?? t.NewFrame();
                        int @base = func + 1;
                        if (arguments != proto.ExactArguments) @base = AdjustArguments(t, next, proto, func, arguments);
                        next.Base = @base;
                        next.Func = func;
                        next.Wanted = pc[-1].C;
                        next.Mode = 0;
                        if (!ReferenceEquals(next.Closure, c)) next.Closure = c;
                        t.EnsureStack(@base + proto.RegisterCount + LuauThread.SpareSlots);
                        t.Depth = next.Depth;
                        f = next;
                        pc = proto.Entry;
                        r = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(t.Stack), @base);
                        k = ref MemoryMarshal.GetArrayDataReference(proto.Constants);
                        continue;
                    }
                    if (callee != null && callee.GetType() == typeof(HostFunction) && Unsafe.As<HostFunction>(callee).Kind <= HostFunctionKind.LastPlain)
                    {
                        int func = f.Base + (pc[-1].A >> 4);
                        int arguments = pc[-1].B != 0 ? pc[-1].B - 1 : t.Top - func - 1;
                        if (CallHost(t, Unsafe.As<HostFunction>(callee), func, arguments, pc[-1].C)) goto reload;
                        goto switched;
                    }
                    CallOther(t.Vm, t, f, pc - 1);
                    goto switched;
                }
                case OpCode.Return:
                {
                    int first = f.Base + (pc[-1].A >> 4);
                    int count = pc[-1].B != 0 ? pc[-1].B - 1 : t.Top - first;
                    f.Pc = pc;
                    int func = f.Func, wanted = f.Wanted;
                    ReturnTo returnTo = f.ReturnTo;
                    t.Depth = f.Depth - 1;
                    Finish(t.Vm, t, func, wanted, returnTo, first, count);
                    if (returnTo != ReturnTo.Script) goto switched;
                    f = f.Previous!;
                    goto enter;
                }
                case OpCode.Return0:
                {
                    if (f.Mode != 0) goto case OpCode.Return1;
                    int wanted = f.Wanted - 1;
                    int func = f.Func;
                    f = f.Previous!;
                    t.Depth = f.Depth;
                    if (wanted < 0) t.Top = func;
                    else
                        for (int n = 0; n < wanted; n++) t.Stack[func + n].SetNil();
                    goto enter;
                }
                case OpCode.Return1:
                {
                    if (f.Mode != 0)
                    {
                        f.Pc = pc;
                        int first = f.Base + (pc[-1].A >> 4);
                        t.Depth = f.Depth - 1;
                        Finish(t.Vm, t, f.Func, f.Wanted, f.ReturnTo, first, pc[-1].Op == OpCode.Return0 ? 0 : 1);
                        goto switched;
                    }
                    int wanted = f.Wanted;
                    int func = f.Func;
                    ref LuauValue result = ref Unsafe.Add(ref r, func - f.Base);
                    result.CopyFrom(ref At(ref r, pc[-1].A));
                    r = ref Unsafe.Add(ref r, f.Previous!.Base - f.Base);
                    f = f.Previous!;
                    t.Depth = f.Depth;
                    pc = f.Pc;
                    k = ref MemoryMarshal.GetArrayDataReference(f.Closure.Proto.Constants);
                    if (wanted == 2) continue;
                    if (wanted == 0) t.Top = func + 1;
                    else
                        for (int n = 1; n < wanted - 1; n++) t.Stack[func + n].SetNil();
                    continue;
                }
                case OpCode.VarArg:
                    f.Pc = pc;
                    CopyVarArgs(t, f, pc - 1);
                    goto reload;
                case OpCode.SetTop:
                    t.Top = f.Base + (pc[-1].A >> 4) + 1;
                    continue;

                // ---- calls of library functions without a frame
                case OpCode.FastCall1:
                {
                    f.Pc = pc + 1;
                    if (f.Closure.CacheEnvironment.ShapeId != pc->CacheShape)
                    {
                        if (!CheckFastCall(f, pc)) goto skipcache;
                    }
                    if (BuiltinCalls.Call1(pc->Builtin, ref At(ref r, pc[-1].A), ref At(ref r, pc[-1].B), t)) pc += pc->Skip;
                    pc++;
                    continue;
                }
                case OpCode.FastCall2:
                {
                    f.Pc = pc + 1;
                    if (f.Closure.CacheEnvironment.ShapeId != pc->CacheShape)
                    {
                        if (!CheckFastCall(f, pc)) goto skipcache;
                    }
                    if (BuiltinCalls.Call2(pc->Builtin, ref At(ref r, pc[-1].A), ref At(ref r, pc[-1].B), ref At(ref r, pc[-1].C), t)) pc += pc->Skip;
                    pc++;
                    continue;
                }
                case OpCode.FastCall2K:
                {
                    f.Pc = pc + 1;
                    if (f.Closure.CacheEnvironment.ShapeId != pc->CacheShape)
                    {
                        if (!CheckFastCall(f, pc)) goto skipcache;
                    }
                    if (BuiltinCalls.Call2(pc->Builtin, ref At(ref r, pc[-1].A), ref At(ref r, pc[-1].B), ref At(ref k, pc[-1].C), t)) pc += pc->Skip;
                    pc++;
                    continue;
                }
                case OpCode.FastSelect:
                {
                    f.Pc = pc + 1;
                    if (f.Closure.CacheEnvironment.ShapeId != pc->CacheShape)
                    {
                        if (!CheckFastCall(f, pc)) goto skipcache;
                    }
                    if (TrySelect(t, f, ref At(ref r, pc[-1].B), ref At(ref r, pc[-1].A))) pc += pc->Skip;
                    pc++;
                    continue;
                }
                case OpCode.FastCallN:
                {
                    f.Pc = pc + 1;
                    if (f.Closure.CacheEnvironment.ShapeId != pc->CacheShape)
                    {
                        if (!CheckFastCall(f, pc)) goto skipcache;
                    }
                    if (BuiltinCalls.CallN(pc->Builtin, ref At(ref r, pc[-1].A), ref At(ref r, pc[-1].B), pc[-1].C, t)) pc += pc->Skip;
                    pc++;
                    continue;
                }

                // ---- loops
                case OpCode.ForPrep:
                {
                    ref LuauValue index = ref At(ref r, pc[-1].A);
                    ref LuauValue limit = ref Unsafe.Add(ref index, 1);
                    ref LuauValue step = ref Unsafe.Add(ref index, 2);
                    if (!(index.IsNumber && limit.IsNumber && step.IsNumber))
                    {
                        f.Pc = pc;
                        PrepareFor(t, ref index);
                    }
                    if (!(step.Num > 0 ? index.Num <= limit.Num : limit.Num <= index.Num)) pc += pc[-1].D;
                    continue;
                }
                case OpCode.ForLoop:
                {
                    if (t.Heap.Interrupt != 0)
                    {
                        f.Pc = pc;
                        Safepoint(t);
                    }
                    ref LuauValue index = ref At(ref r, pc[-1].A);
                    double limit = Unsafe.Add(ref index, 1).Num;
                    double step = Unsafe.Add(ref index, 2).Num;
                    double next = index.Num + step;
                    index.Num = next;
                    if (step > 0 ? next <= limit : limit <= next) pc += pc[-1].D;
                    continue;
                }
                case OpCode.ForLoopUp:
                {
                    if (t.Heap.Interrupt != 0)
                    {
                        f.Pc = pc;
                        Safepoint(t);
                    }
                    ref LuauValue index = ref At(ref r, pc[-1].A);
                    double next = index.Num + Unsafe.Add(ref index, 2).Num;
                    index.Num = next;
                    if (next <= Unsafe.Add(ref index, 1).Num) pc += pc[-1].D;
                    continue;
                }
                case OpCode.ForGPrep:
                    f.Pc = pc;
                    PrepareForG(t, f, pc - 1);
                    pc += pc[-1].D;
                    goto reload;
                case OpCode.ForGLoop:
                {
                    f.Pc = pc;
                    if (t.Heap.Interrupt != 0) Safepoint(t);
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    if (a.Ref == null)
                    {
                        // Built-in traversal: the table stands in the second slot, the cursor in the third.
                        LuauTable table = Unsafe.As<LuauTable>(Unsafe.Add(ref a, 1).Ref!);
                        ref LuauValue cursor = ref Unsafe.Add(ref a, 2);
                        int position = (int)cursor.Num;
                        while ((uint)position < (uint)table.Count)
                        {
                            ref LuauValue v = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Array), position);
                            position++;
                            if (v.Ref == null) continue;
                            cursor.Num = position;
                            Unsafe.Add(ref a, 3).SetNumber(position);
                            Unsafe.Add(ref a, 4).CopyFrom(ref v);
                            goto traversed;
                        }
                        position = table.Next(position, ref Unsafe.Add(ref a, 3), ref Unsafe.Add(ref a, 4));
                        if (position < 0)
                        {
                            pc++;
                            continue;
                        }
                        cursor.Num = position;
                    traversed:
                        for (int n = 2; n < pc[-1].B; n++) Unsafe.Add(ref a, 3 + n).SetNil();
                        pc += pc[-1].Jump;
                        continue;
                    }
                    if (ReferenceEquals(a.Ref, LuauValue.TrueTag))
                    {
                        // ipairs: 1, 2, … up to the first nil.
                        LuauTable table = Unsafe.As<LuauTable>(Unsafe.Add(ref a, 1).Ref!);
                        ref LuauValue cursor = ref Unsafe.Add(ref a, 2);
                        int position = (int)cursor.Num + 1;
                        LuauValue v = table.Get(position);
                        if (v.Ref == null)
                        {
                            pc++;
                            continue;
                        }
                        cursor.Num = position;
                        Unsafe.Add(ref a, 3).SetNumber(position);
                        Unsafe.Add(ref a, 4).CopyFrom(ref v);
                        for (int n = 2; n < pc[-1].B; n++) Unsafe.Add(ref a, 3 + n).SetNil();
                        pc += pc[-1].Jump;
                        continue;
                    }
                    CallIterator(t.Vm, t, f, pc - 1);
                    goto switched;
                }
                case OpCode.ForGCheck:
                {
                    ref LuauValue a = ref At(ref r, pc[-1].A);
                    ref LuauValue first = ref Unsafe.Add(ref a, 3);
                    if (first.Ref == null) continue;
                    Unsafe.Add(ref a, 2).CopyFrom(ref first);
                    pc += pc[-1].Jump;
                    continue;
                }
                default:
                    throw new InvalidOperationException($"opcode {pc[-1].Op}");
            }
        skipcache:
            pc++;
            continue;
        switched:
            if (t.Vm.Exit != RunExit.None) return;
            t = t.Vm.Running;
            f = t.Frame!;
        enter:
            pc = f.Pc;
            k = ref MemoryMarshal.GetArrayDataReference(f.Closure.Proto.Constants);
        reload:
            r = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(t.Stack), f.Base);
        }
    }
}
