using System.Text;
using GameServer.Support;

namespace GameServer.Luau.Tests.Conformance;

/// <summary>Runs a program under the harness in a fresh VM of ours, set up as hosts set up upstream's.</summary>
static class OwnLuau
{
    static readonly CompiledChunk Harness = LuauVm.Compile(UpstreamLuau.HarnessSource, "=harness");

    public static string Run(string source, int optimizationLevel = 1)
    {
        var options = new LuauVmOptions
        {
            MemoryBytesMax = 256L << 20,
            OnMemoryLimit = MemoryFault.Error,
            RandomSeed = 1,
            RunnerLibrary = true,
            Time = new ManualTime(),
        };
        using var vm = new LuauVm(options);
        vm.Seal();
        CompiledChunk program;
        try
        {
            program = LuauVm.Compile(
                Encoding.UTF8.GetBytes(source), "=program", new LuauCompileOptions { OptimizationLevel = optimizationLevel });
        }
        catch (LuauCompileException error)
        {
            return "compile error: " + error.Message;
        }

        var main = vm.Load(program, vm.CreateEnvironment(ownG: false));
        try
        {
            return vm.Call(vm.Load(Harness, vm.CreateEnvironment(ownG: false)), main)[0].ToString();
        }
        catch (LuauException error)
        {
            return "harness error: " + error.Message;
        }
    }
}
