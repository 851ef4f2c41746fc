using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using Serilog.Events;

namespace GameServer.Scripting.Testing.Api;

/// <summary>What a test gets: the server around the mod.</summary>
static class WorldClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 1;

    const double SecondsMax = 86_400;

    /// <summary>Fields and methods.</summary>
    public static TestClass Class { get; } = new("Test", Tag, "The server around the mod, for one test.",
    [
        new("players", "TestPlayers", "Who is here.", (TestScript script, ref CallContext call) => call.Return(script.Object(script, PlayersClass.Tag))),
        new("mod", "TestMod", "The mod.", (TestScript script, ref CallContext call) => call.Return(script.ModObject(script.World.ModId))),
        new("storage", "TestStorage", "What the mod keeps.", (TestScript script, ref CallContext call) => call.Return(script.Object(script, StorageClass.Tag))),
        new("http", "TestHttp", "Who answers the mod's requests.", (TestScript script, ref CallContext call) => call.Return(script.Object(script, HttpClass.Tag))),
        new("stopReason", "string?", "Why the mod asked the server to stop; nil when it did not.",
            (TestScript script, ref CallContext call) => call.Return(script.TextOrNil(script.World.Server.StopReason))),
    ],
    [
        new("expect", "(self: Test, value: any) -> Expectation", "Begins an expectation: `t:expect(value):toBe(5)`.",
            (TestScript script, ref CallContext call) => call.Return(script.Vm.CreateUserdata(new Expectation(script.Vm.CreateRef(call[1]), false), ExpectationClass.Tag))),
        new("fail", "(self: Test, message: string) -> ()", "Fails the test.", (TestScript _, ref CallContext call) => throw call.Error(call.String(1).ToString())),
        new("start", "(self: Test) -> ()", "Starts the mod, in a test with `start = false`.", Start),
        new("tick", "(self: Test, count: number?) -> ()", "Runs ticks, one if no number is given; there are 30 in a second.", Tick),
        new("advance", "(self: Test, seconds: number) -> ()", "Lets time pass, tick by tick.", Advance),
        new("waitUntil", "(self: Test, holds: () -> any, seconds: number?) -> ()",
            "Lets time pass until the function gives something true; fails after 10 seconds or as many as are given.", WaitUntil),
        new("now", "(self: Test) -> number", "Seconds since the server started.",
            (TestScript script, ref CallContext call) => call.Return(script.World.TickNumber / (double)script.World.Server.TickRate)),
        new("reload", "(self: Test) -> ()", "Reloads the mod, as saving a file does.", (TestScript script, ref CallContext call) =>
        {
            ModClass.Reload(script, script.World.ModId, ref call);
            return call.Return();
        }),
        new("write", "(self: Test, path: string, source: string) -> ()", "Changes a file of the mod for this test, to be seen by the next reload.", Write),
        new("slow", "(self: Test, source: string, milliseconds: number, times: number?) -> ()",
            "Makes the next call of a hook, or of `timer`, `task`, `command NAME`, `message NAME`, `export NAME`, seem to take so long: past its limit it is stopped.", Slow),
        new("setConfig", "(self: Test, name: string, value: any) -> ()", "Sets a setting of the mod, as an operator does; the mod hears of it within the tick.", SetConfig),
        new("command", "(self: Test, line: string) -> { string }", "Gives a command on the operator's console; what it replies.", Command),
        new("other", "(self: Test, id: string) -> TestMod", "Another mod of this test.",
            (TestScript script, ref CallContext call) => call.Return(script.ModObject(call.String(1).ToString()))),
        new("log", "(self: Test, level: (\"debug\" | \"info\" | \"warn\" | \"error\")?) -> { string }",
            "What was logged so far, by mods or about them, at this level or above; without a level everything from info on.", Log),
        new("expectError", "(self: Test, text: string, fn: () -> ()) -> string",
            "Runs the function, in which a mod must fail with this text; gives the whole message. Everywhere else an error of a mod fails the test.", ExpectError),
    ]);

    static HostResult Start(TestScript script, ref CallContext call)
    {
        script.World.Start();
        script.RaiseFaults(ref call);
        return call.Return();
    }

    static HostResult Tick(TestScript script, ref CallContext call)
    {
        double count = call.Number(1, 1);
        if (!(count is >= 0 and <= SecondsMax * 128)) throw call.ArgumentError(1, "a number of ticks from 0 on");
        script.World.Tick((long)count);
        script.RaiseFaults(ref call);
        return call.Return();
    }

    static HostResult Advance(TestScript script, ref CallContext call)
    {
        double seconds = call.Number(1);
        if (!(seconds is >= 0 and <= SecondsMax)) throw call.ArgumentError(1, $"seconds from 0 to {SecondsMax}");
        script.World.Tick((long)Math.Ceiling((seconds * script.World.Server.TickRate) - 1e-9));
        script.RaiseFaults(ref call);
        return call.Return();
    }

    static HostResult WaitUntil(TestScript script, ref CallContext call)
    {
        LuauFunction holds = call.Callable(1);
        double seconds = call.Number(2, 10);
        long ticks = (long)(Math.Clamp(seconds, 0, SecondsMax) * script.World.Server.TickRate);
        for (long i = 0; ; i++)
        {
            if (script.Vm.Call(holds) is [{ IsTruthy: true }, ..]) return call.Return();
            if (i >= ticks) throw call.Error($"it did not come true within {seconds} seconds");
            script.World.Tick(1);
            script.RaiseFaults(ref call);
        }
    }

    static HostResult Write(TestScript script, ref CallContext call)
    {
        try
        {
            script.World.Write(script.World.ModId, call.String(1).ToString(), call.String(2).Span.ToArray());
        }
        catch (Exception wrong) when (wrong is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw call.Error(wrong.Message);
        }
        return call.Return();
    }

    static HostResult Slow(TestScript script, ref CallContext call)
    {
        script.World.Slow(call.String(1).ToString(), call.Number(2), call.Integer(3, 1));
        return call.Return();
    }

    static HostResult SetConfig(TestScript script, ref CallContext call)
    {
        script.World.Config.Set(script.World.ModId, call.String(1).ToString(), TestScript.Plain(call[2]) ?? throw call.ArgumentError(2, "a boolean, a number or a string"));
        script.World.Tick(1);
        script.RaiseFaults(ref call);
        return call.Return();
    }

    static HostResult Command(TestScript script, ref CallContext call)
    {
        var replies = new List<string>();
        if (!script.World.Host.ConsoleCommand("console", call.String(1).ToString(), replies.Add)) throw call.Error($"no mod knows the command '{call.String(1)}'");
        script.RaiseFaults(ref call);
        return call.Return(script.TextList(replies));
    }

    static HostResult Log(TestScript script, ref CallContext call)
    {
        LogEventLevel least = call.OptionalString(1)?.ToString() switch
        {
            "debug" => LogEventLevel.Debug,
            "warn" => LogEventLevel.Warning,
            "error" => LogEventLevel.Error,
            null or "info" => LogEventLevel.Information,
            _ => throw call.ArgumentError(1, "\"debug\", \"info\", \"warn\" or \"error\""),
        };
        return call.Return(script.TextList(script.World.Log.Lines.Where(line => line.Level >= least).Select(line => line.Text)));
    }

    static HostResult ExpectError(TestScript script, ref CallContext call)
    {
        string part = call.String(1).ToString();
        LuauFunction function = call.Callable(2);
        script.World.TakeFaults();
        script.HoldsFaults = true;
        string[] faults;
        try
        {
            script.Vm.Call(function);
        }
        finally
        {
            script.HoldsFaults = false;
            faults = [.. script.World.TakeFaults().Select(fault => fault.Headline)];
        }
        string? match = faults.FirstOrDefault(fault => fault.Contains(part, StringComparison.Ordinal));
        if (match is not null) return call.Return(script.Vm.CreateString(match));
        throw call.Error($"expected a mod to fail with \"{part}\", got {(faults.Length == 0 ? "no error" : $"\"{string.Join("\", \"", faults)}\"")}");
    }
}
