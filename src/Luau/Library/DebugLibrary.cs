using System.Buffers;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Library <c>debug</c>: what a script may learn about running functions, and nothing it could change (specification 13).</summary>
static class DebugLibrary
{
    static readonly LuauString HostSource = LuauString.Permanent("[C]"u8);

    static HostResult Info(ref CallContext call)
    {
        LuauThread thread = call.Thread;
        int first = 0;
        if (call[0].Ref is LuauThread other)
        {
            thread = other;
            first = 1;
        }
        bool isOther = !ReferenceEquals(thread, call.Thread);
        LuauValue target = call[first];
        LuauFunction? function = first == 0 ? target.Ref as LuauFunction : null;
        bool isLevel = target.IsNumber || (target.Ref is LuauString text && NumberText.TryParse(text.Span, out _));
        if (function == null && !isLevel) throw call.ArgumentError(first, "function or level expected");
        int level = isLevel ? call.Integer(first) : 0;
        if (level < 0) throw call.ArgumentError(first, "level can't be negative");

        LuauString options = call.String(first + 1);
        Frame? frame = null;
        if (function == null)
        {
            // Level 0 is this function, unless another thread is asked, whose innermost frame is 0.
            if (level == 0 && !isOther) function = call.Function;
            else
            {
                frame = thread.FrameAt(isOther ? level + 1 : level);
                if (frame == null) return call.Return();
                function = frame.Function;
            }
        }
        return Collect(ref call, first + 1, options, function, frame);
    }

    static HostResult Collect(ref CallContext call, int optionsIndex, LuauString options, LuauFunction function, Frame? frame)
    {
        var closure = function as Closure;
        // Option letters are distinct, and one of them gives two values.
        var values = new LuauValue[6];
        int count = 0;
        uint seen = 0;
        foreach (byte option in options.Span)
        {
            if (option is >= (byte)'a' and <= (byte)'z')
            {
                uint bit = 1u << (option - 'a');
                if ((seen & bit) != 0) throw call.ArgumentError(optionsIndex, "duplicate option");
                seen |= bit;
            }
            switch (option)
            {
                case (byte)'s':
                    values[count++] = new LuauValue(closure == null ? HostSource : closure.Proto.Source.Chunk.ChunkId);
                    break;
                case (byte)'l':
                    values[count++] = closure == null ? -1.0 : frame != null ? frame.CurrentLine : closure.Proto.Source.LineDefined;
                    break;
                case (byte)'n':
                    values[count++] = new LuauValue(closure != null ? closure.Name ?? LuauString.Empty : call.Heap.NewString(
                        System.Text.Encoding.UTF8.GetBytes(((HostFunction)function).Name)));
                    break;
                case (byte)'f':
                    values[count++] = new LuauValue(function);
                    break;
                case (byte)'a':
                    values[count++] = closure == null ? 0.0 : closure.Proto.ParameterCount;
                    values[count++] = closure == null || closure.Proto.IsVarArg;
                    break;
                default:
                    throw call.ArgumentError(optionsIndex, "invalid option");
            }
        }
        values.AsSpan(0, count).CopyTo(call.Results(count));
        return call.ReturnResults(count);
    }

    static HostResult TraceBack(ref CallContext call)
    {
        LuauThread thread = call.Thread;
        int first = 0;
        if (call[0].Ref is LuauThread other)
        {
            thread = other;
            first = 1;
        }
        bool isOther = !ReferenceEquals(thread, call.Thread);
        LuauString? message = call.OptionalString(first);
        int level = call.Integer(first + 1, isOther ? 0 : 1);
        if (level < 0) throw call.ArgumentError(first + 1, "level can't be negative");
        var writer = new ArrayBufferWriter<byte>();
        if (message != null)
        {
            writer.Write(message.Span);
            writer.Write("\n"u8);
        }
        Traceback.Write(writer, thread, isOther ? level + 1 : Math.Max(level, 1));
        return call.Return(new LuauValue(call.Heap.NewString(writer.WrittenSpan)));
    }

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("debug",
    [
        new("info", "(...any) -> ...any") { Body = Info },
        new("traceback", "(threadOrMessage: any?, messageOrLevel: any?, level: number?) -> string") { Body = TraceBack },
    ]);
}
