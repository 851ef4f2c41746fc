using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>One row of a library: a function or a constant, as scripts see it.</summary>
/// <param name="Name">Field name and debug name.</param>
/// <param name="Signature">Luau type of the entry, for the reference page and the type definitions.</param>
/// <param name="Summary">One sentence for the reference page.</param>
sealed record LibraryRow(string Name, string Signature, string Summary = "")
{
    /// <summary>The function; null for a constant.</summary>
    public HostBody? Body { get; init; }
    /// <summary>How the interpreter calls it.</summary>
    public HostFunctionKind Kind { get; init; }
    /// <summary>Frameless form.</summary>
    public BuiltinId Builtin { get; init; }
    /// <summary>The constant, when there is no body.</summary>
    public LuauValue Constant { get; init; }
}

/// <summary>A library: the global it is stored under (empty for the base library) and its rows.</summary>
/// <param name="Name">Global name, empty for the base library.</param>
/// <param name="Rows">Functions and constants.</param>
sealed record LibraryTable(string Name, LibraryRow[] Rows);
