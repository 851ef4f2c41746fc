using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace GameServer.Toml.Tests;

/// <summary>The public compliance suite for TOML 1.0: every valid file reads as expected, every invalid one is refused with a line.</summary>
public sealed class ComplianceTests(ITestOutputHelper output)
{
    [TomlSuiteFact]
    public void Every_valid_file_reads_as_the_json_beside_it_says()
    {
        List<string> failures = [];
        int count = 0;
        foreach (string file in TomlSuite.Files("valid"))
        {
            count++;
            string path = Path.Combine(TomlSuite.Folder!, file);
            TomlDocument document = TomlReader.Read(File.ReadAllBytes(path));
            using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(path, ".json")));
            string? difference = document.HasErrors
                ? string.Join("; ", document.Errors)
                : Difference("", document.Root, expected.RootElement);
            if (difference is not null)
                failures.Add($"{file}: {difference}");
        }
        output.WriteLine($"{count} valid files");
        Assert.True(count >= 150, $"only {count} valid files were found");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [TomlSuiteFact]
    public void Every_invalid_file_is_refused_with_a_line_inside_the_file()
    {
        List<string> failures = [];
        int count = 0;
        foreach (string file in TomlSuite.Files("invalid"))
        {
            count++;
            byte[] bytes = File.ReadAllBytes(Path.Combine(TomlSuite.Folder!, file));
            int lines = bytes.Count(b => b == (byte)'\n') + 1;
            TomlDocument document = TomlReader.Read(bytes);
            if (!document.HasErrors)
                failures.Add($"{file}: accepted");
            else if (document.Errors.Any(e => e.Position.Line < 1 || e.Position.Line > lines || e.Position.Column < 1))
                failures.Add($"{file}: position outside the file: {document.Errors[0]}");
        }
        output.WriteLine($"{count} invalid files");
        Assert.True(count >= 300, $"only {count} invalid files were found");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    static string? Difference(string path, TomlValue actual, JsonElement expected)
    {
        if (expected.ValueKind == JsonValueKind.Array)
        {
            if (actual is not TomlArray array || array.Items.Count != expected.GetArrayLength())
                return $"{path}: expected an array of {expected.GetArrayLength()}";
            return array.Items.Select((item, i) => Difference($"{path}[{i}]", item, expected[i])).FirstOrDefault(d => d is not null);
        }
        bool isScalar = expected.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String;
        if (!isScalar)
        {
            if (actual is not TomlTable table || table.Count != expected.EnumerateObject().Count())
                return $"{path}: expected a table of {expected.EnumerateObject().Count()}";
            return expected.EnumerateObject()
                .Select(p => table.TryGet(p.Name, out TomlValue? value) ? Difference($"{path}.{p.Name}", value, p.Value) : $"{path}.{p.Name} is missing")
                .FirstOrDefault(d => d is not null);
        }
        string wanted = expected.GetProperty("value").GetString()!;
        (string kind, string text) = Tagged(actual);
        if (kind != type.GetString())
            return $"{path}: expected {type.GetString()}, found {kind}";
        bool same = actual switch
        {
            TomlFloat number => SameNumber(number.Value, wanted),
            TomlDateTime => WithoutZeroFraction(text) == WithoutZeroFraction(wanted),
            _ => text == wanted,
        };
        return same ? null : $"{path}: expected {wanted}, found {text}";
    }

    static (string Kind, string Text) Tagged(TomlValue value) => value switch
    {
        TomlString s => ("string", s.Value),
        TomlInteger i => ("integer", i.Value.ToString(CultureInfo.InvariantCulture)),
        TomlFloat f => ("float", f.Value.ToString("R", CultureInfo.InvariantCulture)),
        TomlBoolean b => ("bool", b.Value ? "true" : "false"),
        TomlDateTime { Kind: TomlKind.LocalDate } d => ("date-local", $"{d.Date:yyyy-MM-dd}"),
        TomlDateTime { Kind: TomlKind.LocalTime } t => ("time-local", $"{t.Time:HH:mm:ss.FFFFFFF}"),
        TomlDateTime { Kind: TomlKind.LocalDateTime } l => ("datetime-local", $"{l.Date:yyyy-MM-dd}T{l.Time:HH:mm:ss.FFFFFFF}"),
        TomlDateTime o => ("datetime", $"{o.Date:yyyy-MM-dd}T{o.Time:HH:mm:ss.FFFFFFF}{OffsetText(o.Offset!.Value)}"),
        _ => (value.Kind.ToString(), ""),
    };

    static string OffsetText(TimeSpan offset) =>
        offset == TimeSpan.Zero ? "Z" : (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture);

    // The suite writes 0.6 s as .6, .60 or .600.
    static string WithoutZeroFraction(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
            return text;
        int end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return text[..point] + text[point..end].TrimEnd('0').TrimEnd('.') + text[end..];
    }

    static bool SameNumber(double number, string wanted) => wanted switch
    {
        "nan" => double.IsNaN(number),
        "inf" or "+inf" => double.IsPositiveInfinity(number),
        "-inf" => double.IsNegativeInfinity(number),
        _ => number.Equals(double.Parse(wanted, CultureInfo.InvariantCulture)),
    };
}
