using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Values;

public sealed class HeapTests
{
    readonly LuauHeap _heap = new();
    readonly LuauTable _root;

    public HeapTests()
    {
        _root = new LuauTable(_heap);
        _heap.Roots = tracer => tracer.Mark(_root);
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public void A_constant_is_one_object_and_single_bytes_are_the_same_everywhere()
    {
        LuauString shared = new(Bytes("position"));
        Assert.Same(shared, _heap.Intern(shared));
        Assert.Same(shared, _heap.Intern("position"u8));
        Assert.Same(LuauString.OfByte((byte)'x'), _heap.Intern("x"u8));
        Assert.Same(LuauString.OfByte((byte)'x'), _heap.NewString("x"u8));
        Assert.Same(LuauString.Empty, _heap.Intern(new LuauString([])));
        for (int i = 0; i < 5000; i++) _heap.Intern(Bytes("name" + i));
        Assert.Same(_heap.Intern("name77"u8), _heap.Intern("name77"u8));
        Assert.Same(shared, _heap.Intern("position"u8));
    }

    [Fact]
    public void Joining_writes_numbers_as_they_print()
    {
        LuauValue a = _heap.NewString("a="u8), b = _heap.NewString(", b="u8);
        Assert.Equal("a=1.5, b=-1e+21-0", _heap.Concat([a, 1.5, b, -1e21, -0.0])!.ToString());
        Assert.Equal("", _heap.Concat([LuauString.Empty, LuauString.Empty])!.ToString());
        LuauValue[] many = [.. Enumerable.Range(0, 255).Select(i => new LuauValue(i / 7.0))];
        Assert.Equal(string.Concat(many.Select(v => _heap.NewString(v.Num).ToString())), _heap.Concat(many)!.ToString());
    }

    [Fact]
    public void A_join_beyond_a_gigabyte_is_refused_before_it_is_made()
    {
        var half = new LuauString(new byte[1 << 29]);
        long used = _heap.UsedBytes;
        Assert.Null(_heap.Concat([half, half, LuauString.OfByte(0)]));
        Assert.Equal(used, _heap.UsedBytes);
    }

    [Fact]
    public void Passing_the_limit_measures_first_and_refuses_only_what_does_not_fit()
    {
        _heap.SetLimit(1 << 20, 75, MemoryFault.Error);
        for (int i = 0; i < 1000; i++) _heap.NewBuffer(100_000);
        Assert.True(_heap.MeasureCount is > 50 and < 200);
        Assert.True(_heap.UsedBytes <= 1 << 20);

        LuauException refused = Assert.Throws<LuauException>(() => _heap.NewBuffer(2 << 20));
        Assert.Equal("not enough memory", refused.Message);
        Assert.Equal(LuauFault.Memory, refused.Fault);
        Assert.False(_heap.IsDoomed);
        _heap.NewBuffer(100_000);
    }

    [Fact]
    public void A_list_that_grows_without_end_is_stopped_at_the_limit_without_measuring_again_and_again()
    {
        _heap.SetLimit(4 << 20, 75, MemoryFault.Kill);
        Assert.Throws<LuauException>(void () =>
        {
            for (int i = 1; ; i++) _root.Set(i, new LuauTable(_heap));
        });
        Assert.True(_heap.IsDoomed);
        Assert.True(_heap.MeasureCount < 20, $"{_heap.MeasureCount} measurements");
        Assert.True(_heap.UsedBytes <= 4 << 20);
    }

    [Fact]
    public void A_refused_growth_leaves_the_table_as_it_was()
    {
        for (int i = 1; i <= 4096; i++) _root.Set(i, i);
        for (int i = 0; i < 4096; i++) _root.Set(-i - 0.5, i);
        _heap.SetLimit(_heap.UsedBytes + 10_000, 75, MemoryFault.Error);
        Assert.Throws<LuauException>(() => _root.Set(4097, 1));
        Assert.Throws<LuauException>(() => _root.Set(0.25, 1));
        Assert.Equal(4096, _root.Length);
        Assert.True(_root.Get(4097).IsNil);
        Assert.True(_root.Get(new LuauValue(0.25)).IsNil);
        for (int i = 1; i <= 4096; i++) Assert.Equal(i, _root.Get(i).AsNumber());
    }

    [Fact]
    public void Unreachable_objects_are_measured_away_however_they_refer_to_each_other()
    {
        var keep = new LuauTable(_heap);
        _root.Set(1, keep);
        long before = _heap.Measure();
        var a = new LuauTable(_heap);
        var b = new LuauTable(_heap) { Metatable = a };
        a.Set(1, b);
        b.Set(a, new Userdata(null, 0, a));
        Assert.True(_heap.UsedBytes > before);
        Assert.Equal(before, _heap.Measure());
    }

    [Fact]
    public void A_chain_of_a_million_tables_is_walked_without_recursion()
    {
        LuauTable at = _root;
        for (int i = 0; i < 1_000_000; i++)
        {
            var next = new LuauTable(_heap);
            at.Metatable = next;
            at = next;
        }
        Assert.Equal(_heap.UsedBytes, _heap.Measure());
    }

    [Theory]
    [InlineData("k")]
    [InlineData("v")]
    [InlineData("kv")]
    public void Weak_tables_lose_what_nothing_else_holds(string mode)
    {
        var weak = new LuauTable(_heap) { Metatable = new LuauTable(_heap) };
        weak.Metatable.Set(_heap.ModeName, new LuauString(Bytes(mode)));
        LuauValue held = new LuauTable(_heap), lost = new LuauTable(_heap);
        _root.Set(1, weak);
        _root.Set(2, held);
        LuauString name = _heap.NewString("name"u8);
        weak.Set(held, true);
        weak.Set(lost, true);
        weak.Set(name, lost);
        weak.Set(1, new LuauTable(_heap));
        weak.Set(2, held);
        weak.Set(3, _heap.NewString("text"u8));
        weak.Set(4, new LuauVector(1, 2, 3));
        _heap.Measure();
        Assert.False(weak.Get(held).IsNil);
        // The side that is not weak holds it, and so does the other pair.
        Assert.Equal(mode == "kv", weak.Get(lost).IsNil);
        Assert.Equal(mode == "kv", weak.Get(name).IsNil);
        Assert.Equal(mode.Contains('v'), weak.Get(1).IsNil);
        Assert.False(weak.Get(2).IsNil);
        Assert.False(weak.Get(3).IsNil);
        Assert.False(weak.Get(4).IsNil);
        Assert.Equal(_heap.UsedBytes, _heap.Measure());
    }

    [Fact]
    public void The_soft_limit_asks_for_a_measurement_once()
    {
        _heap.SetLimit(1 << 20, 50, MemoryFault.Kill);
        Assert.False(_heap.WantsMeasure);
        _heap.NewBuffer(600_000);
        Assert.True(_heap.WantsMeasure);
        _heap.Measure();
        Assert.False(_heap.WantsMeasure);
    }

    [Fact]
    public void Strings_compare_by_bytes_and_equal_by_content()
    {
        LuauString a = _heap.NewString("abc"u8), b = _heap.NewString("abc"u8), c = _heap.NewString("ab\xff"u8);
        Assert.True(LuauString.Equals(a, b));
        Assert.Equal(a.Hash, b.Hash);
        Assert.False(LuauString.Equals(a, c));
        Assert.True(LuauString.Compare(a, c) < 0);
        Assert.True(LuauString.Compare(_heap.NewString("ab"u8), a) < 0);
        Assert.Equal(0, LuauString.Compare(a, b));
    }

    [Fact]
    public void A_heap_is_dropped_with_everything_in_it()
    {
        WeakReference Make()
        {
            var heap = new LuauHeap();
            var table = new LuauTable(heap);
            heap.Roots = tracer => tracer.Mark(table);
            for (int i = 0; i < 1000; i++) table.Set(heap.NewString(Bytes("key" + i)), new LuauTable(heap));
            heap.Measure();
            return new WeakReference(heap);
        }

        WeakReference heap = Make();
        for (int i = 0; i < 10 && heap.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(heap.IsAlive);
    }
}
