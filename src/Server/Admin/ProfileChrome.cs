using System.Text.Json;
using GameServer.Scripting.Profiling;

namespace GameServer.Server.Admin;

/// <summary>A profile as a trace that chrome://tracing, Perfetto and Speedscope open: entries of mods on one row as they were, what samples met on another.</summary>
static class ProfileChrome
{
    const int Process = 1;
    const int EntriesRow = 1;
    const int SamplesRow = 2;

    /// <summary>Writes the trace.</summary>
    public static void Write(ProfileTimeline timeline, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartObject("otherData");
        json.WriteString("program", "gameserver");
        json.WriteNumber("samples", timeline.Samples);
        json.WriteNumber("lost", timeline.Lost);
        json.WriteEndObject();
        json.WriteStartArray("traceEvents");
        Name(json, "process_name", 0, "gameserver");
        Name(json, "thread_name", EntriesRow, "mods (exact)");
        Name(json, "thread_name", SamplesRow, "functions (samples)");
        foreach (ProfileSpan span in timeline.Spans)
        {
            if (span.Kind == "hook") Event(json, span.Name, "hook", EntriesRow, span.StartMicroseconds, span.DurationMicroseconds);
        }
        WriteSamples(json, timeline.Spans);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Samples that follow each other in the same function become one bar.</summary>
    static void WriteSamples(Utf8JsonWriter json, IReadOnlyList<ProfileSpan> spans)
    {
        var open = new List<ProfileSpan>();
        var stack = new List<ProfileSpan>();
        double end = 0;
        for (int i = 0; i < spans.Count;)
        {
            if (spans[i].Kind != "sample")
            {
                i++;
                continue;
            }
            stack.Clear();
            do stack.Add(spans[i++]);
            while (i < spans.Count && spans[i].Kind == "sample" && spans[i].Depth > 1);
            // A gap of more than a sample's length is another moment, even in the same function.
            bool follows = stack[0].StartMicroseconds - end < stack[0].DurationMicroseconds;
            int same = 0;
            while (follows && same < open.Count && same < stack.Count && open[same].Name == stack[same].Name) same++;
            Close(json, open, same, end);
            for (int depth = same; depth < stack.Count; depth++) open.Add(stack[depth]);
            end = stack[0].StartMicroseconds + stack[0].DurationMicroseconds;
        }
        Close(json, open, 0, end);
    }

    static void Close(Utf8JsonWriter json, List<ProfileSpan> open, int keep, double end)
    {
        for (int depth = keep; depth < open.Count; depth++)
        {
            double start = open[depth].StartMicroseconds;
            Event(json, open[depth].Name, "function", SamplesRow, start, end - start);
        }
        open.RemoveRange(keep, open.Count - keep);
    }

    static void Event(Utf8JsonWriter json, string name, string category, int row, double start, double length)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("cat", category);
        json.WriteString("ph", "X");
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", row);
        json.WriteNumber("ts", start);
        json.WriteNumber("dur", Math.Round(length, 1));
        json.WriteEndObject();
    }

    static void Name(Utf8JsonWriter json, string what, int row, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", what);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", row);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
