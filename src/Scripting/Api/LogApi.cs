using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using Serilog.Events;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>log</c>.</summary>
static class LogApi
{
    const int FieldsMax = 16;
    const string Signature = "(message: string, fields: { [string]: any }?) -> ()";

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("log", "Lines in the server's log, with the mod's name; limited in number and length.",
    [
        new("debug", Signature, "For the modder.") { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Write(mod, ref call, LogEventLevel.Debug) },
        new("info", Signature, "For the record.") { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Write(mod, ref call, LogEventLevel.Information) },
        new("warn", Signature, "For the operator's attention.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Write(mod, ref call, LogEventLevel.Warning) },
        new("error", Signature, "Something failed.") { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Write(mod, ref call, LogEventLevel.Error) },
    ]);

    static HostResult Write(ModScope mod, ref CallContext call, LogEventLevel level)
    {
        LuauString message = call.String(0);
        int max = (int)mod.Sandbox.Limits.LogLineBytes;
        var line = new StringBuilder(Encoding.UTF8.GetString(message.Span[..Math.Min(message.Length, max + 1)]));
        if (!call[1].IsNil)
        {
            LuauTable fields = call.Table(1);
            LuauValue key = default;
            for (int i = 0; i < FieldsMax && line.Length < max && mod.Vm.Next(fields, ref key, out LuauValue value); i++)
                line.Append(' ').Append(Short(mod, key)).Append('=').Append(Short(mod, value));
        }
        mod.Log.Line(level, line.ToString(), mod.Sandbox.Limits);
        return call.Return();
    }

    static string Short(ModScope mod, in LuauValue value)
    {
        if (value.As<LuauString>() is { } text) return Encoding.UTF8.GetString(text.Span[..Math.Min(text.Length, 256)]);
        return mod.Vm.ToText(value);
    }
}
