using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>Body of a host function: reads its arguments from <paramref name="call"/> and ends with one of its Return methods, or throws
/// <see cref="LuauException"/> for a script error. Runs on the VM's thread.</summary>
public delegate HostResult HostBody(ref CallContext call);

/// <summary>A C# function that scripts can call. Immutable, so one object may serve many VMs when its body keeps no state.</summary>
public sealed class HostFunction : LuauFunction
{
    /// <summary>Makes a function; <paramref name="name"/> is the debug name that argument errors and tracebacks show, empty for none.</summary>
    public HostFunction(string name, HostBody body)
    {
        Name = name;
        QualifiedName = name;
        Body = body;
    }

    internal HostFunction(string name, HostBody body, HostFunctionKind kind, BuiltinId builtin)
        : this(name, body)
    {
        Kind = kind;
        Builtin = builtin;
    }

    /// <summary>The function <c>coroutine.wrap</c> returns.</summary>
    internal HostFunction(LuauThread wrapped)
        : this("", NoBody, HostFunctionKind.Wrapped, BuiltinId.None) => Wrapped = wrapped;

    /// <summary>Debug name, empty for none.</summary>
    public string Name { get; }

    /// <summary>Name with its library, for profiles: <c>table.sort</c>. The debug name unless given.</summary>
    public string QualifiedName { get; init; }

    /// <summary>The code.</summary>
    internal readonly HostBody Body;

    /// <summary>How the interpreter calls it.</summary>
    internal readonly HostFunctionKind Kind;

    /// <summary>Id of its frameless form, <see cref="BuiltinId.None"/> when it has none.</summary>
    internal readonly BuiltinId Builtin;

    /// <summary>The coroutine that a function made by <c>coroutine.wrap</c> resumes.</summary>
    internal readonly LuauThread? Wrapped;

    /// <summary>Body of functions the interpreter carries out itself.</summary>
    internal static HostResult NoBody(ref CallContext call) => throw new InvalidOperationException($"'{call.Function.Name}' is carried out by the interpreter");

    /// <summary>Makes a function that belongs to the process and may be stored in any VM.</summary>
    internal static HostFunction Permanent(string name, HostBody body, HostFunctionKind kind, BuiltinId builtin, string? qualifiedName = null) =>
        new(name, body, kind, builtin) { Mark = Tracer.PermanentMark, QualifiedName = qualifiedName ?? name };

    /// <inheritdoc/>
    internal override void Trace(Tracer tracer)
    {
        tracer.Count(HeapSizes.HostFunction);
        tracer.Mark(Wrapped);
    }
}

/// <summary>Functions the interpreter carries out itself, because they need frames instead of a host call.</summary>
enum HostFunctionKind : byte
{
    /// <summary>Call the body.</summary>
    Plain,
    /// <summary>next: the built-in traversal recognises it as iterator; otherwise its body is called.</summary>
    Next,
    /// <summary>The iterator of ipairs, likewise.</summary>
    IpairsNext,
    /// <summary>Not a kind: the last one whose body is called.</summary>
    LastPlain = IpairsNext,
    /// <summary>pcall: a frame flag, no host recursion.</summary>
    Pcall,
    /// <summary>xpcall.</summary>
    Xpcall,
    /// <summary>coroutine.resume.</summary>
    Resume,
    /// <summary>The function coroutine.wrap returns.</summary>
    Wrapped,
    /// <summary>coroutine.yield.</summary>
    Yield,
    /// <summary>error.</summary>
    Error,
    /// <summary>assert.</summary>
    Assert,
}

/// <summary>What a host function hands back; made by the Return and Yield methods of <see cref="CallContext"/> only.</summary>
public readonly struct HostResult
{
    /// <summary>Number of results, which stand at Stack[call.Base - 1] and up; or -1 - n for a yield of n values standing there.</summary>
    internal readonly int Code;

    internal HostResult(int code) => Code = code;
}
