using GameServer.Scripting.Api;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Api;

/// <summary>The reference pages are what the code says.</summary>
public class ReferenceTests
{
    [Fact]
    public void The_API_page_is_up_to_date() => Golden.Matches(ApiReference.Api(), "docs", "reference", "api.md");

    [Fact]
    public void The_hooks_page_is_up_to_date() => Golden.Matches(ApiReference.Hooks(), "docs", "reference", "hooks.md");

    [Fact]
    public void The_permissions_page_is_up_to_date() => Golden.Matches(ApiReference.Permissions(), "docs", "reference", "permissions.md");

    [Fact]
    public void The_limits_page_is_up_to_date() => Golden.Matches(ApiReference.Limits(), "docs", "reference", "limits.md");

    [Fact]
    public void The_type_definitions_are_up_to_date() => Golden.Matches(ApiReference.Definitions(), "docs", "reference", "gameserver.d.luau");
}
