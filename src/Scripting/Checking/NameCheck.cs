using System.Text.RegularExpressions;
using GameServer.Luau.Analysis;
using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Testing.Api;
using GameServer.Toml;

namespace GameServer.Scripting.Checking;

/// <summary>Globals, entries of libraries, hooks, and fields of what hooks hand over: names that nothing has are found, with the nearest that is there.</summary>
static partial class NameCheck
{
    static readonly Dictionary<string, string> OldLuau = new(StringComparer.Ordinal)
    {
        ["table.getn"] = "#t", ["table.foreach"] = "for k, v in t do", ["table.foreachi"] = "for i, v in t do", ["math.pow"] = "x ^ y",
        ["getfenv"] = "a table of your own", ["setfenv"] = "a table of your own",
    };

    /// <summary>Checks the names.</summary>
    public static void Run(CheckedMod mod)
    {
        HashSet<string> own = [.. mod.Sources.Values.SelectMany(facts => facts.Members)
            .Where(member => member is { Root: FactRoot.Global, Use: FactUse.Write } && !member.Path.Contains('.')).Select(member => member.Path)];
        string[] known = [.. mod.Api.Globals.Concat(own)];
        foreach ((string file, SourceFacts facts) in mod.Sources)
        {
            foreach (MemberFact member in facts.Members) Global(mod, file, member, known, isTest: false);
            Hooks(mod, file, facts);
            Typed(mod, file, facts);
        }
        string[] testGlobals = [.. mod.Api.Standard.Keys.Concat(TestCatalog.Globals.Select(row => row.Name))];
        foreach ((string file, SourceFacts facts) in mod.Tests)
        {
            string[] written = [.. facts.Members.Where(member => member is { Root: FactRoot.Global, Use: FactUse.Write }).Select(member => member.Path)];
            foreach (MemberFact member in facts.Members) Global(mod, file, member, [.. testGlobals, .. written], isTest: true);
        }
        Settings(mod);
        Dependencies(mod);
    }

    static void Global(CheckedMod mod, string file, MemberFact member, IReadOnlyList<string> known, bool isTest)
    {
        if (member.Root != FactRoot.Global) return;
        string[] names = member.Names;
        if (!known.Contains(names[0]))
        {
            bool library = isTest && mod.Api.Rows.ContainsKey(names[0]);
            string hint = library ? "; a test reaches the server only through t" : Suggestion.For(names[0], known);
            mod.Add(file, member.Start, ModCheckLevel.Error, "unknown-global", $"there is no global '{names[0]}'{hint}");
            return;
        }
        if (isTest) return;
        if (names.Length == 1)
        {
            if (mod.Api.Rows.GetValueOrDefault("")?.TryGetValue(names[0], out ApiRow? global) == true) Age(mod, file, member, names[0], global);
            if (OldLuau.TryGetValue(names[0], out string? instead)) mod.Add(file, member.Place, ModCheckLevel.Warning, "deprecated", $"{names[0]} is deprecated; use {instead}");
            return;
        }
        string path = $"{names[0]}.{names[1]}";
        if (OldLuau.TryGetValue(path, out string? better)) mod.Add(file, member.Place, ModCheckLevel.Warning, "deprecated", $"{path} is deprecated; use {better}");
        if (mod.Api.Rows.TryGetValue(names[0], out IReadOnlyDictionary<string, ApiRow>? rows)) Entry(mod, file, member, path, rows);
        else if (mod.Api.Standard.TryGetValue(names[0], out IReadOnlySet<string>? members) && members.Count > 0 && !members.Contains(names[1]))
            mod.Add(file, member.Place, ModCheckLevel.Error, "unknown-api", $"'{names[0]}' has no '{names[1]}'{Suggestion.For(names[1], members)}");
    }

