namespace GameServer.Luau.Values;

/// <summary>Why a store into a table is refused (specification 8).</summary>
enum TableFault
{
    /// <summary>It is not.</summary>
    None,
    /// <summary>The table is read-only.</summary>
    ReadOnly,
    /// <summary>The key is nil.</summary>
    NilKey,
    /// <summary>The key is NaN.</summary>
    NaNKey,
    /// <summary>The key is a vector with a NaN component.</summary>
    VectorWithNaNKey,
}

/// <summary>Texts of the errors of the table core. They carry no position of their own.</summary>
static class TableFaults
{
    internal const string Overflow = "table overflow";
    internal const string UnknownKey = "invalid key to 'next'";

    /// <summary>Message of <paramref name="fault"/>.</summary>
    internal static string Text(TableFault fault) => fault switch
    {
        TableFault.ReadOnly => "attempt to modify a readonly table",
        TableFault.NilKey => "table index is nil",
        TableFault.NaNKey => "table index is NaN",
        TableFault.VectorWithNaNKey => "table index contains NaN",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    /// <summary>The error, to be thrown.</summary>
    internal static LuauException Error(TableFault fault) => new(Text(fault));
}
