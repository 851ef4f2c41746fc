namespace GameServer.Luau.Values;

/// <summary>Names of types as <c>type</c> and <c>typeof</c> give them and messages show them.</summary>
static class TypeNames
{
    /// <summary>Name as in <c>type</c>.</summary>
    public static string OfType(LuauType type) => type switch
    {
        LuauType.Nil => "nil",
        LuauType.Boolean => "boolean",
        LuauType.Number => "number",
        LuauType.Vector => "vector",
        LuauType.String => "string",
        LuauType.Table => "table",
        LuauType.Function => "function",
        LuauType.Userdata => "userdata",
        LuauType.Thread => "thread",
        LuauType.Buffer => "buffer",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Name as in <c>typeof</c>, which messages use: host userdata may name themselves through <c>__type</c>.</summary>
    public static string Of(in LuauValue value) =>
        value.Ref is Userdata { Tag: not 0, Metatable: { } metatable } && metatable.Get(TypeKey).Ref is LuauString name ? name.ToString() : OfType(value.Type);

    static readonly LuauString TypeKey = LuauString.Permanent("__type"u8);
}
