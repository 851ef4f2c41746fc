using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

// Closures and the cells of captured variables that are assigned.
static unsafe partial class Interpreter
{
    static void NewCell(LuauThread t, ref LuauValue register)
    {
        t.Heap.Charge(HeapSizes.Cell);
        var cell = new Cell();
        cell.Value.CopyFrom(ref register);
        register.SetObject(cell);
    }

    /// <summary>Makes a closure; returns the instruction behind its captures.</summary>
    static Instruction* NewClosure(LuauThread t, Frame f, Instruction* i)
    {
        Closure creator = f.Closure;
        LoadedProto proto = creator.Proto.Child(i->D);
        int count = proto.Source.UpvalueCount;
        ref LuauValue target = ref Register(t, f, i->A);
        if (count == 0)
        {
            Closure? shared = proto.Shared;
            if (shared == null || !ReferenceEquals(shared.Environment, creator.Environment))
            {
                t.Heap.Charge(Closure.ByteSize(0));
                proto.Shared = shared = new Closure(proto, [], creator.Environment, creator.CacheEnvironment);
            }
            target.SetObject(shared);
            return i + 1;
        }
        t.Heap.Charge(Closure.ByteSize(count));
        var upvalues = new LuauValue[count];
        var closure = new Closure(proto, upvalues, creator.Environment, creator.CacheEnvironment);
        for (int n = 0; n < count; n++)
        {
            Instruction* capture = i + 1 + n;
            switch ((CaptureKind)capture->A)
            {
                case CaptureKind.Register:
                    upvalues[n].CopyFrom(ref Register(t, f, capture->B));
                    break;
                case CaptureKind.Upvalue:
                    upvalues[n].CopyFrom(ref creator.Upvalues[capture->B >> 4]);
                    break;
                default:
                    upvalues[n].SetObject(closure);
                    break;
            }
        }
        target.SetObject(closure);
        return i + 1 + count;
    }
}
