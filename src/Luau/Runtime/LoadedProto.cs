using System.Runtime.CompilerServices;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>A proto as one VM runs it: own code with its caches, own constants, resolved imports. Children are loaded when first needed.</summary>
sealed unsafe class LoadedProto : LuauObject
{
    internal readonly Proto Source;
    internal readonly VmState Vm;
    /// <summary>Code in pinned memory, so that instruction pointers stay valid; freed with this object.</summary>
    readonly Instruction[] _code;
    /// <summary>First instruction.</summary>
    internal readonly Instruction* Entry;
    internal readonly LuauValue[] Constants;
    internal readonly int ParameterCount;
    internal readonly int RegisterCount;
    internal readonly bool IsVarArg;
    /// <summary>Argument count that needs no adjusting: the parameter count, or -1 when the function takes <c>...</c>.</summary>
    internal readonly int ExactArguments;
    /// <summary>Values of <see cref="Proto.Imports"/>, valid while the cache unit of the instruction says so.</summary>
    internal readonly LuauValue[] ImportValues;
    /// <summary>Shapes of <see cref="Proto.Templates"/>, made when first needed.</summary>
    internal readonly Shape?[] Templates;
    readonly LoadedProto?[] _children;
    /// <summary>The closure handed out again and again while the proto captures nothing (specification 9).</summary>
    internal Closure? Shared;

    internal LoadedProto(VmState vm, Proto source)
    {
        Vm = vm;
        Source = source;
        vm.Heap.Charge(ByteSize(source));
        _code = GC.AllocateUninitializedArray<Instruction>(source.Code.Length, pinned: true);
        source.Code.CopyTo(_code, 0);
        Entry = (Instruction*)Unsafe.AsPointer(ref _code[0]);
        Constants = new LuauValue[source.Constants.Length];
        for (int i = 0; i < Constants.Length; i++)
        {
            if ((i & 4095) == 4095) vm.Heap.Poll();
            LuauValue constant = source.Constants[i];
            Constants[i] = constant.Ref is LuauString s ? vm.Heap.Intern(s) : constant;
        }
        ParameterCount = source.ParameterCount;
        RegisterCount = source.RegisterCount;
        IsVarArg = source.IsVarArg;
        ExactArguments = source.IsVarArg ? -1 : source.ParameterCount;
        ImportValues = source.Imports.Length == 0 ? [] : new LuauValue[source.Imports.Length];
        Templates = source.Templates.Length == 0 ? [] : new Shape?[source.Templates.Length];
        _children = source.Children.Length == 0 ? [] : new LoadedProto?[source.Children.Length];
    }

    /// <summary>Child <paramref name="index"/>.</summary>
    internal LoadedProto Child(int index) => _children[index] ??= new LoadedProto(Vm, Source.Children[index]);

    /// <summary>Not a script type.</summary>
    public override LuauType Type => throw new InvalidOperationException("a proto is not a value");

    /// <inheritdoc/>
    internal override void Trace(Tracer tracer)
    {
        tracer.Count(ByteSize(Source));
        tracer.Mark(Constants, Constants.Length);
        tracer.Mark(ImportValues, ImportValues.Length);
        tracer.Mark(Shared);
        foreach (LoadedProto? child in _children) tracer.Mark(child);
        if (!Source.Chunk.IsOwnedByScript) return;
        tracer.Count(Source.ByteSize);
        for (int i = 0; i < _children.Length; i++)
            if (_children[i] == null) tracer.Count(Source.Children[i].TreeByteSize);
    }

    /// <summary>Line of an instruction of this code.</summary>
    internal int LineAt(Instruction* instruction)
    {
        int[] lines = Source.Lines;
        return lines.Length == 0 ? 0 : lines[Math.Clamp((int)(instruction - Entry), 0, lines.Length - 1)];
    }

    /// <summary>Shape of template <paramref name="index"/>.</summary>
    internal Shape Template(int index) => Templates[index] ??= MakeTemplate(index);

    Shape MakeTemplate(int index)
    {
        int[] keys = Source.Templates[index];
        var names = new LuauString[keys.Length];
        for (int i = 0; i < keys.Length; i++) names[i] = (LuauString)Constants[keys[i]].Ref!;
        return Vm.Heap.Shapes.OfKeys(names);
    }

    /// <summary>Bytes a proto occupies in a VM.</summary>
    internal static long ByteSize(Proto source) =>
        160 + ((long)source.Code.Length * 8) + ((long)(source.Constants.Length + source.Imports.Length) * 16) + ((long)(source.Templates.Length + source.Children.Length) * 8);
}
