namespace GameServer.Toml;

/// <summary>"Did you mean": the nearest known word for an unknown one.</summary>
public static class Suggestion
{
    // Longer words are never compared, so a hostile key cannot make this slow.
    const int WordLengthMax = 64;

    /// <summary>Text to append to a message: <c>, did you mean 'port'?</c>, or empty when nothing is near.</summary>
    /// <param name="word">The word that was written.</param>
    /// <param name="known">The words that would be right.</param>
    public static string For(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } near ? $", did you mean '{near}'?" : "";

    /// <summary>The nearest known word within about a third of its length in edits; null when none is.</summary>
    /// <inheritdoc cref="For"/>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > WordLengthMax)
            return null;
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in known)
        {
            if (candidate.Length > WordLengthMax)
                continue;
            int distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < bestDistance && distance <= Math.Max(1, candidate.Length / 3))
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    // Levenshtein distance in which swapping two neighbours counts as one edit.
    static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = a[i - 1] == b[j - 1] ? 0 : 1;
                int least = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + substitution);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, cost[i - 2, j - 2] + 1);
                cost[i, j] = least;
            }
        }
        return cost[a.Length, b.Length];
    }
}
