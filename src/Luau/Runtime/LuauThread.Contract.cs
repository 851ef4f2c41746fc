using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

public sealed partial class LuauThread
{
    /// <summary>Builds an error whose message carries the position of the script function that called the running host function.</summary>
    internal LuauException ErrorAtCaller(string message) => new(message);

    /// <summary>Calls a function from host code; its frame starts at stack slot <paramref name="top"/>; first result.</summary>
    internal LuauValue CallOne(int top, in LuauValue function, in LuauValue a, in LuauValue b, int count) => throw new NotImplementedException();

    /// <summary>Calls a function from host code with any arguments; first result.</summary>
    internal LuauValue CallOne(int top, in LuauValue function, ReadOnlySpan<LuauValue> args) => throw new NotImplementedException();
}
