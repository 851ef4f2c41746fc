using System.Text;
using BenchmarkDotNet.Attributes;
using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Bench.Micro;

/// <summary>What a host does with VMs.</summary>
[MinColumn, MemoryDiagnoser(displayGenColumns: false)]
public class HostParts : IDisposable
{
    LuauVm _vm = null!;
    LuauFunction _empty = null!;
    LuauThread _thread = null!;

    [GlobalSetup]
    public void Prepare()
    {
        _vm = new LuauVm();
        _vm.Seal();
        _empty = _vm.Call(_vm.Load(LuauVm.Compile("return function(a) return a end"u8.ToArray(), "=empty"), _vm.CreateEnvironment()))[0].As<LuauFunction>()!;
        _thread = _vm.CreateThread(_empty);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _vm.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>All libraries, sealed, with an environment for a script.</summary>
    [Benchmark]
    public LuauTable CreateVm()
    {
        using var vm = new LuauVm();
        vm.Seal();
        return vm.CreateEnvironment();
    }

    [Benchmark]
    public double CallScript() => _vm.Call(_empty, 1.0)[0].AsNumber();

    /// <summary>As the mod host does it: a thread of its own that is used again.</summary>
    [Benchmark]
    public ResumeStatus ResumeScript()
    {
        _thread.Reset(_empty);
        return _vm.Resume(_thread, 1.0);
    }
}

/// <summary>From source text to verified code.</summary>
[MinColumn]
public class CompileParts
{
    const int Copies = 400;

    readonly byte[] _source = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Copies).Select(i => $$"""
        local function update{{i}}(self, dt: number, ...): number
            local position, speed = self.position, self.speed or {{i}}
            for index, item in ipairs(self.items) do
                if item.active and item.count > {{i}} then
                    position += speed * dt * (item.weight - 0.5)
                    item.label = `item {index} of {self.name}` .. tostring(item.count)
                end
            end
            self.position = math.clamp(position, -100, 100)
            return self:apply(function(x) return x * dt + {{i}} end, { x = position, y = { 1, 2, 3 }, ... })
        end
        update{{i}} = nil

        """).Select(function => function.Replace("\nupdate", "\n_ = update", StringComparison.Ordinal).Replace(" = nil", "", StringComparison.Ordinal))
        .Select(function => $"do\n{function}end\n")));

    /// <summary>Bytes of the source; divide by the mean for the speed.</summary>
    [ParamsSource(nameof(Sizes))]
    public int SourceBytes { get; set; }

    /// <summary>The one size there is.</summary>
    public IEnumerable<int> Sizes => [_source.Length];

    [Benchmark]
    public CompiledChunk ParseAndCompile() => LuauVm.Compile(_source, "=source");

    [Benchmark]
    public CompiledChunk ParseAndCompileOptimised() => LuauVm.Compile(_source, "=source", new LuauCompileOptions { OptimizationLevel = 2 });
}
