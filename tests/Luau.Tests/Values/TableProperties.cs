using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Values;

public sealed class TableProperties
{
    static LuauValue Text(string text) => new LuauString(Encoding.UTF8.GetBytes(text));

    /// <summary>Integer keys that meet: dense runs, neighbours of powers of two, negative, fractions, both zeros.</summary>
    static LuauValue RandomNumberKey(Random random, int range) => random.Next(10) switch
    {
        0 => -random.Next(range),
        1 => random.Next(range) + 0.5,
        2 => (1 << random.Next(12)) + random.Next(3) - 1,
        3 => -0.0,
        4 => random.NextDouble() * 1e300,
        _ => random.Next(1, range + 1),
    };

    static LuauValue RandomKey(Random random, int range, LuauValue[] objects) => random.Next(12) switch
    {
        0 => Text("k" + random.Next(range)),
        1 => Text(((char)('a' + random.Next(26))).ToString()),
        2 => objects[random.Next(objects.Length)],
        3 => random.Next(2) == 0,
        4 => new LuauVector(random.Next(3), random.Next(2) == 0 ? 0f : -0f, 1),
        _ => RandomNumberKey(random, range),
    };

    [Theory]
    [InlineData(4, 2000)]
    [InlineData(20, 4000)]
    [InlineData(300, 6000)]
    [InlineData(5000, 20000)]
    public void Random_operations_agree_with_a_dictionary(int range, int steps)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var heap = new LuauHeap();
            var objects = new LuauValue[5];
            for (int i = 0; i < objects.Length; i++) objects[i] = new LuauTable(heap);
            var model = new TableModel(heap, random.Next(3) * 8, random.Next(3) * 4);
            int checkEvery = Math.Max(1, steps / 20);
            for (int step = 0; step < steps / 30 + 40; step++)
            {
                LuauValue value = random.Next(4) == 0 ? default : random.Next(1000);
                switch (random.Next(40))
                {
                    case 0: model.Clear(); break;
                    case 1: model = model.Clone(); break;
                    case 2: model.SetConstant((LuauString)Text("c" + random.Next(40)).Ref!, value); break;
                    case 3 when !value.IsNil: model.Table.EnsureArray(random.Next(range)); break;
                    case 4: SetListAndTell(model, random); break;
                    case 5: InsertAndTell(model, random); break;
                    case 6: RemoveAndTell(model, random); break;
                    case 7:
                        for (int n = random.Next(range); n > 0; n--) model.Set(model.Table.Length + 1, n);
                        break;
                    case 8:
                        for (int n = random.Next(range); n > 0; n--) model.Set(n, n);
                        break;
                    case 9:
                        foreach (LuauValue key in model.Keys.ToArray())
                            if (random.Next(3) != 0) model.Set(key, default);
                        break;
                    default: model.Set(RandomKey(random, range, objects), value); break;
                }
                LuauValue probe = RandomKey(random, range, objects);
                Assert.True(LuauValue.RawEquals(model.Expected(probe), model.Table.Get(probe)));
                if (step % checkEvery == 0) model.Check();
            }
            model.Check();
        }
    }

    static void SetListAndTell(TableModel model, Random random)
    {
        var list = new LuauValue[random.Next(12)];
        for (int i = 0; i < list.Length; i++) list[i] = random.Next(3) == 0 ? default : random.Next(1000);
        int first = random.Next(1, 20);
        model.Table.SetList(first, list);
        for (int i = 0; i < list.Length; i++) model.Expect(first + i, list[i]);
    }

    static void InsertAndTell(TableModel model, Random random)
    {
        int length = model.Table.Length;
        int position = random.Next(1, length + 2);
        var moved = Enumerable.Range(position, length - position + 1).Select(i => model.Expected(i)).ToArray();
        model.Table.InsertShifting(position, 4711);
        model.Expect(position, 4711);
        for (int i = 0; i < moved.Length; i++) model.Expect(position + 1 + i, moved[i]);
    }

    static void RemoveAndTell(TableModel model, Random random)
    {
        int length = model.Table.Length;
        if (length == 0) return;
        int position = random.Next(1, length + 1);
        var moved = Enumerable.Range(position + 1, length - position).Select(i => model.Expected(i)).ToArray();
        LuauValue expected = model.Expected(position);
        Assert.True(LuauValue.RawEquals(expected, model.Table.RemoveShifting(position)));
        for (int i = 0; i < moved.Length; i++) model.Expect(position + i, moved[i]);
        model.Expect(length, default);
    }

    [Fact]
    public void Removing_during_traversal_visits_every_other_pair_once()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var heap = new LuauHeap();
            var model = new TableModel(heap);
            var objects = new LuauValue[] { new LuauTable(heap), new LuauTable(heap) };
            for (int i = random.Next(60); i >= 0; i--) model.Set(RandomKey(random, 30, objects), i);
            bool useNext = seed % 2 == 0;
            var seen = new List<LuauValue>();
            int before = model.Count;
            LuauValue key = default, value = default;
            for (int cursor = 0; ;)
            {
                if (useNext)
                {
                    if (!model.Table.Next(ref key, out value)) break;
                }
                else if ((cursor = model.Table.Next(cursor, ref key, ref value)) < 0) break;
                seen.Add(key);
                if (random.Next(2) == 0) model.Set(key, default);
                else model.Set(key, -1);
            }
            Assert.Equal(before, seen.Count);
            model.Check();
        }
    }

    [Fact]
    public void The_count_of_the_heap_is_what_a_measurement_finds()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var heap = new LuauHeap();
            var root = new LuauTable(heap);
            heap.Roots = tracer => tracer.Mark(root);
            var strings = new LuauValue[30];
            for (int i = 0; i < strings.Length; i++)
            {
                strings[i] = heap.NewString(Encoding.ASCII.GetBytes(new string('x', i + 2)));
                root.Set(i + 1, strings[i]);
            }
            for (int i = 0; i < 300; i++)
            {
                LuauValue key = random.Next(3) == 0 ? strings[random.Next(30)] : RandomNumberKey(random, 200);
                root.Set(key, random.Next(3) == 0 ? default : key);
                if (i % 50 == 0) root.EnsureArray(root.Array.Length + random.Next(5));
            }
            for (int i = 1; i <= 30; i++) root.Set(i, strings[i - 1]);
            long counted = heap.UsedBytes;
            Assert.Equal(counted, heap.Measure());
        }
    }

    [Fact]
    public void Weak_tables_stay_whole_when_measurements_empty_them_in_the_middle_of_growing()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var heap = new LuauHeap();
            var root = new LuauTable(heap);
            heap.Roots = tracer => tracer.Mark(root);
            var weak = new LuauTable(heap) { Metatable = new LuauTable(heap) };
            weak.Metatable.Set(heap.ModeName, new LuauString(Encoding.ASCII.GetBytes(random.Next(2) == 0 ? "v" : "kv")));
            root.Set(1, weak);
            var held = new LuauValue[20];
            for (int i = 0; i < held.Length; i++)
            {
                held[i] = new LuauTable(heap);
                root.Set(i + 2, held[i]);
            }
            heap.Measure();
            heap.SetLimit(heap.UsedBytes + 30_000, 75, MemoryFault.Error);
            for (int step = 0; step < 6000; step++)
            {
                LuauValue value = random.Next(4) == 0 ? held[random.Next(held.Length)] : random.Next(6) == 0 ? random.Next(100) : new LuauTable(heap);
                try
                {
                    switch (random.Next(8))
                    {
                        case 0: weak.InsertShifting(random.Next(1, weak.Length + 2), value); break;
                        case 1 when weak.Length > 0: weak.RemoveShifting(random.Next(1, weak.Length + 1)); break;
                        case 2: weak.Append(value); break;
                        case 3: weak.Set(RandomKey(random, 300, held), value); break;
                        case 4: weak.Set(random.Next(300), default); break;
                        case 5 when random.Next(100) == 0: weak.Clear(); break;
                        default: weak.Set(weak.Length + random.Next(1, 4), value); break;
                    }
                }
                catch (LuauException e) when (e.Fault == LuauFault.Memory)
                {
                    // A refused growth must leave the table whole too.
                }
            }
            Assert.True(heap.MeasureCount > 3, $"{heap.MeasureCount} measurements");
            var model = TableModel.Of(weak, heap);
            model.Check();
        }
    }
}
