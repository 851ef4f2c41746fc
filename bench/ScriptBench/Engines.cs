using System.Diagnostics;
using System.Text;
using GameServer.Luau;

namespace GameServer.Bench.Scripts;

/// <summary>Something that runs a program from source to end.</summary>
abstract class Engine(string name)
{
    /// <summary>What all engines measure with.</summary>
    public static BenchClock Clock { get; set; } = BenchClock.Wall;

    /// <summary>Heading of its column.</summary>
    public string Name { get; } = name;

    /// <summary>Runs a program once in a fresh VM; compiling counts.</summary>
    /// <returns>What it printed, and how long it took.</returns>
    public abstract (string Output, TimeSpan Time) Run(BenchProgram program);
}

/// <summary>Our VM, sandboxed as mods are.</summary>
sealed class LuauEngine(int level) : Engine($"luau -O{level}")
{
    public override (string Output, TimeSpan Time) Run(BenchProgram program)
    {
        var output = new StringBuilder();
        var start = Clock.Now();
        using var vm = new LuauVm(new LuauVmOptions { MemoryBytesMax = 1L << 30, Print = line => output.Append(Encoding.Latin1.GetString(line)).Append('\n') });
        vm.Seal();
        var chunk = LuauVm.Compile(program.Source, "@" + program.Name, new LuauCompileOptions { OptimizationLevel = level });
        var thread = vm.CreateThread(vm.Load(chunk, vm.CreateEnvironment()));
        if (vm.Resume(thread) != ResumeStatus.Finished)
            output.Append(thread.Error.ToString()).Append(vm.GetTraceback(thread));
        return (output.ToString(), Clock.Now() - start);
    }
}

/// <summary>PUC Lua 5.4 in this process.</summary>
sealed class KeraLuaEngine() : Engine("lua 5.4")
{
    public override (string Output, TimeSpan Time) Run(BenchProgram program)
    {
        var output = new StringBuilder();
        var start = Clock.Now();
        using var lua = new KeraLua.Lua();
        KeraLua.LuaFunction print = state =>
        {
            var caller = KeraLua.Lua.FromIntPtr(state)!;
            int count = caller.GetTop();
            for (int i = 1; i <= count; i++)
                output.Append(i == 1 ? "" : "\t").Append(caller.ToString(i));
            output.Append('\n');
            return 0;
        };
        lua.Register("print", print);
        if (lua.LoadBuffer(program.Source, "@" + program.Name) != KeraLua.LuaStatus.OK || lua.PCall(0, 0, 0) != KeraLua.LuaStatus.OK)
            output.Append(lua.ToString(-1));
        var time = Clock.Now() - start;
        GC.KeepAlive(print);
        return (output.ToString(), time);
    }
}

/// <summary>Any command; its start counts, so that is measured with an empty program and taken off.</summary>
sealed class CommandEngine(string name, string command) : Engine(name)
{
    TimeSpan _start = TimeSpan.MaxValue;

    public override (string Output, TimeSpan Time) Run(BenchProgram program)
    {
        if (_start == TimeSpan.MaxValue)
        {
            string empty = Path.Combine(Path.GetTempPath(), $"empty-{Environment.ProcessId}.luau");
            File.WriteAllText(empty, "");
            for (int i = 0; i < 5; i++)
                _start = Min(_start, Execute(empty).Time);
            File.Delete(empty);
        }
        var (output, time) = Execute(program.Path);
        return (output, time > _start ? time - _start : time);
    }

    (string Output, TimeSpan Time) Execute(string path)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var info = new ProcessStartInfo(words[0], words.Skip(1).Select(word => word.Replace("{file}", path, StringComparison.Ordinal))) { RedirectStandardOutput = true };
        long start = Stopwatch.GetTimestamp();
        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{command} does not start");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, Clock == BenchClock.Wall ? Stopwatch.GetElapsedTime(start) : process.TotalProcessorTime);
    }

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
