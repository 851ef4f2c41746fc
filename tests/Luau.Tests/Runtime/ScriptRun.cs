using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>A VM that collects what its scripts print.</summary>
sealed class ScriptRun : IDisposable
{
    readonly List<string> _lines = [];

    public ScriptRun(LuauVmOptions? options = null, bool isSealed = true)
    {
        Vm = new LuauVm((options ?? new LuauVmOptions { RunnerLibrary = true }) with { Print = line => _lines.Add(Encoding.UTF8.GetString(line)) });
        if (isSealed) Vm.Seal();
    }

    public LuauVm Vm { get; }

    /// <summary>Lines printed so far.</summary>
    public string Output => string.Join('\n', _lines);

    public LuauFunction Load(string source, LuauTable? environment = null, int optimizationLevel = 1) =>
        Vm.Load(
            LuauVm.Compile(Encoding.UTF8.GetBytes(source), "=test", new LuauCompileOptions { OptimizationLevel = optimizationLevel }),
            environment ?? Vm.CreateEnvironment());

    /// <summary>Runs a script in a thread of its own; a script error fails the test with its traceback.</summary>
    public LuauThread Run(string source, int optimizationLevel = 1)
    {
        LuauThread thread = Start(source, out ResumeStatus status, optimizationLevel);
        Assert.True(status is ResumeStatus.Finished or ResumeStatus.Yielded, $"{status}: {thread.Error}\n{Vm.GetTraceback(thread)}");
        return thread;
    }

    /// <summary>Runs a script in a thread of its own, however it ends.</summary>
    public LuauThread Start(string source, out ResumeStatus status, int optimizationLevel = 1)
    {
        LuauThread thread = Vm.CreateThread(Load(source, null, optimizationLevel));
        status = Vm.Resume(thread);
        return thread;
    }

    /// <summary>What a script prints, at every optimisation level.</summary>
    public static void Prints(string source, params string[] lines)
    {
        for (int level = 0; level <= 2; level++)
        {
            using var run = new ScriptRun();
            run.Run(source, level);
            Assert.Equal(string.Join('\n', lines), run.Output);
        }
    }

    public void Dispose() => Vm.Dispose();
}
