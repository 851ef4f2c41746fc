// Embedding Luau in a C# program: a VM with a memory limit, a host function, a script that yields, an error, and a script that never ends.
using System.Text;
using GameServer.Luau;
using GameServer.Luau.Runtime;

using var vm = new LuauVm(new LuauVmOptions { MemoryBytesMax = 8 << 20, Print = line => Console.WriteLine("script: " + Encoding.UTF8.GetString(line)) });

// What scripts may call goes into the globals before they are sealed.
vm.Set(vm.Globals, "add", new HostFunction("add", static (ref CallContext call) => call.Return(call.Number(0) + call.Number(1))));
vm.Set(vm.Globals, "wait", new HostFunction("wait", static (ref CallContext call) => call.Yield(call.Number(0))));
vm.Seal();

LuauThread Load(string source)
{
    CompiledChunk chunk = LuauVm.Compile(Encoding.UTF8.GetBytes(source), "=example");
    return vm.CreateThread(vm.Load(chunk, vm.CreateEnvironment()));
}

// A coroutine that waits for the host: it comes back yielded with what it asked for, and goes on when the host resumes it.
LuauThread task = Load("print(`2 + 3 = {add(2, 3)}`) local elapsed = wait(0.5) print(`waited {elapsed}`) return 'done'");
while (vm.Resume(task, task.Results.Length > 0 ? task.Results[0] : default) == ResumeStatus.Yielded)
    Console.WriteLine($"host: asked to wait {task.Results[0].AsNumber()} seconds");
Console.WriteLine($"host: {task.Results[0]}");

// Errors come back as values with a traceback, never as exceptions.
LuauThread broken = Load("local function inner()\n  add(1, {})\nend\ninner()");
Console.WriteLine($"host: {vm.Resume(broken)}: {broken.Error}\n{vm.GetTraceback(broken).TrimEnd()}");

// A script that never ends is stopped at a deadline; no pcall of the script can catch it.
LuauThread endless = Load("while true do pcall(function() while true do end end) end");
using (new LuauDeadline(vm, TimeSpan.FromMilliseconds(100)))
    Console.WriteLine($"host: {vm.Resume(endless)}");

// And one that wants all the memory ends at the limit; its VM is dropped then.
LuauThread greedy = Load("local t = {} while true do t[#t + 1] = {} end");
Console.WriteLine($"host: {vm.Resume(greedy)}: {greedy.Error}, doomed: {vm.IsDoomed}");
