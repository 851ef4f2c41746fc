using System.Text.RegularExpressions;
using GameServer.Scripting.Api;
using GameServer.Scripting.Testing;
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
    public void The_type_definitions_are_up_to_date() => Golden.Matches(TypeDefinitions.Write(), "docs", "reference", "gameserver.d.luau");

    [Fact]
    public void The_page_about_tests_is_up_to_date() => Golden.Matches(TestReference.Page(), "docs", "reference", "tests.md");

    [Fact]
    public void The_type_definitions_for_tests_are_up_to_date() => Golden.Matches(TestReference.Definitions(), "docs", "reference", "tests.d.luau");

    [Fact]
    public void The_type_definitions_use_only_types_that_they_define()
    {
        string text = TypeDefinitions.Write() + TestReference.Definitions();
        string plain = Regex.Replace(Regex.Replace(text, "--.*", ""), "\"[^\"]*\"", "");
        HashSet<string> defined = [.. Regex.Matches(plain, @"(?:type|class) (\w+)").Select(match => match.Groups[1].Value)];
        string[] unknown = [.. Regex.Matches(plain, @"\b[A-Z][a-z]\w+\b").Select(match => match.Value).Distinct().Where(name => !defined.Contains(name))];
        Assert.Empty(unknown);
        // What the definition language takes: self without a type.
        Assert.DoesNotMatch(@"function \w+\(self:", text);
    }
}
