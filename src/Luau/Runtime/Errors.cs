using System.Globalization;
using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>Builds the errors of specification 10. All return the exception; the caller throws it.</summary>
static class Errors
{
    /// <summary>Longest key that is shown in an index error.</summary>
    const int KeyShownMax = 64;

    /// <summary>A text with the position of the innermost frame when that runs a script.</summary>
    internal static LuauException Runtime(LuauThread t, params ReadOnlySpan<object> parts) => new(Text(t, t.FrameAt(1), parts));

    /// <summary>A text without position.</summary>
    internal static LuauException Plain(string text) => new(text);

    /// <summary>The frame limit was reached.</summary>
    internal static LuauException StackOverflow(LuauThread t) => Runtime(t, "stack overflow");

    /// <summary>The limit of nested host levels was reached.</summary>
    /// <param name="script">Thread whose innermost script function shows as position; null when a library function ran into it.</param>
    /// <param name="vm">The VM.</param>
    internal static LuauException HostStackOverflow(LuauThread? script, VmState vm) =>
        vm.HandlerDepth > 0 ? InErrorHandling() : script == null ? Plain("C stack overflow") : Runtime(script, "C stack overflow");

    /// <summary>A handler failed.</summary>
    internal static LuauException InErrorHandling() => new("error in error handling");

    /// <summary>The memory limit was reached.</summary>
    internal static LuauException OutOfMemory() => new(new LuauString("not enough memory"u8.ToArray()), LuauFault.Memory);

    /// <summary>The host's kill.</summary>
    internal static LuauException Killed() => new(new LuauString("script killed"u8.ToArray()), LuauFault.Killed);

    /// <summary>Indexing what cannot be indexed.</summary>
    internal static LuauException Index(LuauThread t, in LuauValue target, in LuauValue key)
    {
        string type = TypeNames.Of(target);
        return key.Ref is LuauString s && s.Length <= KeyShownMax
            ? Runtime(t, "attempt to index ", type, " with '", s, "'")
            : Runtime(t, "attempt to index ", type, " with ", TypeNames.Of(key));
    }

    /// <summary>Calling what cannot be called.</summary>
    internal static LuauException Call(LuauThread t, in LuauValue callee) => Runtime(t, "attempt to call a ", TypeNames.Of(callee), " value");

    /// <summary>A method that is not there.</summary>
    internal static LuauException MissingMethod(LuauThread t, in LuauValue target, LuauString name) =>
        Runtime(t, "attempt to call missing method '", name, "' of ", TypeNames.Of(target));

    /// <summary>Arithmetic on other types.</summary>
    internal static LuauException Arithmetic(LuauThread t, MetaEvent operation, in LuauValue a, in LuauValue b)
    {
        string name = Metamethods.OperationNames[operation - MetaEvent.Add], first = TypeNames.Of(a), second = TypeNames.Of(b);
        return first == second
            ? Runtime(t, "attempt to perform arithmetic (", name, ") on ", first)
            : Runtime(t, "attempt to perform arithmetic (", name, ") on ", first, " and ", second);
    }

    /// <summary>Concatenation of other types.</summary>
    internal static LuauException Concat(LuauThread t, in LuauValue a, in LuauValue b) =>
        Runtime(t, "attempt to concatenate ", TypeNames.Of(a), " with ", TypeNames.Of(b));

    /// <summary>Order between types that have none.</summary>
    internal static LuauException Compare(LuauThread t, in LuauValue a, in LuauValue b, string @operator) =>
        Runtime(t, "attempt to compare ", TypeNames.Of(a), " ", @operator, " ", TypeNames.Of(b));

    /// <summary>Length of what has none.</summary>
    internal static LuauException Length(LuauThread t, in LuauValue value) => Runtime(t, "attempt to get length of a ", TypeNames.Of(value), " value");

    /// <summary>Iterating over what cannot be iterated.</summary>
    internal static LuauException Iterate(LuauThread t, in LuauValue value) => Runtime(t, "attempt to iterate over a ", TypeNames.Of(value), " value");

    /// <summary>A bound of a numeric loop that is no number.</summary>
    internal static LuauException For(LuauThread t, string what, in LuauValue value) =>
        Runtime(t, "invalid 'for' ", what, " (number expected, got ", TypeNames.Of(value), ")");

    /// <summary>Writing to a frozen table.</summary>
    internal static LuauException ReadOnly(LuauThread t) => Runtime(t, "attempt to modify a readonly table");

    /// <summary>Yielding where the C# stack is in between.</summary>
    internal static LuauException NotYieldable() => Plain("attempt to yield across metamethod/C-call boundary");

    /// <summary><paramref name="text"/> behind the position of the frame at <paramref name="level"/> (1 is the innermost), when that runs a script.</summary>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    internal static LuauString WithPosition(LuauThread t, int level, LuauString text) => t.FrameAt(level) is { IsScript: true } f ? Text(t, f, text) : text;

    /// <summary>Concatenates texts, strings as UTF-8 and script strings byte for byte, behind the position of <paramref name="frame"/> when that runs a script.
    /// Charged like any string: scripts may keep as many messages as they like.</summary>
    static LuauString Text(LuauThread t, Frame? frame, params ReadOnlySpan<object> parts)
    {
        LuauString? chunk = null;
        string line = "";
        int length = 0;
        if (frame is { IsScript: true })
        {
            chunk = frame.Closure.Proto.Source.Chunk.ChunkId;
            line = string.Create(CultureInfo.InvariantCulture, $":{frame.CurrentLine}: ");
            length = chunk.Length + line.Length;
        }
        foreach (object part in parts) length += part is LuauString s ? s.Length : Encoding.UTF8.GetByteCount((string)part);

        LuauString text = t.Heap.NewString(length);
        Span<byte> target = text.Bytes;
        if (chunk != null)
        {
            Write(t.Heap, ref target, chunk);
            Write(t.Heap, ref target, line);
        }
        foreach (object part in parts) Write(t.Heap, ref target, part);
        return text;
    }

    static void Write(LuauHeap heap, ref Span<byte> target, object part)
    {
        int length;
        if (part is LuauString s)
        {
            heap.Copy(s.Span, target);
            length = s.Length;
        }
        else length = Encoding.UTF8.GetBytes((string)part, target);
        target = target[length..];
    }
}
