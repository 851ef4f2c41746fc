using GameServer.Luau.Runtime;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The Connection object: what every registration returns.</summary>
static class ConnectionClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 2;

    /// <summary>Fields and methods.</summary>
    public static ApiClass Class { get; } = new("Connection", Tag, "A registration: a handler, a timer, a command. Ends by itself with the mod.",
    [
        new("connected", "boolean", "Whether it still does something.")
        {
            Needs = Permission.Base, Body = (ModScope _, ref CallContext call) => call.Return(call.Userdata<Registration>(0, Tag).IsLive),
        },
    ],
    [
        new("disconnect", "(self: Connection) -> ()", "Ends it at once; more than once is harmless.")
        {
            Needs = Permission.Base,
            Body = (ModScope _, ref CallContext call) =>
            {
                call.Userdata<Registration>(0, Tag).Release();
                return call.Return();
            },
        },
    ]);
}
