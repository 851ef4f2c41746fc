using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Values;

public sealed class TableTests
{
    readonly LuauHeap _heap = new();

    LuauString S(string text) => _heap.NewString(Encoding.UTF8.GetBytes(text));

    LuauTable List(params double?[] values)
    {
        var table = new LuauTable(_heap, values.Length);
        table.SetList(1, [.. values.Select(v => v is double d ? new LuauValue(d) : default)]);
        return table;
    }

    [Fact]
    public void Length_of_constructors_with_nils_is_the_last_value()
    {
        Assert.Equal(3, List(1, null, 3).Length);
        Assert.Equal(3, List(null, null, 3).Length);
        Assert.Equal(2, List(1, 2, null).Length);
        Assert.Equal(0, List(null, null).Length);
        Assert.Equal(0, new LuauTable(_heap, arrayCapacity: 5).Length);
    }

    [Fact]
    public void Filling_downward_has_length_0_until_the_first_is_set()
    {
        var table = new LuauTable(_heap, arrayCapacity: 5);
        for (int i = 5; i > 1; i--)
        {
            table.Set(i, i);
            Assert.Equal(0, table.Length);
        }
        table.Set(1, 1);
        Assert.Equal(5, table.Length);
    }

    [Fact]
    public void A_number_key_is_the_same_however_it_is_written()
    {
        var table = new LuauTable(_heap);
        table.Set(1.0, S("one"));
        table.Set(-0.0, S("zero"));
        Assert.Equal("one", table.Get(1).ToString());
        Assert.Equal("zero", table.Get(0).ToString());
        Assert.Equal("zero", table.Get(new LuauValue(0.0)).ToString());
        Assert.True(table.Get(double.NaN).IsNil);
    }

    [Theory]
    [InlineData(TableFault.NilKey, "table index is nil")]
    [InlineData(TableFault.NaNKey, "table index is NaN")]
    [InlineData(TableFault.VectorWithNaNKey, "table index contains NaN")]
    internal void Keys_that_cannot_be_found_again_are_refused_even_for_nil(TableFault fault, string text)
    {
        LuauValue key = fault switch
        {
            TableFault.NilKey => default,
            TableFault.NaNKey => double.NaN,
            _ => new LuauVector(1, float.NaN, 2),
        };
        var table = new LuauTable(_heap);
        Assert.Equal(fault, table.TrySet(key, default));
        Assert.Equal(text, Assert.Throws<LuauException>(() => table.Set(key, 1)).Message);
        Assert.True(table.Get(key).IsNil);
    }

    [Fact]
    public void A_frozen_table_refuses_every_kind_of_store_but_the_hosts()
    {
        var table = new LuauTable(_heap);
        table.Set(1, 1);
        table.Freeze();
        const string Text = "attempt to modify a readonly table";
        Assert.Equal(Text, Assert.Throws<LuauException>(() => table.Set(1, 2)).Message);
        Assert.Equal(Text, Assert.Throws<LuauException>(() => table.Set(S("name"), 2)).Message);
        Assert.Equal(Text, Assert.Throws<LuauException>(() => table.Set(new LuauValue(2.5), 2)).Message);
        Assert.False(table.Clone().IsReadOnly);
        table.Put(S("name"), 2);
        Assert.Equal(2, table.Get(S("name")).AsNumber());
    }

    [Fact]
    public void Traversal_is_array_then_string_keys_then_the_rest_each_as_inserted()
    {
        var table = new LuauTable(_heap);
        table.Set(S("red"), 1);
        table.Set(true, 1);
        table.Set(S("green"), 1);
        table.Set(-1, 1);
        table.Set(2, 1);
        table.Set(1, 1);
        table.Set(S("blue"), 1);
        Assert.Equal("1 2 red green blue true -1", Walk(table));
    }

