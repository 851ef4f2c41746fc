namespace GameServer.Luau.Syntax;

// The tree of one chunk. Scopes are resolved while parsing: a name in an expression is already a LocalExpression or a GlobalExpression,
// and what happens to a local later in the chunk (assigned, captured) is known before the first instruction is compiled. Types are gone.
//
// Depth. The distance from the root to any node is at most Parser.NestingLimit: recursion of the parser is counted, and so are the nodes that
// loops of the parser put on top of an existing tree (operators of a left-deep expression, suffixes of a call chain). elseif chains and
// blocks are arrays. A compiler may therefore recurse over the tree; with its own RuntimeHelpers.TryEnsureSufficientExecutionStack it is
// safe on any stack.
//
// Lines. Line is where a node starts; EndLine, where present, is where its last token ends. Section 10 of the specification
// says which one an error shows.

/// <summary>What a node is; for switches.</summary>
enum NodeKind : byte
{
    /// <summary>Not a node.</summary>
    None,

    // Expressions.
    Nil, True, False, Number, String, VarArgs, Local, Global, Field, Index, Call, MethodCall, Function, Table, Unary, Binary, And, Or,
    IfElse, Interpolated, Group,

    // Statements.
    Do, While, Repeat, If, NumericFor, GenericFor, LocalDeclaration, LocalFunction, FunctionDeclaration, Assign, CompoundAssign, CallStatement,
    Return, Break, Continue,
}

/// <summary>Any node.</summary>
/// <param name="kind">Kind; fixed by the class except for constants.</param>
/// <param name="line">Line of the first token.</param>
abstract class Node(NodeKind kind, int line)
{
    /// <summary>What this is.</summary>
    public NodeKind Kind { get; } = kind;

    /// <summary>Line of the first token, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>Statements in order, with a scope of their own.</summary>
sealed class Block(Statement[] statements, int endLine)
{
    /// <summary>The statements; <c>return</c>, <c>break</c>, <c>continue</c> only in last place.</summary>
    public Statement[] Statements { get; } = statements;

    /// <summary>Line of the token that ends the block (<c>end</c>, <c>else</c>, <c>until</c>, end of source …).</summary>
    public int EndLine { get; } = endLine;
}

/// <summary>A parsed chunk.</summary>
sealed class ChunkNode(FunctionExpression main, bool mentionsEnvironmentFunctions)
{
    /// <summary>The main function: vararg, no parameters, no name.</summary>
    public FunctionExpression Main { get; } = main;

    /// <summary>True when <c>getfenv</c> or <c>setfenv</c> is read as a global anywhere in the chunk.</summary>
    public bool MentionsEnvironmentFunctions { get; } = mentionsEnvironmentFunctions;

    /// <summary>Names of globals that the chunk assigns, in order of first assignment; the same fact as <see cref="Name.IsAssignedGlobal"/>.</summary>
    public required Name[] AssignedGlobals { get; init; }

    /// <summary>
    /// Exported locals in textual order, empty when the chunk exports nothing. A chunk with exports returns a frozen table of their values
    /// at its end (specification, appendix B).
    /// </summary>
    public required LocalVariable[] Exports { get; init; }

    /// <summary>Hot comments before the first token: <c>--!native</c>, <c>--!optimize N</c>. -1 when no level was given.</summary>
    public int OptimizeLevel { get; init; } = -1;
}

/// <summary>A local variable or parameter. Its facts are final once the parse is done.</summary>
sealed class LocalVariable(Name name, FunctionExpression function, int line)
{
    /// <summary>Its name.</summary>
    public Name Name { get; } = name;

    /// <summary>The function that declares it.</summary>
    public FunctionExpression Function { get; } = function;

    /// <summary>Line of the declaration.</summary>
    public int Line { get; } = line;

    /// <summary>Number of loops of the declaring function around the declaration; 0 outside loops.</summary>
    public int LoopDepth { get; init; }

    /// <summary>Declared by <c>const</c>.</summary>
    public bool IsConst { get; init; }

    /// <summary>Used in a function inside the declaring one, so that it is an upvalue there.</summary>
    public bool IsCaptured { get; set; }

    /// <summary>Assigned somewhere after its declaration, in whatever function.</summary>
    public bool IsReassigned { get; set; }

    /// <summary>Position among the locals of the chunk in the order they come into scope; the parser's.</summary>
    public int Serial { get; set; }

    /// <summary>The variable of the same name that this one hides; the parser's.</summary>
    public LocalVariable? Hidden { get; set; }

    /// <summary>Never set by the parser: a number for whoever walks the tree (a register, say).</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Never set by the parser: the function whose register <see cref="Slot"/> is, while that is not the declaring one.</summary>
    public FunctionExpression? Home { get; set; }

    /// <summary>Never set by the parser: anything whoever walks the tree wants to remember (a folded constant, say).</summary>
    public object? Annotation { get; set; }
}

/// <summary>Attributes of a function; none has an effect on results.</summary>
[Flags]
enum FunctionAttributes : byte
{
    /// <summary>None given.</summary>
    None = 0,

    /// <summary><c>@native</c>, or the hot comment <c>--!native</c> of the chunk.</summary>
    Native = 1,

    /// <summary><c>@checked</c>.</summary>
    Checked = 2,

    /// <summary><c>@deprecated</c>.</summary>
    Deprecated = 4,
}
