using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Hooks;

/// <summary>A hook that a mod defined. When the mod goes, the name goes back to being a notification that nobody raises.</summary>
sealed class HookDefinition(HookList list) : Registration(RegistrationKind.Handler)
{
    /// <inheritdoc/>
    protected override void OnReleased()
    {
        if (list.Definition != this) return;
        list.Definition = null;
        list.Kind = HookKind.Notify;
    }
}
