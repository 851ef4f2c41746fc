using System.Globalization;
using System.Text;

namespace GameServer.Server.Players;

/// <summary>
/// Which names players may have, and when two names look alike. Names are shown to others beside chat and in logs, so nothing invisible,
/// nothing that turns text around, and no name that passes for somebody else's.
/// </summary>
static class NameRules
{
    /// <summary>Longest name in characters.</summary>
    public const int LengthMax = 32;

    const int MarksInARowMax = 2;

    // Each group's letters are taken for its first one. Lower case only; accents are in AccentGroups.
    static readonly string[] ShapeGroups =
    [
        "aаα", "bвβ", "cсϲ", "dԁ", "eеεё", "gԍ", "hһнη", "li1іιӏї|", "jјϳ", "kкκ", "mм", "nп", "o0оοσ", "pрρ", "qԛ", "sѕ", "tтτ", "uυ", "vνѵ", "wԝω", "xхχ", "yуγ", "z2ζ",
    ];

    static readonly string[] AccentGroups =
    [
        "aàáâãäåāăąǎά", "cçćĉċč", "dďđð", "eèéêëēĕėęěέ", "gĝğġģ", "hĥħή", "iìíîïĩīĭįıίϊ", "jĵ", "kķ", "lĺļľŀł", "nñńņňŋ", "oòóôõöøōŏőό", "rŕŗř", "sśŝşšș",
        "tţťŧț", "uùúûüũūŭůűųύϋ", "wŵώ", "yýÿŷ", "zźżž",
    ];

    static readonly Dictionary<char, char> Shapes = Map();

    /// <summary>Checks a name.</summary>
    /// <returns>Null when it is allowed; else what is wrong, for the player.</returns>
    public static string? Problem(string name)
    {
        if (name.Length == 0)
            return "a name is needed";
        int length = 0;
        int marks = 0;
        bool latin = false;
        bool other = false;
        Rune before = new(' ');
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (++length > LengthMax)
                return $"a name has at most {LengthMax} characters";
            if (!IsAllowed(rune))
                return $"a name cannot hold {Describe(rune)}; letters, digits, blanks and _ - . ' are allowed";
            if (rune.Value == ' ' && before.Value == ' ')
                return "a name cannot begin with a blank or hold two in a row";
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MarksInARowMax)
                return "a name cannot pile up marks";
            latin |= char.IsAsciiLetter((char)Math.Min(rune.Value, 0xFFFF)) || rune.Value is >= 0xC0 and <= 0x24F;
            other |= rune.Value is >= 0x370 and <= 0x52F;
            before = rune;
        }
        if (before.Value == ' ')
            return "a name cannot end with a blank";
        return latin && other ? "a name cannot mix Latin with Greek or Cyrillic letters" : null;
    }

    /// <summary>A form in which names that look alike are equal: case, accents, blanks and letters of the same shape are folded.</summary>
    /// <param name="name">An allowed name.</param>
    public static string Fold(string name)
    {
        StringBuilder folded = new(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (IsMark(rune) || rune.Value is ' ' or '_' or '-' or '.' or '\'')
                continue;
            Rune lower = Rune.ToLowerInvariant(Narrow(rune));
            if (lower.IsBmp && Shapes.TryGetValue((char)lower.Value, out char shape))
                folded.Append(shape);
            else
                folded.Append(lower);
        }
        // A name of signs alone is only equal to itself.
        return folded.Length == 0 ? name : folded.Replace("rn", "m").Replace("vv", "w").ToString();
    }

    static bool IsAllowed(Rune rune)
    {
        if (rune.Value is ' ' or '_' or '-' or '.' or '\'')
            return true;
        // Letters that are invisible, or letters in fancy dress (mathematical, letter-like, full width).
        if (rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0
            or (>= 0x2100 and <= 0x214F) or (>= 0x1D400 and <= 0x1D7FF) or (>= 0xFF00 and <= 0xFF65))
        {
            return false;
        }
        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            || rune.Value is 0x3005 or 0x30FC;
    }

    static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Digits of other scripts stand for their ASCII digit.
    static Rune Narrow(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber ? new Rune((char)('0' + (int)Rune.GetNumericValue(rune))) : rune;

    static string Describe(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator => $"the character U+{rune.Value:X4}",
        _ => $"'{rune}'",
    };

    static Dictionary<char, char> Map()
    {
        Dictionary<char, char> shapes = [];
        foreach (string group in ShapeGroups)
        {
            foreach (char c in group)
                shapes[c] = group[0];
        }
        foreach (string group in AccentGroups)
        {
            char plain = shapes.GetValueOrDefault(group[0], group[0]);
            foreach (char c in group[1..])
                shapes[c] = plain;
        }
        return shapes;
    }
}
