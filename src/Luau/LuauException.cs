using GameServer.Luau.Values;

namespace GameServer.Luau;

/// <summary>How running script code ended abnormally.</summary>
public enum LuauFault
{
    /// <summary>An error that <c>pcall</c> can catch.</summary>
    Error,
    /// <summary>The memory limit was passed; not catchable by scripts when the VM is set to kill on it.</summary>
    Memory,
    /// <summary>The host's deadline or kill flag; never catchable by scripts.</summary>
    Killed,
}

/// <summary>A script error on its way through host code: the error value and, once it leaves the VM, the traceback.</summary>
public sealed class LuauException : Exception
{
    /// <summary>An error with any value.</summary>
    public LuauException(LuauValue value, LuauFault fault = LuauFault.Error) : base(null)
    {
        Value = value;
        Fault = fault;
    }

    /// <summary>An error whose value is a string (UTF-8).</summary>
    public LuauException(string message) : this(new LuauString(System.Text.Encoding.UTF8.GetBytes(message))) => UnchargedBytes = HeapSizes.String(message.Length);

    /// <summary>The error value. Positions are already part of string values where the specification wants them.</summary>
    public LuauValue Value { get; internal set; }

    /// <summary>What kind of end this is.</summary>
    public LuauFault Fault { get; }

    /// <summary>Text like <c>debug.traceback</c>, made when the error left the outermost script function; null before.</summary>
    public string? Traceback { get; internal set; }

    /// <summary>Bytes of a message that no heap has been charged yet; the interpreter charges them when the error passes.</summary>
    internal long UnchargedBytes { get; set; }

    /// <summary>Whether an xpcall handler has seen it already.</summary>
    internal bool IsHandled { get; set; }

    /// <summary>The value as text.</summary>
    public override string Message => Value.Ref is LuauString or string or null ? Value.ToString() : $"(error object is a {Value.Type})";
}
