using System.Text;
using BenchmarkDotNet.Attributes;
using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Bench.Micro;

/// <summary>Parts of the interpreter, each a script function that does one thing a thousand times; figures are per time. The empty loop is the first row.</summary>
[MinColumn, MemoryDiagnoser(displayGenColumns: false)]
public class ScriptParts : IDisposable
{
    const int Times = 1000;

    const string Source = """
        local parts = {}
        function parts.EmptyLoop() for i = 1, 1000 do end end

        local function add(a, b) return a + b end
        function parts.Call() local n = 0 for i = 1, 1000 do n = add(n, i) end return n end

        function parts.MakeClosure() local f for i = 1, 1000 do f = function() return i end end return f end

        local count = 0
        local function bump(by) count += by end
        function parts.CallClosureThatAssigns() for i = 1, 1000 do bump(i) end end

        local point = { x = 1, y = 2 }
        function parts.GetField() local n = 0 for i = 1, 1000 do n = point.x end return n end
        function parts.SetField() for i = 1, 1000 do point.y = i end end

        local Class = {}
        Class.__index = Class
        function Class:get() return self end
        local object = setmetatable({}, Class)
        function parts.MethodCall() for i = 1, 1000 do object:get() end end

        local list = table.create(1000, 1)
        function parts.ReadArray() local n = 0 for i = 1, 1000 do n = list[i] end return n end
        function parts.WriteArray() for i = 1, 1000 do list[i] = i end end
        function parts.StoreConstant() for i = 1, 1000 do list[i] = 0 end end

        local keys, map = {}, {}
        for i = 1, 1000 do keys[i] = "key" .. i map[keys[i]] = i end
        function parts.StringKey() local n = 0 for i = 1, 1000 do n = map[keys[i]] end return n end

        function parts.BuildString() local s = "" for i = 1, 1000 do s = "item" .. i end return s end
        function parts.TableInsert() local t = {} for i = 1, 1000 do table.insert(t, i) end return t end
        function parts.MakeRecord() local t for i = 1, 1000 do t = { x = i, y = i } end return t end
        function parts.IterateArray() local n = 0 for _, v in list do n = v end return n end
        function parts.IteratePairs() local n = 0 for _, v in pairs(map) do n = v end return n end

        local echo = coroutine.wrap(function(x) while true do x = coroutine.yield(x) end end)
        function parts.CoroutineSwitch() for i = 1, 1000 do echo(i) end end

        function parts.Pcall() for i = 1, 1000 do pcall(add, i, 1) end end
        function parts.PcallError() for i = 1, 1000 do pcall(error, "x") end end
        local function fail() return nil + 1 end
        function parts.PcallFault() for i = 1, 1000 do pcall(fail) end end

        function parts.LibraryCall() local n = 0 for i = 1, 1000 do n = math.floor(i) end return n end
        function parts.HostCall() for i = 1, 1000 do host(i) end end
        return parts
        """;

    LuauVm _vm = null!;
    readonly Dictionary<string, LuauFunction> _parts = [];

    [GlobalSetup]
    public void Prepare()
    {
        _vm = new LuauVm();
        _vm.Set(_vm.Globals, "host", new LuauValue(new HostFunction("host", (ref CallContext call) => call.Return(call.Number(0)))));
        _vm.Seal();
        var chunk = LuauVm.Compile(Encoding.UTF8.GetBytes(Source), "=parts");
        var parts = (LuauTable)_vm.Call(_vm.Load(chunk, _vm.CreateEnvironment()))[0].As<LuauTable>()!;
        LuauValue key = default;
        while (_vm.Next(parts, ref key, out var value))
            _parts.Add(key.As<LuauString>()!.ToString(), value.As<LuauFunction>()!);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _vm.Dispose();
        GC.SuppressFinalize(this);
    }

    void Run(string part) => _vm.Call(_parts[part]);

    [Benchmark(OperationsPerInvoke = Times)] public void EmptyLoop() => Run(nameof(EmptyLoop));
    [Benchmark(OperationsPerInvoke = Times)] public void Call() => Run(nameof(Call));
    [Benchmark(OperationsPerInvoke = Times)] public void MakeClosure() => Run(nameof(MakeClosure));
    [Benchmark(OperationsPerInvoke = Times)] public void CallClosureThatAssigns() => Run(nameof(CallClosureThatAssigns));
    [Benchmark(OperationsPerInvoke = Times)] public void GetField() => Run(nameof(GetField));
    [Benchmark(OperationsPerInvoke = Times)] public void SetField() => Run(nameof(SetField));
    [Benchmark(OperationsPerInvoke = Times)] public void MethodCall() => Run(nameof(MethodCall));
    [Benchmark(OperationsPerInvoke = Times)] public void ReadArray() => Run(nameof(ReadArray));
    [Benchmark(OperationsPerInvoke = Times)] public void WriteArray() => Run(nameof(WriteArray));
    [Benchmark(OperationsPerInvoke = Times)] public void StoreConstant() => Run(nameof(StoreConstant));
    [Benchmark(OperationsPerInvoke = Times)] public void StringKey() => Run(nameof(StringKey));
    [Benchmark(OperationsPerInvoke = Times)] public void BuildString() => Run(nameof(BuildString));
    [Benchmark(OperationsPerInvoke = Times)] public void TableInsert() => Run(nameof(TableInsert));
    [Benchmark(OperationsPerInvoke = Times)] public void MakeRecord() => Run(nameof(MakeRecord));
    [Benchmark(OperationsPerInvoke = Times)] public void IterateArray() => Run(nameof(IterateArray));
    [Benchmark(OperationsPerInvoke = Times)] public void IteratePairs() => Run(nameof(IteratePairs));
    [Benchmark(OperationsPerInvoke = Times)] public void CoroutineSwitch() => Run(nameof(CoroutineSwitch));
    [Benchmark(OperationsPerInvoke = Times)] public void Pcall() => Run(nameof(Pcall));
    [Benchmark(OperationsPerInvoke = Times)] public void PcallError() => Run(nameof(PcallError));
    [Benchmark(OperationsPerInvoke = Times)] public void PcallFault() => Run(nameof(PcallFault));
    [Benchmark(OperationsPerInvoke = Times)] public void LibraryCall() => Run(nameof(LibraryCall));
    [Benchmark(OperationsPerInvoke = Times)] public void HostCall() => Run(nameof(HostCall));
}
