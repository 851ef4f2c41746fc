using System.Buffers;
using System.Globalization;
using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>Texts of call stacks (specification 10): one line for each script frame, from the inside out.</summary>
static class Traceback
{
    /// <summary>Frames in tracebacks for people; longer ones lose their middle.</summary>
    internal const int FramesShownMax = 20;

    /// <summary>Traceback as text; bytes that are not UTF-8 become the replacement character.</summary>
    internal static string Of(LuauThread t, int framesMax)
    {
        var writer = new ArrayBufferWriter<byte>();
        Write(writer, t, 1, framesMax);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    /// <summary>Appends the script frames from <paramref name="level"/> on, 1 being the innermost.</summary>
    internal static void Write(ArrayBufferWriter<byte> writer, LuauThread t, int level, int framesMax = int.MaxValue)
    {
        int total = t.Depth - Math.Max(level, 1) + 1;
        int first = total > framesMax ? framesMax / 2 : total;
        for (int n = 0; n < total; n++)
        {
            if (n == first)
            {
                int skipped = total - framesMax;
                Encoding.UTF8.GetBytes($"... (+{skipped} frames)\n", writer);
                n += skipped;
            }
            Frame f = t.FrameAt(Math.Max(level, 1) + n)!;
            if (f.IsScript) WriteFrame(writer, f);
        }
    }

    static void WriteFrame(ArrayBufferWriter<byte> writer, Frame f)
    {
        LoadedProto proto = f.Closure.Proto;
        writer.Write(proto.Source.Chunk.ChunkId.Span);
        Encoding.UTF8.GetBytes($":{f.CurrentLine.ToString(CultureInfo.InvariantCulture)}", writer);
        if (f.Closure.Name is LuauString name)
        {
            writer.Write(" function "u8);
            writer.Write(name.Span);
        }
        writer.Write("\n"u8);
    }
}
