using System.Text;
using GameServer.Scripting.Api;
using GameServer.Scripting.Testing.Api;

namespace GameServer.Scripting.Testing;

/// <summary>What tests can use, as a page and as types, made from the table they get.</summary>
public static class TestReference
{
    /// <summary>docs/reference/tests.md</summary>
    public static string Page()
    {
        var page = new StringBuilder("# What tests of mods can use\n\n<!-- made from the code; tests compare it. Change src/Scripting/Testing/Api, then run the tests with "
            + "UPDATE_GOLDEN=1 -->\n\nHow to write them: [writing-mods.md](../writing-mods.md#test-your-mod). A test file has Luau's own libraries, and:\n\n");
        page.Append("| Global | Type | What it does |\n|---|---|---|\n");
        foreach ((string name, string type, string doc) in TestCatalog.Globals) page.Append($"| `{name}` | `{Cell(type)}` | {doc} |\n");
        page.Append("\n## TestSetup\n\nThe table between the name and the function of `test`.\n\n| Field | Type | What it sets |\n|---|---|---|\n");
        foreach ((string name, string type, string doc) in TestCatalog.Setup) page.Append($"| `{name}` | `{Cell(type)}` | {doc} |\n");
        foreach (TestClass type in TestCatalog.Classes)
        {
            page.Append($"\n## {type.Name}\n\n{type.Doc}\n\n| Name | Type | What it is or does |\n|---|---|---|\n");
            foreach (TestRow row in type.Fields) page.Append($"| `.{row.Name}` | `{Cell(row.Signature)}` | {row.Doc} |\n");
            foreach (TestRow row in type.Methods) page.Append($"| `:{row.Name}` | `{Cell(row.Signature)}` | {row.Doc} |\n");
        }
        return page.ToString();
    }

    /// <summary>docs/reference/tests.d.luau, for luau-lsp.</summary>
    public static string Definitions()
    {
        var text = new StringBuilder("-- Types of what tests of mods can use, for luau-lsp, made from the code; tests compare it.\n\n");
        text.Append($"export type TestSetup = {{ {string.Join(", ", TestCatalog.Setup.Select(row => $"{row.Name}: {row.Type}"))} }}\n\n");
        foreach (TestClass type in TestCatalog.Classes)
            TypeDefinitions.AppendClass(text, type.Name, type.Fields.Select(row => (row.Name, row.Signature)), type.Methods.Select(row => (row.Name, row.Signature)));
        foreach ((string name, string type, _) in TestCatalog.Globals)
        {
            // The other definitions file has these two already.
            if (name is not ("print" or "require")) text.Append($"declare {name}: {type}\n");
        }
        return text.ToString();
    }

    static string Cell(string text) => text.Replace("|", "\\|");
}
