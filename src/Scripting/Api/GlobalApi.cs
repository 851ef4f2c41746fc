using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using Serilog.Events;

namespace GameServer.Scripting.Api;

/// <summary>Loads the other files of a mod for <c>require</c>.</summary>
interface IModuleSource
{
    /// <summary>The value of a module.</summary>
    /// <exception cref="Luau.LuauException">There is none, or it failed.</exception>
    LuauValue Require(ref CallContext call, string path);
}

/// <summary>Globals without a library.</summary>
static class GlobalApi
{
    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("", "Globals beside Luau's own.",
    [
        new("print", "(...any) -> ()", "Writes a line to the server's log.") { Needs = Permission.Base, Body = Print },
        new("require", "(path: string) -> any", "Runs another file of this mod, once, and gives what it returns. Paths begin with `./`, `../` or `@self/`.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => call.Return(mod.Modules.Require(ref call, call.String(0).ToString())) },
    ]);

    static HostResult Print(ModScope mod, ref CallContext call)
    {
        int max = (int)mod.Sandbox.Limits.LogLineBytes;
        LuauValue toText = mod.Vm.Get(mod.Vm.Globals, "tostring");
        var line = new StringBuilder();
        for (int i = 0; i < call.ArgCount && line.Length <= max; i++)
        {
            if (i > 0) line.Append(' ');
            LuauValue text = call[i].Type == LuauType.String ? call[i] : call.Call(toText, call[i]);
            if (text.As<LuauString>() is { } bytes) line.Append(Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, max + 1)]));
        }
        mod.Log.Line(LogEventLevel.Information, line.ToString(), mod.Sandbox.Limits);
        return call.Return();
    }
}
