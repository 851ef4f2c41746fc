using GameServer.Luau.Values;

namespace GameServer.Scripting.Marshalling;

/// <summary>Host objects of one VM that may cross to another as kind and id, looked up again on arrival.</summary>
interface IHandleTable
{
    /// <summary>Whether this userdata is such an object, and which.</summary>
    bool TryGetHandle(Userdata userdata, out byte kind, out int id);

    /// <summary>The userdata of this VM for a handle; nil when the object is gone.</summary>
    LuauValue FromHandle(byte kind, int id);

    /// <summary>As <see cref="FromHandle(byte, int)"/>, with the object at hand: it may be gone by the time what waited arrives.</summary>
    LuauValue FromHandle(byte kind, int id, object? target) => FromHandle(kind, id);
}
