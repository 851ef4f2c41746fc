using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Library;

public sealed class PackTests
{
    static readonly (string Option, Func<Random, LuauVm, LuauValue> Value, bool Fixed)[] Options =
    [
        ("b", (r, _) => (double)r.Next(-128, 128), true), ("B", (r, _) => (double)r.Next(256), true),
        ("h", (r, _) => (double)r.Next(-32768, 32768), true), ("H", (r, _) => (double)r.Next(65536), true),
        ("i3", (r, _) => (double)r.Next(-(1 << 23), 1 << 23), true), ("I3", (r, _) => (double)r.Next(1 << 24), true),
        ("i", (r, _) => (double)r.Next(), true), ("I7", (r, _) => (double)r.NextInt64(1L << 53), true),
        ("l", (r, _) => (double)r.NextInt64(-(1L << 53), 1L << 53), true), ("i16", (r, _) => (double)-r.NextInt64(1L << 53), true),
        ("f", (r, _) => (double)(float)r.NextDouble(), true), ("d", (r, _) => r.NextDouble() * Math.Pow(10, r.Next(-300, 300)), true),
        ("s", (r, vm) => vm.CreateString(RandomBytes(r, 0)), false), ("s2", (r, vm) => vm.CreateString(RandomBytes(r, 0)), false),
        ("z", (r, vm) => vm.CreateString(RandomBytes(r, 1)), false),
    ];

    static byte[] RandomBytes(Random random, byte least)
    {
        var bytes = new byte[random.Next(9)];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)random.Next(least, 256);
        return bytes;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_packed_comes_back_unpacked(int seed)
    {
        Random random = new(seed);
        using LibraryVm vm = new();
        LuauFunction pack = vm.Function("string", "pack"), unpack = vm.Function("string", "unpack"), size = vm.Function("string", "packsize");
        for (int round = 0; round < 10_000; round++)
        {
            string format = random.Next(3) switch { 0 => "<", 1 => ">", _ => "" } + random.Next(4) switch { 0 => "!", 1 => "!4", _ => "" };
            List<LuauValue> values = [];
            bool fixedSize = true;
            // Sizes that are no power of two cannot be aligned.
            bool aligned = format.Contains('!', StringComparison.Ordinal);
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                (string option, Func<Random, LuauVm, LuauValue> value, bool isFixed) = Options[random.Next(Options.Length)];
                if (aligned && option is "i3" or "I3" or "I7") continue;
                format += random.Next(8) == 0 ? $"x{option}" : option;
                values.Add(value(random, vm.Vm));
                fixedSize &= isFixed;
            }

            LuauValue packed = Assert.Single(vm.Call(pack, out _, [vm.Vm.CreateString(format), .. values])!);
            LuauValue[] back = vm.Call(unpack, out _, vm.Vm.CreateString(format), packed)!;

            Assert.Equal(values.Count + 1, back.Length);
            for (int i = 0; i < values.Count; i++)
                Assert.True(LuauValue.RawEquals(values[i], back[i]), $"seed {seed}, format '{format}', value {i}: {values[i]} came back as {back[i]}");
            int length = ((LuauString)packed.Ref!).Length;
            Assert.Equal(length + 1, back[^1].Num);
            if (fixedSize) Assert.Equal(length, vm.Call(size, out _, vm.Vm.CreateString(format))![0].Num);
        }
    }
}
