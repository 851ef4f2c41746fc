using GameServer.Luau.Analysis;
using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Checking;

/// <summary>Permissions that the scripts use are asked for in mod.toml, so that operators know before a call fails.</summary>
static class PermissionCheck
{
    /// <summary>Checks it.</summary>
    public static void Run(CheckedMod mod)
    {
        if (mod.Manifest is not { } manifest) return;
        Permission asked = Permission.Base;
        foreach (string name in manifest.RequiredPermissions.Concat(manifest.OptionalPermissions)) asked |= PermissionCatalog.Find(name)?.Bit ?? Permission.None;
        // A mod that asks for nothing has what every user mod has; one that asks for something shows operators a list they should be able to trust.
        if (asked == Permission.Base) asked = PermissionCatalog.UserDefault;
        HashSet<string> looked = mod.Literals(0, "perm.has");
        var told = new HashSet<Permission>();
        foreach ((string file, SourcePlace place, Permission needs, string what) in Uses(mod).OrderBy(use => use.File, StringComparer.Ordinal).ThenBy(use => use.Place.Line))
        {
            Permission missing = needs & ~asked;
            if (missing == Permission.None || !told.Add(missing)) continue;
            string names = PermissionCatalog.Text(missing);
            if (looked.Contains(names) && manifest.OptionalPermissions.Contains(names)) continue;
            string how = (missing & Permission.Internal) != 0 ? "which only core mods may use" : $"which needs the permission {names}, and mod.toml does not ask for it";
            bool later = (missing & PermissionCatalog.UserDefault) == missing;
            mod.Add(file, place, ModCheckLevel.Warning, "permission", $"{what} is used, {how}{(later ? " (user mods have it unless an operator takes it away)" : "")}");
        }
        Permission used = Uses(mod).Aggregate(Permission.Base, (mask, use) => mask | use.Needs);
        foreach (string name in manifest.RequiredPermissions)
        {
            if (PermissionCatalog.Find(name) is { } row && (row.Bit & used) == 0 && !looked.Contains(name))
                mod.AddToManifest("permissions", "required", ModCheckLevel.Warning, "unused-permission", $"permission '{name}' is required, but nothing that needs it is used");
        }
    }

    static IEnumerable<(string File, SourcePlace Place, Permission Needs, string What)> Uses(CheckedMod mod)
    {
        foreach ((string file, SourceFacts facts) in mod.Sources)
        {
            foreach (MemberFact member in facts.Members.Where(member => member is { Root: FactRoot.Global, Use: not FactUse.Write } && member.Path.Contains('.')))
            {
                if (mod.Api.Rows.TryGetValue(member.Names[0], out IReadOnlyDictionary<string, ApiRow>? rows) && rows.TryGetValue(member.Names[1], out ApiRow? row))
                    yield return (file, member.Place, row.Needs ?? Permission.Internal, $"{member.Names[0]}.{row.Name}");
            }
            foreach ((SourcePlace place, Permission needs, string what) in Methods(mod, facts).Concat(Hooks(mod, facts))) yield return (file, place, needs, what);
        }
    }

    // Without types a method is known by its name alone: it counts when only one class has it and the mod has none of that name itself.
    static IEnumerable<(SourcePlace, Permission, string)> Methods(CheckedMod mod, SourceFacts facts)
    {
        foreach (CallFact call in facts.Calls.Where(call => call.Target.Use == FactUse.MethodCall && call.Target.Root != FactRoot.Global))
        {
            string name = call.Target.Names[^1];
            if (mod.Sources.Values.Any(source => source.FieldsWritten.Contains(name))) continue;
            (ApiClass Type, ApiRow Row)[] owners = [.. mod.Api.Classes.Values.SelectMany(type => type.Methods.Where(row => row.Name == name).Select(row => (type, row)))];
            if (owners is [var (type, row)]) yield return (call.Target.Place, row.Needs ?? Permission.Internal, $"{type.Name}:{name}");
        }
    }

    static IEnumerable<(SourcePlace, Permission, string)> Hooks(CheckedMod mod, SourceFacts facts)
    {
        foreach (FunctionFact function in facts.Functions)
        {
            if (function.Global is { } name && mod.Api.Hooks.TryGetValue(name, out HookRow? row))
                yield return (function.Place, row.Needs | Verdict(facts, function.Index, row), $"the hook {name}");
        }
        foreach (CallFact call in facts.Calls.Where(call => call.Target is { Root: FactRoot.Global, Path: "hook.add" or "hook.once" or "hook.observe" }))
        {
            if (call.Arguments is not [{ Text: { } name } argument, ..] || !mod.Api.Hooks.TryGetValue(name, out HookRow? row)) continue;
            Permission verdict = call.Arguments.Count > 1 && call.Arguments[1].Function >= 0 ? Verdict(facts, call.Arguments[1].Function, row) : Permission.None;
            yield return (argument.Place, row.Needs | verdict, $"the hook {name}");
        }
    }

    /// <summary>What a handler needs for its verdicts, when it gives any.</summary>
    static Permission Verdict(SourceFacts facts, int function, HookRow row)
    {
        bool gives = facts.Calls.Any(call => call.Target is { Root: FactRoot.Global, Path: "hook.deny" or "hook.replace" or "hook.handled" }
            && IsInside(facts, call.Target.Inside, function));
        return gives ? row.NeedsVerdict : Permission.None;
    }

    static bool IsInside(SourceFacts facts, int function, int outer)
    {
        for (int at = function; at >= 0; at = facts.Functions[at].Parent)
        {
            if (at == outer) return true;
        }
        return false;
    }
}
