using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>hook</c>.</summary>
static class HookApi
{
    const double PriorityMax = 100;
    const int IdMax = 64;
    const int FiltersMax = 8;
    const int FilterBytesMax = 256;
    const string HookFunction = "(...any) -> any";

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("hook", "What happens in the server, and what mods make happen for each other.",
    [
        new("add", $"(name: string, fn: {HookFunction}, opts: {{ id: string?, priority: number?, filter: {{ [string]: any }}? }}?) -> Connection",
            "Registers a handler. Lower `priority` (-100 to 100, default 0) runs first. The same `id` again replaces. `filter` names arguments and the values they must have.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Add(mod, ref call) },
        new("once", $"(name: string, fn: {HookFunction}) -> Connection", "Registers a handler for the next time only.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Add(mod, ref call, once: true) },
        new("observe", $"(name: string, fn: {HookFunction}) -> Connection",
            "Registers a function that runs after all handlers and gets their outcome, `{ verdict, by, reason, code }`, as an extra last argument "
                + "where the hook decides or transforms.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Add(mod, ref call, observes: true) },
        new("define", "(name: string, spec: { kind: \"notify\" | \"decide\" | \"transform\" | \"collect\" }?) -> string",
            "Makes a hook of this mod. Its full name, which is returned and which others register under, is `mod:Name`.")
        { Needs = Permission.Base, Body = Define },
        new("call", "(name: string, ...any) -> any",
            "Raises a hook this mod defined, in all mods. Gives nothing (notify), `{ verdict, by, reason, code }` (decide), the value or nil and the "
                + "refusal (transform), or a list of `{ mod, value }` (collect).")
        { Needs = Permission.Base, Body = Call },
        new("deny", "(reason: string?, code: string?) -> Verdict", "The verdict no, to return from a handler.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Verdict(mod, ref call, "deny") },
        new("handled", "() -> Verdict", "The verdict dealt with: later handlers are not asked.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Verdict(mod, ref call, "handled") },
        new("replace", "(value: any) -> Verdict", "The verdict go on with another value.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Verdict(mod, ref call, "replace") },
        new("FIRST", "number", "Priority before all others.") { Needs = Permission.Base, Constant = _ => -PriorityMax },
        new("EARLY", "number", "Priority before most others.") { Needs = Permission.Base, Constant = _ => -PriorityMax / 2 },
        new("NORMAL", "number", "Priority when none is given.") { Needs = Permission.Base, Constant = _ => 0 },
        new("LATE", "number", "Priority after most others.") { Needs = Permission.Base, Constant = _ => PriorityMax / 2 },
        new("LAST", "number", "Priority after all others.") { Needs = Permission.Base, Constant = _ => PriorityMax },
    ]);

    /// <summary>Why a mod may not register for a hook; null when it may.</summary>
    public static string? WhyNot(ModScope mod, string name, Permission mask)
    {
        if (mod.Declarations.Hooks is { } declared && !declared.Contains(name)) return $"hook '{name}' is not listed in [hooks] of mod.toml";
        if (HookCatalog.Find(name) is { } row)
        {
            return (mask & row.Needs) == row.Needs ? null : $"permission denied: {PermissionCatalog.Text(row.Needs & ~mask)} (hook '{name}', mod '{mod.Id}')";
        }
        int colon = name.IndexOf(':');
        return colon > 0 && colon < name.Length - 1 && name.Length <= 96
            ? null
            : $"unknown hook '{name}'{Nearest(name)}; a mod's own hook is named 'mod:Name'";
    }

    static string Nearest(string name) =>
        HookCatalog.Rows.FirstOrDefault(row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } row ? $", did you mean '{row.Name}'?" : "";

    static HostResult Add(ModScope mod, ref CallContext call, bool once = false, bool observes = false)
    {
        string name = call.String(0).ToString();
        LuauFunction function = call.Callable(1);
        var mask = (Permission)call.Thread.HostMask;
        if (WhyNot(mod, name, mask) is { } refusal) throw call.Error(refusal);
        LuauTable? options = call[2].IsNil ? null : call.Table(2);
        string? id = options is null ? null : mod.Vm.Get(options, "id").As<LuauString>()?.ToString();
        if (id?.Length > IdMax) throw call.ArgumentError(2, $"id has at most {IdMax} characters");
        double priority = options is not null && mod.Vm.Get(options, "priority").TryGetNumber(out double number) ? number : 0;
        if (!(Math.Abs(priority) <= PriorityMax)) throw call.ArgumentError(2, $"priority must be -{PriorityMax} to {PriorityMax}");
        (int, HookValue)[]? filter = options is null ? null : Filter(mod, ref call, name, mod.Vm.Get(options, "filter"));
        (Handler? handler, string? why) = mod.AddHandler(name, function, mask, id, priority, filter, once, observes);
        return handler is null ? throw call.Error($"hook.add: {why}") : call.Return(mod.ToConnection(handler));
    }

    static (int, HookValue)[]? Filter(ModScope mod, ref CallContext call, string hook, LuauValue value)
    {
        if (value.As<LuauTable>() is not { } table) return value.IsNil ? null : throw call.ArgumentError(2, "filter must be a table");
        IReadOnlyList<string> parameters = HookCatalog.Find(hook)?.ParameterNames ?? [];
        var filter = new List<(int, HookValue)>();
        LuauValue key = default;
        while (mod.Vm.Next(table, ref key, out LuauValue wanted))
        {
            string name = key.ToString();
            int index = parameters.ToList().IndexOf(name);
            if (index < 0 && key.TryGetNumber(out double position) && position is >= 1 and <= 32) index = (int)position - 1;
            if (index < 0) throw call.ArgumentError(2, $"hook '{hook}' has no argument '{name}'");
            if (filter.Count == FiltersMax) throw call.ArgumentError(2, $"a filter names at most {FiltersMax} arguments");
            filter.Add((index, wanted.Type switch
            {
                LuauType.Number => wanted.AsNumber(),
                LuauType.Boolean => wanted.IsTruthy,
                LuauType.String when wanted.As<LuauString>()!.Length <= FilterBytesMax => wanted.ToString(),
                LuauType.String => throw call.ArgumentError(2, $"filter '{name}' has at most {FilterBytesMax} bytes"),
                _ => throw call.ArgumentError(2, $"filter '{name}' must be a string, number or boolean"),
            }));
        }
        return [.. filter];
    }

    static HostResult Define(ModScope mod, ref CallContext call)
    {
        string name = OwnName(mod, ref call);
        string kind = call[1].IsNil ? "notify" : mod.Vm.Get(call.Table(1), "kind").As<LuauString>()?.ToString() ?? "notify";
        if (!Enum.TryParse(kind, ignoreCase: true, out HookKind parsed) || !Enum.IsDefined(parsed))
            throw call.ArgumentError(1, "kind must be \"notify\", \"decide\", \"transform\" or \"collect\"");
        if (mod.Services.Registry.FindOrAdd(name) is not { } list) throw call.Error("hook.define: too many hooks on this server");
        if (list.Definition is null)
        {
            var definition = new HookDefinition(list);
            if (mod.Ownership.Add(definition, mod.Sandbox.Limits.Hooks) is { } refusal) throw call.Error($"hook.define: {refusal}");
            list.Definition = definition;
        }
        list.Kind = parsed;
        return call.Return(mod.Vm.CreateString(name));
    }

    static HostResult Call(ModScope mod, ref CallContext call)
    {
        string name = OwnName(mod, ref call);
        if (mod.Services.Stack.Depth >= DispatchStack.DepthMax) throw call.Error($"hooks are nested too deeply: {mod.Services.Stack.Chain()}");
        if (mod.Services.Registry.Find(name) is not { } list || list.IsEmpty) return call.Return();
        if (call.ArgCount > 32) throw call.Error("hook.call: at most 31 arguments");
        HookValue[] args = new HookValue[call.ArgCount - 1];
        for (int i = 0; i < args.Length; i++)
        {
            if (mod.TryEncode([call[i + 1]], $"argument {i + 2}", out EncodedValues encoded) is { } refusal) throw call.Error($"bad value: {refusal}");
            args[i] = HookValue.Encoded(encoded);
        }
        switch (list.Kind)
        {
            case HookKind.Decide:
                return call.Return(mod.Services.Hooks.Decide(list, args).ToValue().ToLuau(mod.Vm, mod.Players));
            case HookKind.Transform when args.Length > 0:
                Verdict verdict = mod.Services.Hooks.Transform(list, args, 0);
                return verdict.Kind == VerdictKind.Deny
                    ? call.Return(LuauValue.Nil, verdict.ToValue().ToLuau(mod.Vm, mod.Players))
                    : call.Return(args[0].ToLuau(mod.Vm, mod.Players));
            case HookKind.Collect:
                return call.Return(Collected(mod, list, args));
            default:
                mod.Services.Hooks.Notify(list, args);
                return call.Return();
        }
    }

    static LuauTable Collected(ModScope mod, HookList list, HookValue[] args)
    {
        var values = new List<(string Mod, EncodedValues Value)>();
        mod.Services.Hooks.Collect(list, args, values);
        LuauTable result = mod.Vm.CreateTable(arrayCapacity: values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            LuauTable entry = mod.Vm.CreateTable(fieldCapacity: 2);
            mod.Vm.Set(entry, "mod", mod.Vm.CreateString(values[i].Mod));
            mod.Vm.Set(entry, "value", mod.Decode(values[i].Value)[0]);
            mod.Vm.Set(result, i + 1, entry);
        }
        return result;
    }

    static string OwnName(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString();
        string full = name.Contains(':') ? name : $"{mod.Id}:{name}";
        if (!full.StartsWith($"{mod.Id}:", StringComparison.Ordinal)) throw call.Error($"hook '{name}' belongs to another mod; yours are named '{mod.Id}:Name'");
        return full.Length > 96 || full.Length == mod.Id.Length + 1 ? throw call.ArgumentError(0, "name is empty or longer than 96 bytes") : full;
    }

    static HostResult Verdict(ModScope mod, ref CallContext call, string verdict)
    {
        LuauTable table = mod.Vm.CreateTable(fieldCapacity: 3);
        mod.Vm.Set(table, "verdict", mod.Vm.CreateString(verdict));
        if (verdict == "deny")
        {
            mod.Vm.Set(table, "reason", call.OptionalString(0));
            mod.Vm.Set(table, "code", call.OptionalString(1));
        }
        else if (verdict == "replace")
        {
            mod.Vm.Set(table, "value", call.Any(0));
        }
        mod.Vm.Freeze(table);
        return call.Return(table);
    }
}
