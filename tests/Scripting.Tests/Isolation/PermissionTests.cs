using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Tests.Isolation;

public class PermissionTests
{
    [Fact]
    public void Every_row_of_every_api_names_its_permission()
    {
        string[] without = [.. ApiCatalog.Libraries.SelectMany(library => library.Rows.Where(row => row.Needs is null).Select(row => $"{library.Name}.{row.Name}")),
            .. ApiCatalog.Classes.SelectMany(type => type.Fields.Concat(type.Methods).Where(row => row.Needs is null).Select(row => $"{type.Name}.{row.Name}"))];
        Assert.Empty(without);
    }

    [Fact]
    public void Every_row_says_what_it_is()
    {
        foreach (ApiLibrary library in ApiCatalog.Libraries)
        {
            Assert.All(library.Rows, row => Assert.EndsWith(".", row.Doc, StringComparison.Ordinal));
            Assert.Equal(library.Rows.Count, library.Rows.Select(row => row.Name).Distinct().Count());
        }
        Assert.All(HookCatalog.Rows, row => Assert.NotEmpty(row.When));
    }

    [Fact]
    public void Names_and_bits_are_unique_and_defaults_are_grantable()
    {
        Assert.Equal(PermissionCatalog.Rows.Count, PermissionCatalog.Rows.Select(row => row.Bit).Distinct().Count());
        Assert.Equal(PermissionCatalog.Rows.Count, PermissionCatalog.Rows.Select(row => row.Name).Distinct().Count());
        Assert.Equal(PermissionCatalog.UserDefault, PermissionCatalog.UserDefault & PermissionCatalog.Grantable);
        Assert.Equal(Permission.None, PermissionCatalog.Grantable & (Permission.ModsManage | Permission.ServerControl | Permission.DebugExec | Permission.Internal));
    }

    [Fact]
    public void Only_the_operator_gives_and_never_what_is_internal()
    {
        Grants plain = Grants.Settle(ModTrust.User, ["player.kick"], ["player.ban", "chat.send"], [], []);
        Assert.Equal(["player.kick"], plain.RefusedRequired);
        Assert.Equal(["player.ban"], plain.RefusedOptional);
        Grants granted = Grants.Settle(ModTrust.User, ["player.kick"], [], ["player.kick", "server.control", "nonsense"], ["chat.send", "base"]);
        Assert.Empty(granted.RefusedRequired);
        Assert.Equal(3, granted.Notes.Count);
        Assert.Equal(Permission.PlayerKick, granted.Mask & (Permission.PlayerKick | Permission.ServerControl | Permission.ChatSend));
        Assert.True((granted.Mask & Permission.Base) != 0);
        Assert.True((Grants.Settle(ModTrust.Core, [], [], [], []).Mask & Permission.ServerControl) != 0);
    }
}
