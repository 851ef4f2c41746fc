using System.Text;

namespace GameServer.Luau.Syntax;

/// <summary>An identifier. Each distinct identifier of a chunk has exactly one object, so names compare by reference.</summary>
sealed class Name
{
    /// <summary>Creates a name; only the name table of a parse does this.</summary>
    /// <param name="bytes">ASCII bytes, kept.</param>
    public Name(byte[] bytes) => Bytes = bytes;

    /// <summary>The identifier; ASCII.</summary>
    public byte[] Bytes { get; }

    /// <summary>
    /// True when a global of this name is assigned anywhere in the chunk. Such a name must not be treated as a built-in
    /// (specification, section 14). Final once the parse is done.
    /// </summary>
    public bool IsAssignedGlobal { get; set; }

    /// <summary>True once a local of this name is exported; the parser's.</summary>
    public bool IsExported { get; set; }

    /// <summary>The innermost local variable of this name at the place the parser has reached; the parser's.</summary>
    public LocalVariable? Visible { get; set; }

    /// <summary>The identifier as text.</summary>
    public override string ToString() => Encoding.Latin1.GetString(Bytes);
}