    [Fact]
    public void Traversal_keeps_its_order_when_string_keys_outgrow_shapes()
    {
        var table = new LuauTable(_heap);
        table.Set(true, 1);
        for (int i = 0; i < 20; i++) table.Set(S("key" + i), i);
        Assert.True(table.Shape.IsIrregular);
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 8).Select(i => "key" + i)) + " true "
            + string.Join(' ', Enumerable.Range(8, 12).Select(i => "key" + i)), Walk(table));
        Assert.Equal(Walk(table), Walk(table.Clone()));
    }

    static string Walk(LuauTable table)
    {
        var keys = new List<string>();
        LuauValue key = default, value = default;
        for (int cursor = 0; (cursor = table.Next(cursor, ref key, ref value)) >= 0;) keys.Add(key.ToString());
        return string.Join(' ', keys);
    }

    [Fact]
    public void Next_refuses_keys_that_never_were_there()
    {
        var table = List(1, 2);
        LuauValue key = S("x");
        Assert.Equal("invalid key to 'next'", Assert.Throws<LuauException>(() => table.Next(ref key, out _)).Message);
        key = 77;
        Assert.Equal("invalid key to 'next'", Assert.Throws<LuauException>(() => table.Next(ref key, out _)).Message);
    }

    [Fact]
    public void Next_goes_on_from_a_removed_key_even_after_a_measurement()
    {
        var table = new LuauTable(_heap);
        _heap.Roots = tracer => tracer.Mark(table);
        LuauValue a = new LuauTable(_heap), b = new LuauTable(_heap);
        table.Set(a, 1);
        table.Set(b, 2);
        table.Set(a, default);
        _heap.Measure();
        LuauValue key = a;
        Assert.True(table.Next(ref key, out LuauValue value));
        Assert.Same(b.Ref, key.Ref);
        Assert.Equal(2, value.AsNumber());
    }

    [Fact]
    public void A_queue_does_not_keep_an_array_for_what_was_taken_out()
    {
        var queue = new LuauTable(_heap);
        long used = 0;
        for (int i = 1; i <= 100_000; i++)
        {
            queue.Set(i, i);
            if (i > 5) queue.Set(i - 5, default);
            if (i == 1000) used = _heap.UsedBytes;
        }
        Assert.True(_heap.UsedBytes <= used + 2000, $"{used} grew to {_heap.UsedBytes}");
    }

    [Fact]
    public void Sparse_keys_do_not_make_a_large_array()
    {
        var table = new LuauTable(_heap);
        for (int power = 0; power < 26; power++) table.Set(1 << power, power);
        Assert.True(table.Array.Length <= 8);
        for (int power = 0; power < 26; power++) Assert.Equal(power, table.Get(1 << power).AsNumber());
    }

    [Fact]
    public void A_sieve_that_starts_at_2_ends_up_in_the_array_part()
    {
        var table = new LuauTable(_heap);
        for (int i = 2; i <= 1000; i++) table.Set(i, true);
        Assert.Equal(1000, table.Count);
    }

    [Fact]
    public void An_array_beyond_two_to_the_26_overflows()
    {
        var table = new LuauTable(_heap);
        Assert.Equal("table overflow", Assert.Throws<LuauException>(() => table.EnsureArray(LuauTable.SizeMax + 1)).Message);
        table.Set(LuauTable.SizeMax + 1, 1);
        Assert.Equal(1, table.Get(LuauTable.SizeMax + 1).AsNumber());
    }

    [Fact]
    public void Taking_the_first_pair_of_a_dictionary_until_it_is_empty_takes_linear_time()
    {
        var table = new LuauTable(_heap);
        const int Count = 200_000;
        for (int i = 0; i < Count; i++) table.Set(new LuauValue(-1.0 - i), i);
        LuauValue key = default;
        int taken = 0;
        while (table.Next(ref key, out _))
        {
            table.Set(key, default);
            key = default;
            taken++;
        }
        Assert.Equal(Count, taken);
    }

    [Fact]
    public void A_store_that_may_add_a_metamethod_forgets_that_it_was_absent()
    {
        var metatable = new LuauTable(_heap);
        LuauString index = S("__index");
        Assert.True(Metamethods.Get(metatable, MetaEvent.Index).IsNil);
        Assert.NotEqual(0u, metatable.Flags & LuauTable.InsertGuard);
        metatable.Set(index, 1);
        Assert.Equal(1, Metamethods.Get(metatable, MetaEvent.Index).AsNumber());
    }

    [Fact]
    public void Objects_are_charged_at_the_size_dotnet_gives_them()
    {
        Measured(HeapSizes.Table, () => new LuauTable(_heap));
        Measured(HeapSizes.Table + HeapSizes.Values(5) + HeapSizes.Values(3), () => new LuauTable(_heap, 5, 3));
        Measured(HeapSizes.String(13), () => _heap.NewString(13));
        Measured(HeapSizes.Vector, () => _heap.NewVector(1, 2, 3));
        Measured(HeapSizes.Buffer(21), () => _heap.NewBuffer(21));
        Measured(HeapSizes.Hash(16), () => new HashPart(_heap, 16));
        Measured(HeapSizes.Cell, () => new Cell());
        Measured(HeapSizes.Userdata, () => new Userdata(null, 1, null));

        void Measured(long expected, Func<object> make)
        {
            make();
            // A collection, which tests beside this one cause, ends the thread's block of fresh memory, and its rest of a few bytes counts as allocated: hence the median.
            long[] sizes = new long[9];
            for (int i = 0; i < sizes.Length; i++)
            {
                long used = _heap.UsedBytes;
                long before = GC.GetAllocatedBytesForCurrentThread();
                GC.KeepAlive(make());
                sizes[i] = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(_heap.UsedBytes - used == expected || _heap.UsedBytes == used);
            }
            Array.Sort(sizes);
            Assert.Equal(expected, sizes[sizes.Length / 2]);
        }
    }
}
