using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Library;

public sealed class AllocationTests
{
    const long LimitBytes = 20 << 20;

    public static TheoryData<string> Hungry =>
    [
        "return string.rep('x', 1e9)",
        "return string.rep('abc', 3e8)",
        "return table.create(6e7, 0)",
        "return table.create(2e6)",
        "return buffer.create(1e9)",
        "local s = string.rep('x', 11e6) return string.upper(s)",
        "local s = string.rep('x', 11e6) return string.reverse(s)",
        "local s = string.rep('x', 11e6) return buffer.fromstring(s)",
        "local s = string.rep('x', 7e6) return table.concat({ s, s, s, s })",
        "return table.concat(table.create(1e6, 'abcdefgh'), string.rep('-', 1000))",
        "local s = string.rep('x', 1e6) return string.format(string.rep('%s', 30), table.unpack(table.create(30, s)))",
        "local s = string.rep('x', 7e6) return string.format('%s%s%s', s, s, s)",
        "local s = string.rep('\\0', 6e6) return string.format('%q', s)",
        "local s = string.rep('x', 4e6) return string.gsub(s, 'x', 'abcdefgh')",
        "local s = string.rep('x', 4e6) return string.gsub(s, '.*', '%0%0%0%0%0%0%0%0')",
        "local s = string.rep('x', 4e6) return string.match(s, string.rep('(', 30) .. '.*' .. string.rep(')', 30))",
        "local s = string.rep('x', 4e6) return string.gsub(s, string.rep('(', 30) .. '.*' .. string.rep(')', 30), print)",
        "return string.split(string.rep('ab,', 2e6))",
        "return string.split(string.rep('a', 4e6), '')",
        "return string.pack('c900000000', '')",
        "local s = string.rep('x', 7e6) return string.pack('sss', s, s, s)",
        "local s = string.rep('x', 3e6) return string.unpack(string.rep('c3000000', 1), s), string.rep(s, 6)",
        "local t = table.create(7e5, 1) return table.clone(t), table.clone(t)",
        "local t = table.create(7e5, 1) return table.move(t, 1, 7e5, 1, {}), table.move(t, 1, 7e5, 1, {})",
        "local t = {} t[1e6] = 1 for i = 1, 2e5 do t[1e6 + i * 2] = i end return table.move(t, 1, 2^31 - 1, 1, {}), table.clone(t)",
        "local f = string.rep('!%c', 1e6) return os.date(f, 0)",
    ];

    [Theory]
    [MemberData(nameof(Hungry))]
    public void One_call_is_refused_before_it_allocates_beyond_the_limit(string source)
    {
        using LuauVm vm = new(new LuauVmOptions { MemoryBytesMax = LimitBytes, OnMemoryLimit = MemoryFault.Error });
        vm.Seal();
        LuauThread thread = vm.CreateThread(vm.Load(LuauVm.Compile(Encoding.UTF8.GetBytes(source), "=test"), vm.CreateEnvironment()));
        long before = GC.GetAllocatedBytesForCurrentThread();

        ResumeStatus status = vm.Resume(thread);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(ResumeStatus.Failed, status);
        Assert.Equal("not enough memory", thread.Error.As<LuauString>()?.ToString());
        // What the script itself built first, arrays that doubled on the way, and the refused block's predecessor; never a multiple of the limit.
        Assert.True(allocated < 3 * LimitBytes, $"{allocated >> 20} MiB allocated");
        Assert.True(vm.MemoryUsed <= LimitBytes, $"{vm.MemoryUsed} bytes counted");
    }
}
