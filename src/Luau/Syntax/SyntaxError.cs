namespace GameServer.Luau.Syntax;

/// <summary>The first error in a chunk: reported by the parser, and by the compiler for limits it owns.</summary>
sealed class SyntaxError : Exception
{
    /// <summary>Creates an error.</summary>
    /// <param name="message">Text without chunk name and line, as specified for scripts.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column in bytes, from 1; 0 when only the line is known.</param>
    public SyntaxError(string message, int line, int column = 0)
        : base(message)
    {
        Line = line;
        Column = column;
    }

    /// <summary>Line of the error, from 1.</summary>
    public int Line { get; }

    /// <summary>Column of the error in bytes, from 1; 0 when only the line is known.</summary>
    public int Column { get; }
}
