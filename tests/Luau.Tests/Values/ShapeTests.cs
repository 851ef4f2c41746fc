using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Values;

public sealed class ShapeTests
{
    readonly LuauHeap _heap = new();

    LuauString Constant(string text) => _heap.Intern(Encoding.UTF8.GetBytes(text));
    LuauString Computed(string text) => _heap.NewString(Encoding.UTF8.GetBytes(text));

    LuauTable Record(params string[] keys)
    {
        var table = new LuauTable(_heap);
        for (int i = 0; i < keys.Length; i++) table.PutField(Constant(keys[i]), i, constant: true);
        return table;
    }

    [Fact]
    public void Tables_built_alike_share_a_shape_and_other_orders_do_not()
    {
        Assert.Same(Record("name", "age").Shape, Record("name", "age").Shape);
        Assert.NotEqual(Record("name", "age").ShapeId, Record("age", "name").ShapeId);
        Assert.Same(_heap.Shapes.OfKeys([Constant("name"), Constant("age")]), Record("name", "age").Shape);
    }

    [Fact]
    public void A_shape_finds_its_own_keys_only()
    {
        LuauTable small = Record("aa", "bb"), large = Record("aa", "bb", "cc"), branch = Record("aa", "bb", "dd");
        Assert.Equal(1, small.Shape.FindSlot(Constant("bb")));
        Assert.Equal(-1, small.Shape.FindSlot(Constant("cc")));
        Assert.Equal(2, large.Shape.FindSlot(Computed("cc")));
        Assert.Equal(2, branch.Shape.FindSlot(Constant("dd")));
        Assert.Equal(-1, branch.Shape.FindSlot(Constant("cc")));
        Assert.True(large.Shape.MayContain(Constant("cc")));
        Assert.Same(small.Shape.Keys, large.Shape.Keys);
        Assert.NotSame(large.Shape.Keys, branch.Shape.Keys);
    }

    [Fact]
    public void A_shape_knows_where_its_index_is()
    {
        Assert.Equal(-1, Record("aa").Shape.IndexSlot);
        Assert.Equal(1, Record("aa", "__index", "bb").Shape.IndexSlot);
        Assert.Equal(0, _heap.Shapes.OfKeysDetached([Constant("__index"), Constant("aa")]).IndexSlot);
    }

    [Fact]
    public void A_detached_shape_makes_no_steps()
    {
        int before = _heap.Shapes.Count;
        LuauString[] keys = [.. Enumerable.Range(0, 100).Select(i => Constant("function" + i))];
        Shape shape = _heap.Shapes.OfKeysDetached(keys);
        Assert.Equal(before + 1, _heap.Shapes.Count);
        for (int i = 0; i < keys.Length; i++) Assert.Equal(i, shape.FindSlot(keys[i]));
        var table = new LuauTable(shape, 0);
        table.PutField(Constant("extra"), 1, constant: true);
        Assert.Equal(101, table.Shape.Count);
    }

    [Fact]
    public void Computed_keys_leave_shapes_after_8_and_constant_keys_after_512()
    {
        var computed = new LuauTable(_heap);
        for (int i = 0; i < 9; i++)
        {
            Assert.False(computed.Shape.IsIrregular);
            computed.Set(Computed("key" + i), i);
        }
        Assert.True(computed.Shape.IsIrregular);

        var constant = new LuauTable(_heap);
        for (int i = 0; i < 513; i++)
        {
            Assert.False(constant.Shape.IsIrregular);
            constant.PutField(Constant("name" + i), i, constant: true);
        }
        Assert.True(constant.Shape.IsIrregular);
        for (int i = 0; i < 513; i++) Assert.Equal(i, constant.Get(Constant("name" + i)).AsNumber());
    }

    [Fact]
    public void Computed_keys_follow_steps_that_constants_made()
    {
        string[] keys = [.. Enumerable.Range(0, 30).Select(i => "method" + i)];
        LuauTable original = Record(keys);
        var copy = new LuauTable(_heap);
        for (int i = 0; i < keys.Length; i++) copy.Set(Computed(keys[i]), i);
        Assert.Same(original.Shape, copy.Shape);
    }

    [Fact]
    public void Scripts_that_never_repeat_a_key_run_into_the_bounds_and_nothing_else()
    {
        var random = new Random(1);
        var models = new List<TableModel>();
        for (int i = 0; i < 3000; i++)
        {
            var model = new TableModel(_heap);
            for (int k = random.Next(20); k >= 0; k--)
            {
                LuauString key = Computed("k" + random.Next(100_000));
                if (random.Next(2) == 0) model.Set(key, k);
                else model.SetConstant(key, k);
            }
            models.Add(model);
        }
        Assert.True(_heap.Shapes.Count <= ShapeTree.ShapesMax);
        Assert.True(_heap.Shapes.Bytes <= ShapeTree.BytesMax);
        foreach (TableModel model in models) model.Check();
    }

    [Fact]
    public void Branching_at_the_end_of_long_records_stays_within_the_bytes_allowed()
    {
        string[] common = [.. Enumerable.Range(0, 500).Select(i => "field" + i)];
        for (int i = 0; i < 2000; i++)
        {
            var table = new LuauTable(_heap.Shapes.OfKeys([.. common.Select(Constant)]), 0);
            table.PutField(Constant("last" + i), i, constant: true);
            Assert.Equal(i, table.Get(Constant("last" + i)).AsNumber());
        }
        Assert.True(_heap.Shapes.Bytes <= ShapeTree.BytesMax);
        var root = new LuauTable(_heap);
        _heap.Roots = tracer => tracer.Mark(root);
        _heap.Measure();
        Assert.True(_heap.LiveBytes < ShapeTree.BytesMax + 300_000);
    }

    [Fact]
    public void An_irregular_table_stays_so_when_cleared_and_a_regular_one_starts_afresh()
    {
        var dictionary = new LuauTable(_heap);
        for (int i = 0; i < 20; i++) dictionary.Set(Computed("key" + i), i);
        dictionary.Clear();
        Assert.True(dictionary.Shape.IsIrregular);
        LuauTable record = Record("a1", "b1");
        record.Clear();
        Assert.Same(_heap.Shapes.Root, record.Shape);
        Assert.True(record.Get(Constant("a1")).IsNil);
    }
}
