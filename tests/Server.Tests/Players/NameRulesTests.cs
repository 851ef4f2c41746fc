using GameServer.Server.Players;

namespace GameServer.Server.Tests.Players;

public sealed class NameRulesTests
{
    [Theory]
    [InlineData("Ada")]
    [InlineData("a")]
    [InlineData("Ada Lovelace")]
    [InlineData("player_1-x.y'z")]
    [InlineData("Zoë")]
    [InlineData("Зоя")]
    [InlineData("Ζωή")]
    [InlineData("山田太郎")]
    [InlineData("ラーメン")]
    [InlineData("Ađa")]
    [InlineData("12345678901234567890123456789012")]
    public void Ordinary_names_are_allowed(string name) => Assert.Null(NameRules.Problem(name));

    [Theory]
    [InlineData("", "needed")]
    [InlineData("123456789012345678901234567890123", "at most 32")]
    [InlineData(" Ada", "begin with a blank")]
    [InlineData("Ada ", "end with a blank")]
    [InlineData("Ada  L", "two in a row")]
    [InlineData("A\nB", "U+000A")]
    [InlineData("A\0B", "U+0000")]
    [InlineData("A\u001b[31m", "U+001B")]
    [InlineData("A\u200bB", "U+200B")]
    [InlineData("A\u202eB", "U+202E")]
    [InlineData("A\u00a0B", "U+00A0")]
    [InlineData("A\ufffdB", "cannot hold")]
    [InlineData("\u3164", "cannot hold")]
    [InlineData("<b>", "'<'")]
    [InlineData("𝐀𝐝𝐚", "cannot hold")]
    [InlineData("Ａｄａ", "cannot hold")]
    [InlineData("Аdа", "mix")]
    [InlineData("Ζoe", "mix")]
    [InlineData("Hօnest", "mix")]
    [InlineData("aꓓa", "mix")]
    [InlineData("Aᴅa", "cannot hold")]
    [InlineData("ɑda", "cannot hold")]
    [InlineData("Ζῶη", "cannot hold")]
    [InlineData("a\u0301\u0301\u0301", "pile up")]
    [InlineData("😀", "cannot hold")]
    public void Deceptive_and_unreadable_names_are_refused_with_the_rule(string name, string rule) =>
        Assert.Contains(rule, NameRules.Problem(name), StringComparison.Ordinal);

    [Theory]
    [InlineData("Ada", "ADA")]
    [InlineData("Ada", "ada_")]
    [InlineData("Ada", "A d a")]
    [InlineData("Ada", "Àdä")]
    [InlineData("Ada", "A\u0301da")]
    [InlineData("Paco", "Расо")]
    [InlineData("Bill", "BiIl")]
    [InlineData("Bill", "B1ll")]
    [InlineData("Zoo", "Z00")]
    [InlineData("Rom", "Rorn")]
    [InlineData("player-1", "player-١")]
    [InlineData("Ada", "ꓮꓓꓮ")]
    [InlineData("Ada", "ᎪᎠᎪ")]
    [InlineData("Ada", "Ạḍặ")]
    [InlineData("Ζωη", "Ζώή")]
    [InlineData("hou", "հօս")]
    public void Names_that_look_alike_fold_to_the_same(string one, string other) =>
        Assert.Equal(NameRules.Fold(one), NameRules.Fold(other));

    [Theory]
    [InlineData("Ada", "Ida")]
    [InlineData("Anna", "Ana")]
    [InlineData("player-2", "player-3")]
    [InlineData("山田", "山本")]
    [InlineData("かき", "がき")]
    [InlineData("राम", "रमी")]
    [InlineData("한국", "한글")]
    [InlineData("-", ".")]
    public void Names_that_look_different_do_not(string one, string other) =>
        Assert.NotEqual(NameRules.Fold(one), NameRules.Fold(other));
}
