using GameServer.Scripting.Mods;
using SemanticVersion = NuGet.Versioning.SemanticVersion;

namespace GameServer.Scripting.Tests.Mods;

public class VersionRangeTests
{
    [Theory]
    [InlineData("^1.2", "1.2.0 1.9.9", "1.1.9 2.0.0")]
    [InlineData("^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2 1.0.0")]
    [InlineData("^0.0.3", "0.0.3", "0.0.4")]
    [InlineData("^0", "0.0.0 0.9.0", "1.0.0")]
    [InlineData("~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2")]
    [InlineData("~1", "1.0.0 1.9.0", "2.0.0")]
    [InlineData(">=1 <2", "1.0.0 1.99.0", "0.9.9 2.0.0")]
    [InlineData(">= 1.2, < 3", "1.2.0 2.9.9", "1.1.0 3.0.0")]
    [InlineData(">1", "2.0.0", "1.0.0 1.5.0")]
    [InlineData("<=1.2", "1.2.9 0.1.0", "1.3.0")]
    [InlineData("1.x", "1.0.0 1.7.0", "2.0.0")]
    [InlineData("1.2", "1.2.0 1.2.7", "1.3.0")]
    [InlineData("=1.2.3", "1.2.3", "1.2.4")]
    [InlineData("*", "0.0.0 9.9.9 1.0.0-beta", "")]
    [InlineData(">=1.0.0-beta.2", "1.0.0-beta.3 1.0.0 2.0.0", "1.0.0-beta.1 1.1.0-beta.5")]
    [InlineData("^1.2", "", "1.3.0-beta")]
    public void Ranges_hold_what_semver_users_expect(string text, string inside, string outside)
    {
        Assert.True(VersionRange.TryParse(text, out VersionRange range, out string problem), problem);
        foreach (string version in inside.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.True(range.Contains(SemanticVersion.Parse(version)), version);
        foreach (string version in outside.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.False(range.Contains(SemanticVersion.Parse(version)), version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("1.2.3.4")]
    [InlineData(">>1")]
    [InlineData("1.-2")]
    [InlineData(">2 <1")]
    [InlineData("=1.0.0 =2.0.0")]
    [InlineData(">1.0.0 <=1.0.0")]
    [InlineData("x.1")]
    public void What_is_no_range_or_holds_nothing_is_refused(string text) => Assert.False(VersionRange.TryParse(text, out _, out _));
}
