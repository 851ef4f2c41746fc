namespace GameServer.Luau.Analysis;

/// <summary>A place in a source.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in bytes, from 1.</param>
public readonly record struct SourcePlace(int Line, int Column);

/// <summary>What a name or a chain of fields begins with.</summary>
public enum FactRoot
{
    /// <summary>A global.</summary>
    Global,
    /// <summary>A parameter of a function.</summary>
    Parameter,
    /// <summary>A local variable, or the result of something.</summary>
    Other,
}

/// <summary>How something is used.</summary>
public enum FactUse
{
    /// <summary>Read.</summary>
    Read,
    /// <summary>Written, or declared as a function.</summary>
    Write,
    /// <summary>Called with a dot.</summary>
    Call,
    /// <summary>Called with a colon.</summary>
    MethodCall,
}

/// <summary>One use of a global, or of a field: <c>hook.add</c>, <c>player:kick</c>. Locals that only stand for a global are seen through.</summary>
/// <param name="Root">What it begins with.</param>
/// <param name="Path">Names from the root on, as <c>hook.add</c>; without the root's own name when that is no global.</param>
/// <param name="Function">The function whose parameter the root is; -1 for other roots.</param>
/// <param name="Parameter">Its index.</param>
/// <param name="Use">How.</param>
/// <param name="Place">Place of the last name.</param>
/// <param name="Start">Place of what it begins with.</param>
/// <param name="Inside">The function it stands in; 0 is the main chunk.</param>
public sealed record MemberFact(FactRoot Root, string Path, int Function, int Parameter, FactUse Use, SourcePlace Place, SourcePlace Start, int Inside)
{
    /// <summary>The names.</summary>
    public string[] Names => Path.Split('.');
}

/// <summary>An argument of a call, as far as the source tells.</summary>
/// <param name="Text">A string literal; null for anything else.</param>
/// <param name="Function">A function literal, or a local function that is never assigned again; -1 for anything else.</param>
/// <param name="Keys">Names of the fields of a table literal.</param>
/// <param name="Place">Where it begins; the column is that of its line when unknown.</param>
public sealed record ArgumentFact(string? Text, int Function, IReadOnlyList<string> Keys, SourcePlace Place);

/// <summary>One call.</summary>
/// <param name="Target">What is called.</param>
/// <param name="Arguments">With what; without the receiver of a method.</param>
public sealed record CallFact(MemberFact Target, IReadOnlyList<ArgumentFact> Arguments);

/// <summary>One function.</summary>
/// <param name="Index">Its number; 0 is the main chunk.</param>
/// <param name="Parent">The function around it; -1 for the main chunk.</param>
/// <param name="Global">Name of the global it is declared as; null for others.</param>
/// <param name="Parameters">Names of its parameters.</param>
/// <param name="Place">Where it begins.</param>
public sealed record FunctionFact(int Index, int Parent, string? Global, IReadOnlyList<string> Parameters, SourcePlace Place);

/// <summary>What can be said of a source without running it: which names it uses, what it calls with what.</summary>
/// <param name="Members">Uses of globals and of fields, in the order of the source.</param>
/// <param name="Calls">Calls of something that has a name.</param>
/// <param name="Functions">All functions by number.</param>
/// <param name="FieldsWritten">Names of all fields that are assigned or stand in a table literal, wherever.</param>
public sealed record SourceFacts(
    IReadOnlyList<MemberFact> Members, IReadOnlyList<CallFact> Calls, IReadOnlyList<FunctionFact> Functions, IReadOnlySet<string> FieldsWritten)
{
    /// <summary>Reads a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="chunkName">Name for positions in errors, like <c>@kits/init.luau</c>.</param>
    /// <exception cref="LuauCompileException">It has a syntax error.</exception>
    /// <remarks>Any thread.</remarks>
    public static SourceFacts Read(byte[] source, string chunkName) => FactReader.Read(source, chunkName);
}
