using System.Text;
using System.Text.RegularExpressions;

namespace GameServer.Scripting.Api;

/// <summary>The API as a definitions file for luau-lsp, made from the tables that scripts get: docs/reference/gameserver.d.luau, and what
/// <c>gameserver mod new</c> puts beside a mod.</summary>
public static partial class TypeDefinitions
{
    // Types that rows mention and that are no classes.
    const string Named = """
        export type Err = { kind: string, message: string }
        export type HttpResponse = { status: number, headers: { [string]: string }, body: string }
        export type Verdict = { verdict: string, reason: string?, code: string?, value: any? }
        export type LoadInfo = {
            reason: "start" | "reload" | "restart" | "rollback", generation: number, fromVersion: string?, unloadFailed: boolean, state: any, players: { Player },
        }
        export type StartInfo = { late: boolean }
        export type ShutdownInfo = { reason: string, deadline: number }
        export type Candidate = { name: string, uid: string, address: string, trust: string, language: string, data: any }
        """;

    /// <summary>The whole file.</summary>
    public static string Write()
    {
        var text = new StringBuilder("-- Types of the server's API for luau-lsp, made from the code; tests compare it.\n\n");
        text.Append(Named.ReplaceLineEndings("\n")).Append("\n\n");
        foreach (ApiClass type in ApiCatalog.Classes)
            AppendClass(text, type.Name, type.Fields.Select(row => (row.Name, row.Signature)), type.Methods.Select(row => (row.Name, row.Signature)));
        foreach (ApiLibrary library in ApiCatalog.Libraries)
        {
            if (library.Name.Length == 0)
            {
                foreach (ApiRow row in library.Rows) text.Append($"declare {row.Name}: {row.Signature}\n");
                continue;
            }
            text.Append($"declare {library.Name}: {{\n");
            foreach (ApiRow row in library.Rows) text.Append($"\t{row.Name}: {row.Signature},\n");
            text.Append("}\n\n");
        }
        return text.ToString();
    }

    /// <summary>One class.</summary>
    internal static void AppendClass(StringBuilder text, string name, IEnumerable<(string Name, string Type)> fields, IEnumerable<(string Name, string Type)> methods)
    {
        text.Append($"declare class {name}\n");
        foreach ((string field, string type) in fields) text.Append($"\t{field}: {type}\n");
        foreach ((string method, string type) in methods) text.Append($"\tfunction {method}{Method(type)}\n");
        text.Append("end\n\n");
    }

    /// <summary>A method's type as the definition language writes it: self without a type, a colon instead of the arrow.</summary>
    static string Method(string signature)
    {
        string plain = Self().Replace(signature, "(self", 1);
        int depth = 0;
        for (int i = 0; i < plain.Length; i++)
        {
            if (plain[i] == '(') depth++;
            if (plain[i] == ')' && --depth == 0) return $"{plain[..(i + 1)]}: {plain[(i + 1)..].TrimStart(' ', '-', '>')}";
        }
        throw new InvalidOperationException($"'{signature}' is no type of a method");
    }

    [GeneratedRegex(@"^\(self: \w+")]
    private static partial Regex Self();
}
