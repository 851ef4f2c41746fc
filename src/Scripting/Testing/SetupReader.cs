using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Testing.Api;
using GameServer.Toml;

namespace GameServer.Scripting.Testing;

/// <summary>Reads the table between the name and the function of <c>test</c>.</summary>
sealed class SetupReader(TestScript script, LuauTable table)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="LuauException">An unknown key, or a value of the wrong type.</exception>
    public TestSetup Read()
    {
        LuauValue key = default;
        string[] known = [.. TestCatalog.Setup.Select(row => row.Name)];
        while (script.Vm.Next(table, ref key, out _))
        {
            if (!known.Contains(key.ToString())) throw Wrong($"'{key}' is nothing a test can set{Suggestion.For(key.ToString() ?? "", known)}");
        }
        return new TestSetup
        {
            Skip = Get("skip").As<LuauString>()?.ToString(),
            Start = Get("start").IsNil || Get("start").IsTruthy,
            Core = Get("core").IsTruthy,
            Players = Names("players"),
            Grant = Permissions("grant"),
            Deny = Permissions("deny"),
            Limits = Fields("limits").ToDictionary(field => Limit(field.Key), field => field.Value.TryGetNumber(out double number)
                ? number : throw Wrong($"limits.{field.Key} must be a number")),
            Config = Fields("config").ToDictionary(field => field.Key, field => TestScript.Plain(field.Value)
                ?? throw Wrong($"config.{field.Key} must be a boolean, a number or a string")),
            Storage = [.. Fields("storage").SelectMany(store => Stored(store.Key, store.Value))],
            Mods = Fields("mods").ToDictionary(mod => mod.Key, mod => (IReadOnlyDictionary<string, byte[]>)Sources(mod.Key, mod.Value)),
            Files = Fields("files").ToDictionary(file => file.Key, file => Source($"files[\"{file.Key}\"]", file.Value)),
        };
    }

    LuauValue Get(string name) => script.Vm.Get(table, name);

    static LuauException Wrong(string what) => new($"the setup of the test: {what}");

    List<(string Key, LuauValue Value)> Fields(string name) => Get(name).IsNil ? []
        : FieldsOf(Get(name).As<LuauTable>() ?? throw Wrong($"{name} must be a table"), name);

    List<(string Key, LuauValue Value)> FieldsOf(LuauTable fields, string name)
    {
        var list = new List<(string, LuauValue)>();
        LuauValue key = default;
        while (script.Vm.Next(fields, ref key, out LuauValue value)) list.Add((key.As<LuauString>()?.ToString() ?? throw Wrong($"keys of {name} must be strings"), value));
        return list;
    }

    IReadOnlyList<string> Names(string name)
    {
        if (Get(name).IsNil) return [];
        LuauTable list = Get(name).As<LuauTable>() ?? throw Wrong($"{name} must be a list of strings");
        return [.. Enumerable.Range(1, script.Vm.Length(list))
            .Select(i => script.Vm.Get(list, i).As<LuauString>()?.ToString() ?? throw Wrong($"{name} must be a list of strings"))];
    }

    IReadOnlyList<string> Permissions(string name)
    {
        IReadOnlyList<string> names = Names(name);
        foreach (string permission in names)
        {
            if (PermissionCatalog.Find(permission) is null)
                throw Wrong($"{name}: unknown permission '{permission}'{Suggestion.For(permission, PermissionCatalog.Rows.Select(row => row.Name))}");
        }
        return names;
    }

    static string Limit(string key) => LimitCatalog.Find(key) is not null ? key
        : throw Wrong($"unknown limit '{key}'{Suggestion.For(key, LimitCatalog.Rows.Select(row => row.Key))}");

    IEnumerable<(string, byte[], byte[])> Stored(string store, LuauValue values)
    {
        foreach ((string key, LuauValue value) in FieldsOf(values.As<LuauTable>() ?? throw Wrong($"storage.{store} must be a table"), $"storage.{store}"))
            yield return (store, System.Text.Encoding.UTF8.GetBytes(key), script.ToStored(value, out string refusal) ?? throw Wrong($"storage.{store}.{key}: {refusal}"));
    }

    Dictionary<string, byte[]> Sources(string mod, LuauValue value)
    {
        if (value.As<LuauString>() is { } source) return new Dictionary<string, byte[]> { ["init.luau"] = source.Span.ToArray() };
        LuauTable files = value.As<LuauTable>() ?? throw Wrong($"mods.{mod} must be the source of init.luau, or a table of files");
        return FieldsOf(files, $"mods.{mod}").ToDictionary(file => file.Key, file => Source($"mods.{mod}[\"{file.Key}\"]", file.Value));
    }

    static byte[] Source(string where, LuauValue value) => value.As<LuauString>()?.Span.ToArray() ?? throw Wrong($"{where} must be a string");
}
