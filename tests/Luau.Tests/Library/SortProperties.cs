using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Library;

public sealed class SortProperties
{
    static LuauTable TableOf(LibraryVm vm, IReadOnlyList<double> values)
    {
        LuauTable table = vm.Vm.CreateTable(values.Count);
        for (int i = 0; i < values.Count; i++) vm.Vm.Set(table, i + 1.0, values[i]);
        return table;
    }

    static double[] ValuesOf(LibraryVm vm, LuauTable table)
    {
        var values = new double[vm.Vm.Length(table)];
        for (int i = 0; i < values.Length; i++) values[i] = vm.Vm.Get(table, i + 1.0).Num;
        return values;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_lists_come_out_in_order_with_and_without_comparator(int seed)
    {
        Random random = new(seed);
        using LibraryVm vm = new();
        LuauFunction sort = vm.Function("table", "sort");
        LuauFunction descending = LibraryVm.Host((ref CallContext call) => call.Return(call.Number(0) > call.Number(1)));
        for (int round = 0; round < 500; round++)
        {
            double[] values = new double[random.Next(200)];
            int distinct = random.Next(1, 300);
            for (int i = 0; i < values.Length; i++) values[i] = random.Next(distinct);
            double[] sorted = [.. values.Order()];

            LuauTable up = TableOf(vm, values), down = TableOf(vm, values);
            Assert.True(vm.Call(sort, out string error, up) != null, error);
            Assert.True(vm.Call(sort, out error, down, descending) != null, error);

            Assert.Equal(sorted, ValuesOf(vm, up));
            Assert.Equal(sorted.Reverse(), ValuesOf(vm, down));
        }
    }

    public static TheoryData<string> Shapes => ["ascending", "descending", "equal", "organ pipe", "killer", "two values", "sawtooth"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void No_order_of_elements_needs_more_than_n_log_n_comparisons(string shape)
    {
        const int N = 1 << 13;
        using LibraryVm vm = new();
        long comparisons = 0;
        LuauFunction less = LibraryVm.Host((ref CallContext call) =>
        {
            comparisons++;
            return call.Return(call.Number(0) < call.Number(1));
        });
        double[] values = [.. Enumerable.Range(0, N).Select(i => shape switch
        {
            "ascending" => (double)i,
            "descending" => N - i,
            "equal" => 1,
            "organ pipe" => Math.Min(i, N - i),
            // Musser's sequence against the median of three.
            "killer" => i < N / 2 ? (i % 2 == 0 ? i : (N / 2) + i) : ((i - (N / 2)) * 2) + 1,
            "two values" => i % 2,
            _ => i % 97,
        })];

        Assert.NotNull(vm.Call(vm.Function("table", "sort"), out _, TableOf(vm, values), less));

        Assert.True(comparisons < 5 * N * Math.Log2(N), $"{shape}: {comparisons} comparisons for {N} elements");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_comparator_that_answers_at_random_and_changes_the_list_does_no_harm(int seed)
    {
        Random random = new(seed);
        using LibraryVm vm = new();
        LuauFunction sort = vm.Function("table", "sort");
        for (int round = 0; round < 2000; round++)
        {
            LuauTable table = TableOf(vm, [.. Enumerable.Range(0, random.Next(40)).Select(i => (double)i)]);
            LuauFunction wild = LibraryVm.Host((ref CallContext call) =>
            {
                switch (random.Next(20))
                {
                    case 0: vm.Vm.Set(table, random.Next(1, 60), LuauValue.Nil); break;
                    case 1: vm.Vm.Set(table, random.Next(1, 60), random.Next()); break;
                    case 2: vm.Vm.Set(table, vm.Vm.Length(table), LuauValue.Nil); break;
                }
                return call.Return(random.Next(2) == 0);
            });

            LuauValue[]? results = vm.Call(sort, out string error, table, wild);

            Assert.True(results != null || error is "invalid order function for sorting" or "table modified during sorting", error);
            int length = vm.Vm.Length(table);
            Assert.True(length == 0 || !vm.Vm.Get(table, (double)length).IsNil);
            Assert.True(vm.Vm.Get(table, length + 1.0).IsNil);
        }
    }
}
