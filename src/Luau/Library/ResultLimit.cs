using GameServer.Luau.Runtime;

namespace GameServer.Luau.Library;

/// <summary>How many values a library function may return (specification 12).</summary>
static class ResultLimit
{
    /// <summary>Stack slots of one library call, its own arguments included.</summary>
    public const int Slots = 8000;

    /// <summary>Whether <paramref name="count"/> more values fit beside the arguments.</summary>
    public static bool Allows(ref CallContext call, long count) => call.ArgCount + count <= Slots;
}