    static void Entry(CheckedMod mod, string file, MemberFact member, string path, IReadOnlyDictionary<string, ApiRow> rows)
    {
        string name = member.Names[1];
        if (!rows.TryGetValue(name, out ApiRow? row))
        {
            mod.Add(file, member.Place, ModCheckLevel.Error, "unknown-api", $"'{member.Names[0]}' has no '{name}'{Suggestion.For(name, rows.Keys)}");
            return;
        }
        if (member.Use == FactUse.Write && member.Names.Length == 2)
            mod.Add(file, member.Place, ModCheckLevel.Error, "unknown-api", $"'{path}' is read-only");
        else if (member.Use == FactUse.MethodCall && member.Names.Length == 2)
            mod.Add(file, member.Place, ModCheckLevel.Error, "unknown-api", $"'{path}' is called with a dot, not with a colon");
        Age(mod, file, member, path, row);
    }

    static void Age(CheckedMod mod, string file, MemberFact member, string name, ApiRow row)
    {
        if (row.Since > mod.ApiLevel)
            mod.Add(file, member.Place, ModCheckLevel.Error, "api-level", $"{name} needs API level {row.Since}, this mod is checked for {mod.ApiLevel}");
        if (row.Deprecated is not { } old) return;
        if (old.RemovedIn <= mod.ApiLevel) mod.Add(file, member.Place, ModCheckLevel.Error, "removed", $"{name} is gone in API level {old.RemovedIn}; use {old.Instead}");
        else mod.Add(file, member.Place, ModCheckLevel.Warning, "deprecated", $"{name} is deprecated and goes in API level {old.RemovedIn}; use {old.Instead}");
    }

    static void Hooks(CheckedMod mod, string file, SourceFacts facts)
    {
        string[] defined = [.. mod.Literals(0, "hook.define")];
        foreach (CallFact call in facts.Calls.Where(call => call.Target is { Root: FactRoot.Global, Path: "hook.add" or "hook.once" or "hook.observe" }))
        {
            if (call.Arguments is not [{ Text: { } name } argument, ..] || mod.Api.Hooks.ContainsKey(name)) continue;
            string prefix = $"{mod.Id}:";
            if (!name.Contains(':'))
                mod.Add(file, argument.Place, ModCheckLevel.Error, "unknown-hook", $"there is no hook '{name}'{Suggestion.For(name, mod.Api.Hooks.Keys)}");
            else if (name.StartsWith(prefix, StringComparison.Ordinal) && !defined.Contains(name[prefix.Length..]) && !mod.IsComputed(0, "hook.define"))
            {
                string own = name[prefix.Length..];
                mod.Add(file, argument.Place, ModCheckLevel.Error, "unknown-hook", $"this mod defines no hook '{own}'{Suggestion.For(own, defined)}");
            }
        }
        // A global function that is nearly a hook is hardly meant to be anything else.
        HashSet<string> used = [.. mod.Sources.Values.SelectMany(source => source.Members).Where(member => member is { Root: FactRoot.Global, Use: not FactUse.Write })
            .Select(member => member.Names[0])];
        foreach (FunctionFact function in facts.Functions)
        {
            if (function.Global is not { } name || mod.Api.Hooks.ContainsKey(name) || used.Contains(name)) continue;
            if (Suggestion.Nearest(name, mod.Api.Hooks.Keys) is { } near)
                mod.Add(file, function.Place, ModCheckLevel.Warning, "unknown-hook", $"nobody calls the global function '{name}', did you mean the hook '{near}'?");
        }
    }

