using System.Globalization;
using NuGet.Versioning;

namespace GameServer.Scripting.Mods;

/// <summary>Which versions of a dependency will do: <c>^1.2</c>, <c>~1.2.3</c>, <c>&gt;=1 &lt;2</c>, <c>1.x</c>, <c>*</c>; parts are joined by
/// blanks or commas and must all hold.</summary>
/// <remarks>A prerelease is in a range when it is between its ends by SemVer order and the range itself names a prerelease of the same number.</remarks>
sealed class VersionRange
{
    readonly List<(string Operator, SemanticVersion Version)> _parts = [];
    readonly string _text;

    VersionRange(string text) => _text = text;

    /// <summary>Any version.</summary>
    public static VersionRange Any { get; } = new("*");

    /// <summary>Reads a range.</summary>
    /// <param name="text">The range.</param>
    /// <param name="range">The result.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(string text, out VersionRange range, out string problem)
    {
        range = new VersionRange(text.Trim());
        string[] parts = text.Replace(",", " ").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        problem = parts.Length == 0 ? "is empty" : "";
        // ">= 1.2" is written with a blank by many.
        for (int i = 0; i < parts.Length && problem.Length == 0; i++)
        {
            string part = parts[i] is ">" or ">=" or "<" or "<=" or "=" or "^" or "~" && i + 1 < parts.Length ? parts[i] + parts[++i] : parts[i];
            if (!range.TryAdd(part)) problem = $"'{part}' is not a version or range like \"^1.2\", \"~1.2.3\", \">=1 <2\"";
        }
        if (problem.Length == 0 && range.IsEmpty()) problem = $"'{range._text}' is satisfied by no version";
        return problem.Length == 0;
    }

    /// <summary>Whether a version will do.</summary>
    public bool Contains(SemanticVersion version)
    {
        if (version.IsPrerelease && !_parts.Any(part => part.Version.IsPrerelease && SameNumber(part.Version, version))) return _parts.Count == 0;
        return _parts.All(part => Holds(part.Operator, version, part.Version));
    }

    /// <summary>The range as written.</summary>
    public override string ToString() => _text;

    static bool SameNumber(SemanticVersion a, SemanticVersion b) => a.Major == b.Major && a.Minor == b.Minor && a.Patch == b.Patch;

    static bool Holds(string op, SemanticVersion version, SemanticVersion bound) => op switch
    {
        ">=" => version >= bound,
        ">" => version > bound,
        "<" => version < bound,
        "<=" => version <= bound,
        _ => version.Equals(bound),
    };

    bool TryAdd(string part)
    {
        string op = "";
        foreach (string candidate in (string[])[">=", "<=", ">", "<", "=", "^", "~"])
        {
            if (!part.StartsWith(candidate, StringComparison.Ordinal)) continue;
            op = candidate;
            break;
        }
        if (!TryPartial(part[op.Length..], out SemanticVersion low, out int given)) return false;
        if (given == 0) return op is "" or ">=";
        switch (op)
        {
            case "^": return AddSpan(low, low.Major > 0 || given == 1 ? Next(low, 1) : low.Minor > 0 || given == 2 ? Next(low, 2) : Next(low, 3));
            case "~": return AddSpan(low, Next(low, Math.Min(given, 2)));
            case "" or "=": return given == 3 ? Add("=", low) : AddSpan(low, Next(low, given));
            case ">": return given == 3 ? Add(">", low) : Add(">=", Next(low, given));
            case "<=": return given == 3 ? Add("<=", low) : Add("<", Next(low, given));
            default: return Add(op, low);
        }
    }

    bool AddSpan(SemanticVersion low, SemanticVersion end) => Add(">=", low) && Add("<", end);

    bool Add(string op, SemanticVersion version)
    {
        _parts.Add((op, version));
        return true;
    }

    static SemanticVersion Next(SemanticVersion version, int position) => position switch
    {
        1 => new SemanticVersion(version.Major + 1, 0, 0),
        2 => new SemanticVersion(version.Major, version.Minor + 1, 0),
        _ => new SemanticVersion(version.Major, version.Minor, version.Patch + 1),
    };

    /// <summary>Reads a version of which the last numbers may be missing or <c>x</c>.</summary>
    static bool TryPartial(string text, out SemanticVersion low, out int given)
    {
        given = 3;
        if (SemanticVersion.TryParse(text, out SemanticVersion? full))
        {
            low = full;
            return true;
        }
        low = new SemanticVersion(0, 0, 0);
        string[] numbers = text.Split('.');
        int[] values = new int[3];
        given = 0;
        if (numbers.Length is 0 or > 3) return false;
        bool open = false;
        foreach (string number in numbers)
        {
            if (number is "x" or "X" or "*") open = true;
            else if (open || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out values[given++])) return false;
        }
        low = new SemanticVersion(values[0], values[1], values[2]);
        return true;
    }

    bool IsEmpty()
    {
        foreach ((string lowOperator, SemanticVersion low) in _parts.Where(part => part.Operator is ">=" or ">" or "="))
        {
            foreach ((string highOperator, SemanticVersion high) in _parts.Where(part => part.Operator is "<=" or "<" or "="))
            {
                int order = low.CompareTo(high);
                if (order > 0 || (order == 0 && (lowOperator == ">" || highOperator == "<"))) return true;
            }
        }
        return false;
    }
}
