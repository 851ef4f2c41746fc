using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Hooks;

/// <summary>An argument of a hook, of no VM: each VM that gets the hook gets its own copy.</summary>
readonly struct HookValue
{
    enum Shape : byte
    {
        Nil, Number, Boolean, Text, Handle, Encoded, Fields, Items,
    }

    readonly Shape _shape;
    readonly byte _handleKind;
    readonly double _number;
    readonly object? _object;

    HookValue(Shape shape, double number = 0, object? content = null, byte handleKind = 0) =>
        (_shape, _number, _object, _handleKind) = (shape, number, content, handleKind);

    /// <summary>A number.</summary>
    public static implicit operator HookValue(double number) => new(Shape.Number, number);
    /// <summary>A boolean.</summary>
    public static implicit operator HookValue(bool boolean) => new(Shape.Boolean, boolean ? 1 : 0);
    /// <summary>Text; null makes nil.</summary>
    public static implicit operator HookValue(string? text) => text is null ? default : new(Shape.Text, 0, text);
    /// <summary>A host object by kind and id; <paramref name="target"/> stands in when it is gone by the time the value arrives.</summary>
    public static HookValue Handle(byte kind, int id, object? target = null) => new(Shape.Handle, id, target, kind);
    /// <summary>The first of some encoded values; none makes nil.</summary>
    public static HookValue Encoded(EncodedValues values) => new(Shape.Encoded, (double)ValueFormat.Internal, values.Bytes);
    /// <summary>One value in wire format, already checked.</summary>
    public static HookValue Wire(byte[] value) => new(Shape.Encoded, (double)ValueFormat.Wire, value);
    /// <summary>A table with named fields, frozen on arrival.</summary>
    public static HookValue Table(params (string Name, HookValue Value)[] fields) => new(Shape.Fields, 0, fields);

    /// <summary>A list, frozen on arrival.</summary>
    public static HookValue List(HookValue[] items) => new(Shape.Items, 0, items);

    /// <summary>Bytes this holds, roughly, for accounts of queues.</summary>
    public int HostBytes => 24 + (_object switch { string text => text.Length * 2, byte[] bytes => bytes.Length, (string, HookValue)[] fields => fields.Length * 64, _ => 0 });

    /// <summary>The text; null for anything else.</summary>
    public string? Text => _object as string;

    /// <summary>Whether a filter's value is equal to this one. Only numbers, booleans and text can be.</summary>
    public bool Matches(in HookValue filter) =>
        _shape == filter._shape && _shape is Shape.Number or Shape.Boolean or Shape.Text && _number == filter._number && Equals(_object, filter._object);

    /// <summary>Makes the value in a VM.</summary>
    /// <exception cref="LuauException">The VM has no memory for it.</exception>
    public LuauValue ToLuau(LuauVm vm, IHandleTable handles)
    {
        switch (_shape)
        {
            case Shape.Number: return _number;
            case Shape.Boolean: return _number != 0;
            case Shape.Text: return vm.CreateString((string)_object!);
            case Shape.Handle: return handles.FromHandle(_handleKind, (int)_number, _object);
            case Shape.Encoded:
                var reader = new ValueReader((byte[])_object!, (ValueFormat)_number);
                // What does not decode was checked before or comes from our own encoder; a duplicate key is the one thing left, and gives nil.
                return ValueDecoder.TryDecode(ref reader, vm, new ValueLimits(int.MaxValue, ValueLimits.DepthMax, int.MaxValue, ushort.MaxValue), handles,
                    out LuauValue value) ? value : default;
            case Shape.Fields: return ToTable(vm, handles);
            case Shape.Items: return ToList(vm, handles);
            default: return default;
        }
    }

    LuauTable ToList(LuauVm vm, IHandleTable handles)
    {
        var items = (HookValue[])_object!;
        LuauTable table = vm.CreateTable(arrayCapacity: items.Length);
        for (int i = 0; i < items.Length; i++) vm.Set(table, i + 1, items[i].ToLuau(vm, handles));
        vm.Freeze(table);
        return table;
    }

    LuauTable ToTable(LuauVm vm, IHandleTable handles)
    {
        var fields = ((string Name, HookValue Value)[])_object!;
        LuauTable table = vm.CreateTable(fieldCapacity: fields.Length);
        foreach ((string name, HookValue value) in fields) vm.Set(table, name, value.ToLuau(vm, handles));
        vm.Freeze(table);
        return table;
    }
}