    /// <summary>Fields and methods of the objects that handlers get.</summary>
    static void Typed(CheckedMod mod, string file, SourceFacts facts)
    {
        var types = new Dictionary<(int Function, int Parameter), ApiClass>();
        foreach (FunctionFact function in facts.Functions)
            if (function.Global is { } name && mod.Api.Hooks.TryGetValue(name, out HookRow? row)) Learn(mod, types, function.Index, row.Parameters);
        foreach (CallFact call in facts.Calls.Where(call => call.Target.Root == FactRoot.Global && call.Arguments.Count > 1 && call.Arguments[1].Function >= 0))
        {
            int function = call.Arguments[1].Function;
            if (call.Target.Path is "hook.add" or "hook.once" or "hook.observe" && call.Arguments[0].Text is { } hook && mod.Api.Hooks.TryGetValue(hook, out HookRow? row))
                Learn(mod, types, function, row.Parameters);
            if (call.Target.Path == "net.on") Learn(mod, types, function, "player: Player, payload: any");
        }
        foreach (MemberFact member in facts.Members)
        {
            if (member.Root != FactRoot.Parameter || member.Path.Length == 0 || !types.TryGetValue((member.Function, member.Parameter), out ApiClass? type)) continue;
            string name = member.Names[0];
            ApiRow? found = type.Fields.Concat(type.Methods).FirstOrDefault(row => row.Name == name);
            if (found is null)
            {
                string hint = Suggestion.For(name, type.Fields.Concat(type.Methods).Select(row => row.Name));
                mod.Add(file, member.Place, ModCheckLevel.Error, "unknown-api", $"a {type.Name} has no '{name}'{hint}");
                continue;
            }
            if (member.Names.Length > 1) continue;
            bool method = type.Methods.Contains(found);
            if (method && member.Use == FactUse.Call)
                mod.Add(file, member.Place, ModCheckLevel.Error, "unknown-api", $"'{name}' of a {type.Name} is called with a colon, not with a dot");
            string own = type.Fields.Any(row => row.Name == "data") ? "; 'data' is yours" : "";
            if (!method && member.Use == FactUse.Write) mod.Add(file, member.Place, ModCheckLevel.Error, "unknown-api", $"'{name}' of a {type.Name} is read-only{own}");
            Age(mod, file, member, $"{type.Name}{(method ? ":" : ".")}{name}", found);
        }
    }

    static void Learn(CheckedMod mod, Dictionary<(int, int), ApiClass> types, int function, string parameters)
    {
        MatchCollection matches = Parameter().Matches(parameters);
        for (int i = 0; i < matches.Count; i++)
        {
            if (mod.Api.Classes.TryGetValue(matches[i].Groups[1].Value, out ApiClass? type)) types[(function, i)] = type;
        }
    }

    /// <summary>Settings that are read must be defined.</summary>
    static void Settings(CheckedMod mod)
    {
        IEnumerable<string> declared = mod.ManifestText?.TryGet("config", out TomlValue? table) == true && table is TomlTable keys ? keys.Entries.Select(entry => entry.Key) : [];
        string[] defined = [.. mod.CallsOf("config.define").SelectMany(item => item.Call.Arguments.Take(1)).SelectMany(argument => argument.Keys), .. declared];
        if (mod.CallsOf("config.define").Any(item => item.Call.Arguments is [{ Keys.Count: 0 }, ..])) return;
        foreach ((string file, CallFact call) in mod.CallsOf("config.get").Concat(mod.CallsOf("config.onChange")))
        {
            if (call.Arguments is [{ Text: { } name } argument, ..] && !defined.Contains(name))
                mod.Add(file, argument.Place, ModCheckLevel.Error, "unknown-setting", $"config.define defines no '{name}'{Suggestion.For(name, defined)}");
        }
    }

    /// <summary>Mods that are called must be dependencies.</summary>
    static void Dependencies(CheckedMod mod)
    {
        if (mod.Manifest is not { } manifest) return;
        string[] named = [.. manifest.Dependencies.Select(dependency => dependency.Id)];
        foreach ((string file, CallFact call) in mod.CallsOf("mod.call").Concat(mod.CallsOf("mod.callAsync")).Concat(mod.CallsOf("mod.use")))
        {
            if (call.Arguments is [{ Text: { } id } argument, ..] && !named.Contains(id))
                mod.Add(file, argument.Place, ModCheckLevel.Error, "dependency", $"'{id}' is not among the dependencies in mod.toml{Suggestion.For(id, named)}");
        }
    }

    [GeneratedRegex(@"\w+: (\w+)")]
    private static partial Regex Parameter();
}
