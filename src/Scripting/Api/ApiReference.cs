using System.Text;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The reference pages and the type definitions, made from the same tables that scripts get.</summary>
static partial class ApiReference
{
    const string Generated = "made from the code; tests compare it. Change the tables in src/Scripting, then run the tests with UPDATE_GOLDEN=1";

    /// <summary>docs/reference/api.md</summary>
    public static string Api()
    {
        var page = new StringBuilder($"# API of mods\n\n<!-- {Generated} -->\n\nEvery library is a frozen global. The last column is the permission "
            + $"that the calling code needs ([permissions.md](permissions.md)).\n");
        foreach (ApiLibrary library in ApiCatalog.Libraries)
        {
            page.Append($"\n## {(library.Name.Length == 0 ? "Globals" : $"`{library.Name}`")}\n\n{library.Doc}\n\n| Name | Type | What it does | Needs |\n|---|---|---|---|\n");
            foreach (ApiRow row in library.Rows) AppendRow(page, library.Name.Length == 0 ? row.Name : $"{library.Name}.{row.Name}", row);
        }
        foreach (ApiClass type in ApiCatalog.Classes)
        {
            page.Append($"\n## {type.Name}\n\n{type.Doc}\n\n| Name | Type | What it is or does | Needs |\n|---|---|---|---|\n");
            foreach (ApiRow row in type.Fields) AppendRow(page, $".{row.Name}", row);
            foreach (ApiRow row in type.Methods) AppendRow(page, $":{row.Name}", row);
        }
        return page.ToString();
    }

    /// <summary>docs/reference/hooks.md</summary>
    public static string Hooks()
    {
        var page = new StringBuilder($"# Hooks\n\n<!-- {Generated} -->\n\n");
        page.Append("A global function of a mod with a hook's name is a handler; others are registered with `hook.add`.\n\n");
        page.Append("| Kind | Returns | How answers combine | A handler that fails |\n|---|---|---|---|\n");
        page.Append("| notify | ignored | everyone runs | is logged, others run |\n");
        page.Append("| decide | nil, `hook.deny()`, `hook.handled()` | in order until the first verdict; observers still run | has no opinion; where "
            + "the table says *closed* it counts as a refusal |\n");
        page.Append("| transform | nil, `hook.replace()`, `hook.deny()` | the value passes from handler to handler | leaves the value unchanged |\n");
        page.Append("| collect | any plain value | a list | is left out |\n\n");
        page.Append("| Hook | Kind | Arguments | When | VM is busy | May wait | Stopped by | Needs | Verdict needs |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (HookRow row in HookCatalog.Rows)
        {
            string kind = row.Kind.ToString().ToLowerInvariant() + (row.FailClosed ? ", closed" : "") + (row.OwnVm ? ", own mod only" : "");
            string verdict = row.Kind is HookKind.Decide or HookKind.Transform ? $"`{PermissionCatalog.Text(row.NeedsVerdict)}`" : "";
            page.Append($"| `{row.Name}` | {kind} | `{Cell(row.Parameters)}` | {Cell(row.When)} | {row.Reentry.ToString().ToLowerInvariant()} | "
                + $"{(row.MayYield ? "yes" : "no")} | `{row.LimitKey}` | `{PermissionCatalog.Text(row.Needs)}` | {verdict} |\n");
        }
        page.Append("\nA VM runs one thing at a time. When a hook's turn comes while the VM is busy: *skip* misses it (Think gets the time with its "
            + "next `dt`), *queue* gets it later in the same\n");
        page.Append($"tick, in order (at most {DeferredQueue.EntriesMax}, the oldest is dropped and counted), *abstain* has no say this time. Hooks "
            + $"nest at most {DispatchStack.DepthMax} deep.\n");
        return page.ToString();
    }

    /// <summary>docs/reference/permissions.md</summary>
    public static string Permissions()
    {
        var page = new StringBuilder($"# Permissions\n\n<!-- {Generated} -->\n\n");
        page.Append("A mod has the defaults of its trust level, plus what `[mods.<id>] grant` in server.toml gives, minus what `deny` takes. "
            + "`[permissions]` in mod.toml only asks: what is\n");
        page.Append("required and not granted keeps the mod from starting. Core mods have everything. Code can give rights up (`perm.with`), never "
            + "gain them; coroutines inherit them.\n\n");
        page.Append("| Permission | Gives | User mods have it | Can be granted to user mods | Used by |\n|---|---|---|---|---|\n");
        foreach (PermissionRow row in PermissionCatalog.Rows)
            page.Append($"| `{row.Name}` | {row.Gives} | {YesNo(row.UserDefault)} | {YesNo(row.Grantable)} | "
                + $"{(row.Bit == Permission.Base ? "everything else" : UsedBy(row.Bit))} |\n");
        return page.ToString();
    }

    /// <summary>docs/reference/limits.md</summary>
    public static string Limits()
    {
        var page = new StringBuilder($"# Limits\n\n<!-- {Generated} -->\n\n");
        page.Append("Set in server.toml under `[limits.user]`, `[limits.core]` and `[mods.<id>.limits]`, changed while the server runs by operators, "
            + "lowered by a mod itself in `[limits]` of mod.toml.\n\n");
        page.Append("| Key | What | Unit | User | Core | Range | Enforced by |\n|---|---|---|---|---|---|---|\n");
        var user = new ModLimits();
        ModLimits core = ModLimits.Core;
        foreach (LimitRow row in LimitCatalog.Rows) page.Append($"| `{row.Key}` | {row.What} | {row.Unit} | {row.Get(user)} | {row.Get(core)} | "
            + $"{row.Min}–{row.Max} | {row.EnforcedBy} |\n");
        return page.ToString();
    }

    static void AppendRow(StringBuilder page, string name, ApiRow row) =>
        page.Append($"| `{name}` | `{Cell(row.Signature)}` | {Cell(row.Doc)} | `{PermissionCatalog.Text(row.Needs ?? Permission.Internal)}` |\n");

    static string UsedBy(Permission bit)
    {
        IEnumerable<string> rows = ApiCatalog.Libraries.SelectMany(library => library.Rows.Where(row => row.Needs == bit)
            .Select(row => $"`{(library.Name.Length == 0 ? "" : library.Name + ".")}{row.Name}`"))
            .Concat(ApiCatalog.Classes.SelectMany(type => type.Fields.Where(row => row.Needs == bit).Select(row => $"`{type.Name}.{row.Name}`")))
            .Concat(ApiCatalog.Classes.SelectMany(type => type.Methods.Where(row => row.Needs == bit).Select(row => $"`{type.Name}:{row.Name}`")))
            .Concat(HookCatalog.Rows.Where(row => row.Needs == bit).Select(row => $"`{row.Name}`"))
            .Concat(HookCatalog.Rows.Where(row => row.NeedsVerdict == bit).Select(row => $"verdicts of `{row.Name}`"));
        return string.Join(", ", rows.Distinct());
    }

    static string YesNo(bool value) => value ? "yes" : "no";

    static string Cell(string text) => text.Replace("|", "\\|");
}
