namespace GameServer.Luau.Runtime;

/// <summary>Metamethods the interpreter looks up (specification 8). The order of the arithmetic ones is that of <see cref="Metamethods.OperationNames"/>.</summary>
enum MetaEvent
{
    /// <summary>__index</summary>
    Index,
    /// <summary>__newindex</summary>
    NewIndex,
    /// <summary>__eq</summary>
    Eq,
    /// <summary>__len</summary>
    Len,
    /// <summary>__call</summary>
    Call,
    /// <summary>__iter</summary>
    Iter,
    /// <summary>__namecall</summary>
    NameCall,
    /// <summary>__add</summary>
    Add,
    /// <summary>__sub</summary>
    Sub,
    /// <summary>__mul</summary>
    Mul,
    /// <summary>__div</summary>
    Div,
    /// <summary>__idiv</summary>
    IDiv,
    /// <summary>__mod</summary>
    Mod,
    /// <summary>__pow</summary>
    Pow,
    /// <summary>__unm</summary>
    Unm,
    /// <summary>__lt</summary>
    Lt,
    /// <summary>__le</summary>
    Le,
    /// <summary>__concat</summary>
    Concat,
    /// <summary>__tostring</summary>
    ToString,
    /// <summary>__metatable</summary>
    Metatable,
    /// <summary>__type</summary>
    Type,
    /// <summary>__mode</summary>
    Mode,
}
