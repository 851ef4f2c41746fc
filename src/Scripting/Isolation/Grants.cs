namespace GameServer.Scripting.Isolation;

/// <summary>What a mod may do, and what it asked for in vain.</summary>
/// <param name="Mask">Permissions in force.</param>
/// <param name="RefusedRequired">Asked for as required, not granted: the mod does not start.</param>
/// <param name="RefusedOptional">Asked for as optional, not granted: the mod starts without.</param>
/// <param name="Notes">Things the operator should know, e.g. a grant that cannot be given.</param>
sealed record Grants(Permission Mask, IReadOnlyList<string> RefusedRequired, IReadOnlyList<string> RefusedOptional, IReadOnlyList<string> Notes)
{
    /// <summary>Settles the rights of one mod. Trust and grants come from the operator alone: a manifest only asks.</summary>
    /// <param name="trust">Trust the operator gave.</param>
    /// <param name="required">Names the manifest requires; known ones.</param>
    /// <param name="optional">Names the manifest would like; known ones.</param>
    /// <param name="grant">Names the operator grants; unknown ones become notes.</param>
    /// <param name="deny">Names the operator takes away.</param>
    public static Grants Settle(
        ModTrust trust, IReadOnlyList<string> required, IReadOnlyList<string> optional, IReadOnlyList<string> grant, IReadOnlyList<string> deny)
    {
        var notes = new List<string>();
        Permission mask = trust == ModTrust.Core ? PermissionCatalog.All : PermissionCatalog.UserDefault;
        foreach (string name in grant)
        {
            if (PermissionCatalog.Find(name) is not { } row) notes.Add($"server.toml grants unknown permission '{name}'");
            else if (trust == ModTrust.User && !row.Grantable) notes.Add($"permission '{name}' cannot be granted to a user mod");
            else mask |= row.Bit;
        }
        foreach (string name in deny)
        {
            if (PermissionCatalog.Find(name) is not { } row) notes.Add($"server.toml denies unknown permission '{name}'");
            else if (row.Bit == Permission.Base) notes.Add("permission 'base' cannot be denied");
            else mask &= ~row.Bit;
        }
        return new Grants(mask, Missing(required, mask), Missing(optional, mask), notes);
    }

    static string[] Missing(IReadOnlyList<string> names, Permission mask) =>
        [.. names.Where(name => PermissionCatalog.Find(name) is { } row && (mask & row.Bit) == 0)];
}
