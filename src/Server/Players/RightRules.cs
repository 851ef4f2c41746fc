namespace GameServer.Server.Players;

/// <summary>Rules about rights: a right by name (<c>kits.use</c>), or everything below a name (<c>kits.*</c>, <c>*</c>), each granted or refused. The rule that names
/// most of a right decides.</summary>
sealed class RightRules
{
    /// <summary>Longest name.</summary>
    public const int NameLengthMax = 64;

    /// <summary>Rules of one player or group at most.</summary>
    public const int RulesMax = 1000;

    readonly SortedDictionary<string, bool> _rules = new(StringComparer.Ordinal);

    /// <summary>Rules with what they say, by name.</summary>
    public IReadOnlyDictionary<string, bool> All => _rules;

    /// <summary>The rules as they are written: <c>kits.use</c>, <c>-kits.spawn</c>.</summary>
    public IEnumerable<string> Written => _rules.Select(rule => rule.Value ? rule.Key : $"-{rule.Key}");

    /// <summary>What is wrong with a name of a rule; null when nothing.</summary>
    public static string? Problem(string name)
    {
        string plain = name == "*" ? "x" : name.EndsWith(".*", StringComparison.Ordinal) ? name[..^2] : name;
        bool good = plain.Length is > 0 and <= NameLengthMax && plain.Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));
        return good ? null : $"'{name}' is no right: write a name like kits.use, kits.* or *";
    }

    /// <summary>Sets a rule.</summary>
    /// <returns>Whether it changed something; false too when there are too many.</returns>
    public bool Set(string name, bool granted)
    {
        if (_rules.TryGetValue(name, out bool before) ? before == granted : _rules.Count >= RulesMax) return false;
        _rules[name] = granted;
        return true;
    }

    /// <summary>Takes a rule away.</summary>
    public bool Remove(string name) => _rules.Remove(name);

    /// <summary>The rule that decides about a right.</summary>
    /// <param name="right">Full name, no pattern.</param>
    /// <param name="rule">The rule's name; empty when there is none.</param>
    public bool? Find(string right, out string rule)
    {
        rule = right;
        if (_rules.Count == 0) return null;
        if (_rules.TryGetValue(right, out bool granted)) return granted;
        for (int end = right.LastIndexOf('.'); end > 0; end = right.LastIndexOf('.', end - 1))
        {
            rule = $"{right.AsSpan(0, end)}.*";
            if (_rules.TryGetValue(rule, out granted)) return granted;
        }
        rule = "*";
        return _rules.TryGetValue(rule, out granted) ? granted : null;
    }
}
