using GameServer.Scripting.Isolation;

namespace GameServer.Scripting;

/// <summary>Names of permissions, for whoever reads an operator's settings.</summary>
public static class PermissionNames
{
    /// <summary>Every permission.</summary>
    public static IReadOnlyList<string> All { get; } = [.. PermissionCatalog.Rows.Select(row => row.Name)];

    /// <summary>Those an operator may give to a user mod.</summary>
    public static IReadOnlyList<string> Grantable { get; } = PermissionCatalog.Names(PermissionCatalog.Grantable);
}
