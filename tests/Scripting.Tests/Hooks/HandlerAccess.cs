using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;

namespace GameServer.Scripting.Tests.Hooks;

static class HandlerAccess
{
    public static void First(ModScope scope, string hook, out Handler handler) =>
        handler = scope.Services.Registry.Find(hook)!.Handlers.First(h => h.Subscriber == scope.Subscriber);
}
