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
        "aаα", "bвβ", "cсϲ", "dԁ", "eеεё", "gԍց", "hһнηհ", "li1іιӏї|լ", "jјϳյ", "kкκ", "mм", "nпո", "o0оοσօ", "pрρ", "qԛզ", "sѕ", "tтτ", "uυս", "vνѵ", "wԝω", "xхχ", "yуγ", "z2ζ",
        // Lisu and Cherokee, whose letters have the shapes of Latin capitals.
        "aꓮᎪ", "bꓐᏴ", "cꓚᏟ", "dꓓᎠ", "eꓰᎬ", "fꓝ", "gꓖᏀ", "hꓧᎻ", "lꓡꓲᏞᎥ", "jꓙᎫ", "kꓗᏦ", "mꓟᎷ", "nꓠ", "oꓳ", "pꓑᏢ", "rꓣᎡ", "sꓢᏚ", "tꓔᎢ", "uꓴ", "vꓦᏙ", "wꓪᎳ", "xꓫ", "yꓬᎩ",
        "zꓜᏃ",
    ];

    // Scripts with letters in the shape of Latin ones: Greek to Armenian, Georgian, Cherokee, Cyrillic and Greek additions, Coptic, Lisu, Deseret to Osage.
    static readonly (int First, int Last)[] LookAlikes =
    [
        (0x370, 0x58F), (0x10A0, 0x10FF), (0x13A0, 0x13FF), (0x1C80, 0x1CBF), (0x2C80, 0x2D2F), (0x2DE0, 0x2DFF), (0xA4D0, 0xA4FF), (0xA640, 0xA69F),
        (0xAB70, 0xABBF), (0x10400, 0x104FF),
    ];

    // Letters in fancy dress, which are in nobody's name: phonetic, ancient Greek, letter-like, mathematical, full width.
    static readonly (int First, int Last)[] Costumes =
    [
        (0x250, 0x2FF), (0x1D00, 0x1DBF), (0x1F00, 0x1FFF), (0x2100, 0x214F), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F), (0xFF00, 0xFF65),
        (0x1D400, 0x1D7FF), (0x1DF00, 0x1DFFF),
    ];

    // Every letter of Latin, Greek and Cyrillic that is another one with an accent, a stroke or a hook; made from Unicode's decompositions.
    static readonly string[] AccentGroups =
    [
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ", "bƀƃḃḅḇ", "cƈçćĉċčḉ", "dđðďḋḍḏḑḓ", "eɇèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ", "fƒḟ", "gǥĝğġģǧǵḡ", "hħĥȟḣḥḧḩḫẖ", "iıɨìíîïĩīĭįǐȉȋḭḯỉị",
        "jɉĵǰ", "kƙķǩḱḳḵ", "lłŀƚľĺļḷḹḻḽ", "mḿṁṃ", "nŋƞñńņňǹṅṇṉṋ", "oøɵòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ", "pƥṕṗ", "rɍŕŗřȑȓṙṛṝṟ", "sſȿśŝşšșṡṣṥṧṩ", "tŧƫƭţťțṫṭṯṱẗ",
        "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự", "vʋṽṿ", "wŵẁẃẅẇẉẘ", "xẋẍ", "yƴɏýÿŷȳẏẙỳỵỷỹ", "zƶȥźżžẑẓẕ", "æǣǽ", "øǿ", "ſẛ", "ʒǯ", "αά", "εέ", "ηή", "ιίΐϊ", "οό",
        "υύϋΰ", "ωώ", "ϒϓϔ", "аӑӓ", "гѓ", "еѐёӗ", "жӂӝ", "зӟ", "иѝӣӥ", "кќ", "оӧ", "уўӯӱӳ", "чӵ", "ыӹ", "эӭ", "ії", "ѵѷ", "әӛ", "өӫ",
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
            latin |= (rune.IsAscii && Rune.IsLetter(rune)) || rune.Value is (>= 0xC0 and <= 0x24F) or (>= 0x1E00 and <= 0x1EFF);
            other |= IsIn(LookAlikes, rune);
            before = rune;
        }
        if (before.Value == ' ')
            return "a name cannot end with a blank";
        return latin && other ? "a name cannot mix Latin with Greek, Cyrillic or other letters of the same shapes" : null;
    }

    /// <summary>A form in which names that look alike are equal: case, accents, blanks and letters of the same shape are folded.</summary>
    /// <param name="name">An allowed name.</param>
    public static string Fold(string name)
    {
        StringBuilder folded = new(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (IsAccent(rune) || rune.Value is ' ' or '_' or '-' or '.' or '\'')
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
        // The first four are letters, and invisible.
        if (rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 || IsIn(Costumes, rune))
            return false;
        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            || rune.Value is 0x3005 or 0x30FC;
    }

    // The marks of other scripts are no ornaments: が is not か.
    static bool IsAccent(Rune rune) => rune.Value is (>= 0x300 and <= 0x36F) or (>= 0x1AB0 and <= 0x1AFF) or (>= 0x1DC0 and <= 0x1DFF) or (>= 0x20D0 and <= 0x20FF)
        or (>= 0xFE20 and <= 0xFE2F);

    static bool IsIn((int First, int Last)[] ranges, Rune rune) => Array.Exists(ranges, r => rune.Value >= r.First && rune.Value <= r.Last);

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
                shapes[char.ToLowerInvariant(c)] = group[0];
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
