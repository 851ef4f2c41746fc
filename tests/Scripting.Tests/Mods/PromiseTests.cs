using System.Text.RegularExpressions;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Mods;

/// <summary>docs/promises.md: every promise has its proof or the work it waits for.</summary>
public class PromiseTests
{
    static readonly (string Prefix, int Count)[] Expected = [("RF", 33), ("AR", 43), ("GL", 19), ("DC", 5)];

    static IEnumerable<(string Id, string Text, string Proof)> Rows() => File.ReadAllLines(Repository.PathOf("docs", "promises.md"))
        .Select(line => Regex.Match(line, @"^\| ([A-Z]{2}-\d+) \| (.*) \| (.*) \|$")).Where(match => match.Success)
        .Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value));

    [Fact]
    public void Every_promise_is_listed_once()
    {
        string[] expected = [.. Expected.SelectMany(group => Enumerable.Range(1, group.Count).Select(number => $"{group.Prefix}-{number}"))];
        Assert.Equal(expected, Rows().Select(row => row.Id));
    }

    [Fact]
    public void Every_promise_names_an_existing_test_or_what_it_waits_for()
    {
        var classes = new Dictionary<string, string>();
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories))
        {
            string source = File.ReadAllText(file);
            foreach (Match match in Regex.Matches(source, @"\bclass (\w+Tests)\b")) classes[match.Groups[1].Value] = classes.GetValueOrDefault(match.Groups[1].Value) + source;
        }
        var wrong = new List<string>();
        foreach ((string id, string text, string proof) in Rows())
        {
            MatchCollection tests = Regex.Matches(proof, @"`(\w+Tests)(?:\.(\w+))?`");
            if (text.Length == 0 || (tests.Count == 0 && !Regex.IsMatch(proof, @"\bwaits? for \w+"))) wrong.Add($"{id}: neither test nor work");
            foreach (Match test in tests)
            {
                bool exists = classes.TryGetValue(test.Groups[1].Value, out string? source) && (!test.Groups[2].Success || Regex.IsMatch(source, $@"\b{test.Groups[2].Value}\("));
                if (!exists) wrong.Add($"{id}: there is no test {test.Value}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
