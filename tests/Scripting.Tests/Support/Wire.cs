using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Tests.Support;

/// <summary>Values between tests and wire bytes, through a VM of its own.</summary>
sealed class Wire : IDisposable
{
    readonly LuauVm _vm = new();
    readonly ValueEncoder _encoder = new();

    /// <summary>Wire bytes of a Luau expression.</summary>
    public byte[] Encode(string expression)
    {
        LuauValue value = Run($"return {expression}");
        _encoder.Begin(_vm, ValueFormat.Wire, ValueLimits.Client with { Bytes = 1 << 20 }, null);
        Assert.True(_encoder.TryAdd(value, "value"), _encoder.Refusal);
        return _encoder.Encoded.ToArray();
    }

    /// <summary>What a Luau function of <c>v</c> says about wire bytes.</summary>
    public string Decode(byte[] value, string expression)
    {
        var reader = new ValueReader(value, ValueFormat.Wire);
        Assert.True(ValueDecoder.TryDecode(ref reader, _vm, ValueLimits.Client with { Bytes = 1 << 20 }, null, out LuauValue decoded));
        Assert.True(reader.AtEnd);
        _vm.Set(_vm.Globals, "v", decoded);
        return Run($"return tostring({expression})").ToString();
    }

    LuauValue Run(string source) => _vm.Call(_vm.Load(LuauVm.Compile(System.Text.Encoding.UTF8.GetBytes(source), "=wire")))[0];

    public void Dispose() => _vm.Dispose();
}
