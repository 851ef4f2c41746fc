using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Values;

/// <summary>A table beside a plain dictionary that is told the same; <see cref="Check"/> compares them and tests the table's invariants.</summary>
sealed class TableModel
{
    readonly Dictionary<string, (LuauValue Key, LuauValue Value)> _expected = [];

    public TableModel(LuauHeap heap, int arrayCapacity = 0, int fieldCapacity = 0)
    {
        Heap = heap;
        Table = new LuauTable(heap, arrayCapacity, fieldCapacity);
    }

    TableModel(LuauHeap heap, LuauTable table, Dictionary<string, (LuauValue, LuauValue)> expected)
    {
        Heap = heap;
        Table = table;
        _expected = new(expected);
    }

    /// <summary>A model that starts with what a walk over <paramref name="table"/> finds.</summary>
    public static TableModel Of(LuauTable table, LuauHeap heap)
    {
        var model = new TableModel(heap, table, []);
        LuauValue key = default, value = default;
        for (int cursor = 0; (cursor = table.Next(cursor, ref key, ref value)) >= 0;) model.Expect(key, value);
        return model;
    }

    public LuauHeap Heap { get; }
    public LuauTable Table { get; }
    public int Count => _expected.Count;
    public IEnumerable<LuauValue> Keys => _expected.Values.Select(p => p.Key);

    public void Set(LuauValue key, LuauValue value)
    {
        Table.Set(key, value);
        Expect(key, value);
    }

    public void SetConstant(LuauString key, LuauValue value)
    {
        Table.PutField(key, value, constant: true);
        Expect(key, value);
    }

    public void Expect(LuauValue key, LuauValue value)
    {
        if (value.IsNil) _expected.Remove(Name(key));
        else _expected[Name(key)] = (key, value);
    }

    public LuauValue Expected(LuauValue key) => _expected.TryGetValue(Name(key), out var pair) ? pair.Value : default;

    public TableModel Clone() => new(Heap, Table.Clone(), _expected);

    public void Clear()
    {
        Table.Clear();
        _expected.Clear();
    }

    public void Check()
    {
        foreach ((LuauValue key, LuauValue value) in _expected.Values)
        {
            Same(value, Table.Get(key));
            Same(value, Table.Find(key));
        }

        var walked = new List<string>();
        LuauValue k = default, v = default;
        for (int cursor = 0; (cursor = Table.Next(cursor, ref k, ref v)) >= 0;)
        {
            walked.Add(Name(k));
            Same(Expected(k), v);
        }
        Assert.Equal(walked.Count, walked.Distinct().Count());
        Assert.Equal(_expected.Count, walked.Count);

        // `next` goes the same way as the cursor.
        LuauValue at = default;
        foreach (string name in walked)
        {
            Assert.True(Table.Next(ref at, out LuauValue value));
            Assert.Equal(name, Name(at));
            Same(Expected(at), value);
        }
        Assert.False(Table.Next(ref at, out _));

        int length = Table.Length;
        Assert.True(length == 0 || !Table.Get(length).IsNil);
        Assert.True(Table.Get(length + 1).IsNil);
        for (int i = Table.Count; i < Table.Array.Length; i++) Assert.True(Table.Array[i].IsNil);
        Assert.Equal(Table.Shape.Id, Table.ShapeId);
        Assert.True(Table.Slots.Length >= Table.Shape.Count);
    }

    static void Same(in LuauValue expected, in LuauValue actual) =>
        Assert.True(LuauValue.RawEquals(expected, actual), $"expected {expected}, found {actual}");

    static string Name(LuauValue key) => key.Ref switch
    {
        LuauString s => "s" + Convert.ToHexString(s.Bytes),
        LuauVector v => $"v{v.X + 0f},{v.Y + 0f},{v.Z + 0f}",
        LuauObject o => "o" + System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(o),
        _ => key.IsNumber ? "n" + (key.Num + 0.0).ToString("R") : key.ToString(),
    };
}
