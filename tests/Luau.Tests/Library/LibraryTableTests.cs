using System.Text;
using System.Text.RegularExpressions;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Library;
using GameServer.Support;

namespace GameServer.Luau.Tests.Library;

public sealed partial class LibraryTableTests
{
    static IEnumerable<(string Full, LibraryRow Row)> Rows() =>
        StandardLibraries.All.Append(BaseLibrary.RunnerTable).SelectMany(library =>
            library.Rows.Select(row => (library.Name.Length == 0 ? row.Name : $"{library.Name}.{row.Name}", row)));

    [Fact]
    public void Every_row_is_exercised_by_a_script()
    {
        HashSet<string> used = [];
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests", "Luau.Tests", "scripts"), "*.luau", SearchOption.AllDirectories))
        {
            // The recorded scripts begin with a function that shows values; what only that function uses is not tested by it.
            string text = File.ReadAllText(file, Encoding.Latin1);
            int body = text.IndexOf("\n\n", StringComparison.Ordinal);
            foreach (Match word in DottedName().Matches(text.StartsWith("-- ", StringComparison.Ordinal) && body > 0 ? text[body..] : text)) used.Add(word.Value);
        }

        string[] unused = [.. Rows().Select(row => row.Full).Where(name => !used.Contains(name))];

        Assert.True(unused.Length == 0, $"no script uses: {string.Join(", ", unused)}");
    }

    [GeneratedRegex(@"[A-Za-z_]\w*(\.\w+)?")]
    private static partial Regex DottedName();

    [Fact]
    public void Every_frameless_function_is_carried_by_the_row_of_its_name()
    {
        foreach (BuiltinId id in Enum.GetValues<BuiltinId>().Where(id => id != BuiltinId.None))
        {
            string[] parts = id.ToString().Split('_', 2);
            string name = parts[0] == "Base" ? parts[1] : $"{char.ToLowerInvariant(parts[0][0])}{parts[0][1..]}.{parts[1]}";

            (string full, LibraryRow _) = Assert.Single(Rows(), row => row.Row.Builtin == id);

            Assert.Equal(name, full);
        }
    }

    [Fact]
    public void Names_are_unique_and_every_row_has_a_type()
    {
        Assert.Equal(Rows().Count(), Rows().Select(row => row.Full).Distinct().Count());
        Assert.All(Rows(), row => Assert.NotEqual("", row.Row.Signature));
        Assert.All(Rows(), row => Assert.True(row.Row.Body != null || !row.Row.Constant.IsNil, row.Full));
    }

    [Fact]
    public void Rows_of_the_value_libraries_say_what_they_do()
    {
        LibraryTable[] documented =
            [MathLibrary.Table, TableLibrary.Table, StringLibrary.Table, Bit32Library.Table, BufferLibrary.Table, VectorLibrary.Table, Utf8Library.Table, OsLibrary.Table];

        Assert.All(documented.SelectMany(library => library.Rows), row => Assert.NotEqual("", row.Summary));
    }

    [Fact]
    public void The_reference_page_is_current() => Golden.Matches(Page(), "docs", "reference", "luau-library.md");

    static string Page()
    {
        StringBuilder page = new();
        page.Append("# Luau libraries\n\nMade from the row tables in `src/Luau/Library`; a test keeps it so. Types are written as in Luau.\n");
        foreach (LibraryTable library in StandardLibraries.All)
        {
            page.Append($"\n## {(library.Name.Length == 0 ? "Globals" : library.Name)}\n\n| name | type | |\n| --- | --- | --- |\n");
            AppendRows(page, library);
        }
        page.Append("\n## Only in scripts run by `gameserver luau run`\n\n| name | type | |\n| --- | --- | --- |\n");
        AppendRows(page, BaseLibrary.RunnerTable);
        return page.ToString();
    }

    static void AppendRows(StringBuilder page, LibraryTable library)
    {
        foreach (LibraryRow row in library.Rows.OrderBy(row => row.Name, StringComparer.Ordinal))
            page.Append($"| `{row.Name}` | `{row.Signature.Replace("|", "\\|", StringComparison.Ordinal)}` | {row.Summary} |\n");
    }
}
