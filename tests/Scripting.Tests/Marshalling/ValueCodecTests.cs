using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Tests.Marshalling;

public sealed class ValueCodecTests : IDisposable
{
    readonly LuauVm _vm = new();
    readonly ValueEncoder _encoder = new();

    public void Dispose() => _vm.Dispose();

    LuauValue Eval(string expression) => _vm.Call(_vm.Load(LuauVm.Compile(Encoding.UTF8.GetBytes($"return {expression}"), "=t")))[0];

    string? Encode(LuauValue value, ValueFormat format, ValueLimits limits, out byte[] bytes)
    {
        _encoder.Begin(_vm, format, limits, null);
        bool good = _encoder.TryAdd(value, "v");
        bytes = _encoder.Encoded.ToArray();
        return good ? null : _encoder.Refusal;
    }

    [Theory]
    [InlineData("nil", "00")]
    [InlineData("false", "01")]
    [InlineData("true", "02")]
    [InlineData("1.5", "03 000000000000f83f")]
    [InlineData("-0", "03 0000000000000080")]
    [InlineData("2^31", "03 000000000000e041")]
    [InlineData("-2^31", "04 00000080")]
    [InlineData("7", "04 07000000")]
    [InlineData("'hé'", "05 0400 68c3a9")]
    [InlineData("''", "05 0000")]
    [InlineData("'\\255'", "06 0100 ff")]
    [InlineData("buffer.fromstring('ab')", "07 0200 6162")]
    [InlineData("vector.create(1, 0, -1)", "08 0000803f 00000000 000080bf")]
    [InlineData("{}", "09 0000")]
    [InlineData("{1, true}", "09 0200 0401000000 02")]
    [InlineData("{a = 1}", "0a 0100 05020061 0401000000")]
    [InlineData("{[1] = 1, [3] = 2}", "0a 0200 0401000000 0401000000 0403000000 0402000000")]
    [InlineData("{item = 'sword', count = 2}", "0a 0200 0505006974656d 050600 73776f7264 050600 636f756e74 0402000000")]
    public void Values_have_the_documented_bytes(string expression, string hex)
    {
        Assert.Null(Encode(Eval(expression), ValueFormat.Wire, ValueLimits.Client, out byte[] bytes));
        Assert.Equal(hex.Replace(" ", ""), Convert.ToHexStringLower(bytes));
        var reader = new ValueReader(bytes, ValueFormat.Wire);
        Assert.True(reader.TrySkip(ValueLimits.Client) && reader.AtEnd);
        reader = new ValueReader(bytes, ValueFormat.Wire);
        Assert.True(ValueDecoder.TryDecode(ref reader, _vm, ValueLimits.Client, null, out LuauValue back));
        Assert.Null(Encode(back, ValueFormat.Wire, ValueLimits.Client, out byte[] again));
        Assert.Equal(bytes, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0b")]
    [InlineData("ff")]
    [InlineData("03 00")]
    [InlineData("05 0500 61")]
    [InlineData("05 0300 ffff")]
    [InlineData("09 ffff")]
    [InlineData("09 0100 00")]
    [InlineData("0a 0100 00 02")]
    [InlineData("0a 0100 03 000000000000f87f 02")]
    [InlineData("0a 0100 09 0000 02")]
    [InlineData("0a 0200 02 02 02 02")]
    [InlineData("08 00000000")]
    public void Malformed_bytes_are_refused_without_raising(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", ""));
        var reader = new ValueReader(bytes, ValueFormat.Wire);
        bool skipped = reader.TrySkip(ValueLimits.Client);
        reader = new ValueReader(bytes, ValueFormat.Wire);
        bool decoded = ValueDecoder.TryDecode(ref reader, _vm, ValueLimits.Client, null, out _);
        Assert.False(decoded);
        // A key that appears twice is only seen when the table is made.
        if (hex != "0a 0200 02 02 02 02") Assert.False(skipped);
    }

    [Fact]
    public void Nesting_and_counts_of_bytes_are_bounded()
    {
        byte[] deep = [.. Enumerable.Repeat<byte[]>([9, 1, 0], 100).SelectMany(b => b), 2];
        var reader = new ValueReader(deep, ValueFormat.Wire);
        Assert.False(reader.TrySkip(ValueLimits.Client));
        reader = new ValueReader(deep, ValueFormat.Wire);
        Assert.False(ValueDecoder.TryDecode(ref reader, _vm, ValueLimits.Client, null, out _));
    }

    [Theory]
    [InlineData("(function() local t = {} t.a = { t } return t end)()", "cycle at v.a[1]")]
    [InlineData("(function() local t = {} t[t] = 1 return t end)()", "a key that is a table at v")]
    [InlineData("{ a = { [\"b c\"] = print } }", "a function cannot be sent at v.a[\"b c\"]")]
    [InlineData("coroutine.create(print)", "a thread cannot be sent at v")]
    [InlineData("table.create(2049, 1)", "a table with more than 2048 entries at v")]
    [InlineData("string.rep('x', 20000)", "more than 16384 bytes at v")]
    [InlineData("(function() local t = {} for i = 1, 2000 do t[i] = { true, true } end return t end)()", "more than 4096 values at v[1366]")]
    public void Refusals_name_the_path(string expression, string refusal) => Assert.StartsWith(refusal, Encode(Eval(expression), ValueFormat.Wire, ValueLimits.Client, out _)!, StringComparison.Ordinal);

    [Fact]
    public void Twenty_levels_of_doubling_are_refused_quickly()
    {
        string? refusal = Encode(Eval("(function() local t = {} for i = 1, 25 do t = { t, t } end return t end)()"), ValueFormat.Internal, ValueLimits.Client, out _);
        Assert.Contains("more than 4096 values", refusal!, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_never_raise() => Prop.ForAll<byte[]>(bytes =>
    {
        foreach (ValueFormat format in Enum.GetValues<ValueFormat>())
        {
            var reader = new ValueReader(bytes, format);
            bool skipped = reader.TrySkip(ValueLimits.Client);
            int end = reader.Position;
            reader = new ValueReader(bytes, format);
            if (ValueDecoder.TryDecode(ref reader, _vm, ValueLimits.Client, null, out _)) Assert.True(skipped && reader.Position == end);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Ten_thousand_random_values_survive_bit_exact()
    {
        var random = new Random(7);
        for (int i = 0; i < 10_000; i++)
        {
            LuauValue value = Some(random, 0);
            foreach (ValueFormat format in Enum.GetValues<ValueFormat>())
            {
                Assert.Null(Encode(value, format, ValueLimits.Client with { Bytes = 1 << 20 }, out byte[] bytes));
                var reader = new ValueReader(bytes, format);
                Assert.True(ValueDecoder.TryDecode(ref reader, _vm, ValueLimits.Client with { Bytes = 1 << 20 }, null, out LuauValue back));
                AssertSame(value, back);
            }
        }
    }

    LuauValue Some(Random random, int depth)
    {
        switch (random.Next(depth > 3 ? 8 : 10))
        {
            case 0: return default;
            case 1: return random.Next(2) == 0;
            case 2: return random.Next(-100, 100);
            case 3: return BitConverter.Int64BitsToDouble(random.NextInt64());
            case 4: return (LuauValue)((double[])[double.NaN, -0.0, 0, double.PositiveInfinity, double.NegativeInfinity, Math.Pow(2, 53), int.MaxValue, int.MinValue])[random.Next(8)];
            case 5: return _vm.CreateString($"text {random.Next()} é");
            case 6:
                byte[] bytes = new byte[random.Next(20)];
                random.NextBytes(bytes);
                return random.Next(2) == 0 ? _vm.CreateString(bytes) : _vm.CreateBuffer(bytes);
            case 7: return new LuauVector(random.NextSingle(), float.NaN, -random.NextSingle());
            default:
                LuauTable table = _vm.CreateTable();
                int count = random.Next(6);
                bool list = random.Next(2) == 0;
                for (int i = 1; i <= count; i++)
                {
                    LuauValue item = Some(random, depth + 1);
                    if (item.IsNil) item = true;
                    LuauValue key = list ? i : random.Next(3) switch { 0 => random.Next(1000) + 0.5, 1 => random.Next(2) == 0, _ => (LuauValue)_vm.CreateString($"k{random.Next(50)}") };
                    _vm.Set(table, key, item);
                }
                return table;
        }
    }

    void AssertSame(in LuauValue a, in LuauValue b)
    {
        Assert.Equal(a.Type, b.Type);
        switch (a.Type)
        {
            case LuauType.Number:
                // Every NaN is one NaN to scripts; everything else keeps its bits.
                if (double.IsNaN(a.AsNumber())) Assert.True(double.IsNaN(b.AsNumber()));
                else Assert.Equal(BitConverter.DoubleToInt64Bits(a.AsNumber()), BitConverter.DoubleToInt64Bits(b.AsNumber()));
                break;
            case LuauType.Boolean: Assert.Equal(a.IsTruthy, b.IsTruthy); break;
            case LuauType.String: Assert.True(a.As<LuauString>()!.Span.SequenceEqual(b.As<LuauString>()!.Span)); break;
            case LuauType.Buffer: Assert.True(a.As<LuauBuffer>()!.Span.SequenceEqual(b.As<LuauBuffer>()!.Span)); break;
            case LuauType.Vector: Assert.Equal((a.As<LuauVector>()!.X, a.As<LuauVector>()!.Z), (b.As<LuauVector>()!.X, b.As<LuauVector>()!.Z)); break;
            case LuauType.Table:
                LuauValue key = default;
                int count = 0;
                while (_vm.Next(a.As<LuauTable>()!, ref key, out LuauValue item))
                {
                    count++;
                    AssertSame(item, _vm.Get(b.As<LuauTable>()!, key));
                }
                key = default;
                while (_vm.Next(b.As<LuauTable>()!, ref key, out _)) count--;
                Assert.Equal(0, count);
                break;
            default: break;
        }
    }
}
