using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>config</c>.</summary>
static class ConfigApi
{
    /// <summary>Userdata tag of a description.</summary>
    public const int SpecTag = 5;
    /// <summary>Longest name of a setting.</summary>
    public const int NameMax = 64;
    const int TextMax = 4096, ChoicesMax = 64;
    const string NumberOptions = "{ min: number?, max: number?, doc: string? }?";

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("config",
        "Settings of this mod that operators change in `config/mods/<id>.toml` or `[mods.<id>.config]` of server.toml, without a reload.",
    [
        new("define", "(settings: { [string]: Setting }) -> ()", "Says which settings there are. Missing ones are written into the mod's file with default and doc.")
        { Needs = Permission.Base, Body = Define },
        new("get", "(name: string) -> any", "The value of a defined setting.") { Needs = Permission.Base, Body = Get },
        new("onChange", "(name: string, fn: (new: any, old: any) -> ()) -> Connection", "Calls a function when the operator has changed a setting.")
        { Needs = Permission.Base, Body = OnChange },
        new("secret", "(name: string, prefix: string?) -> Secret?",
            "A word that the operator put into the file `config/secrets/<mod>/<name>`, for a header of `http.requestAsync`, with `prefix` (like `Bearer `) in front; "
                + "nil when there is none. It cannot be read.") { Needs = Permission.NetHttp, Body = ReadSecret },
        new("int", $"(default: number, opts: {NumberOptions}) -> Setting", "A whole number.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Describe(mod, ref call, ConfigKind.Int, call.Number(0)) },
        new("number", $"(default: number, opts: {NumberOptions}) -> Setting", "A number.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Describe(mod, ref call, ConfigKind.Number, call.Number(0)) },
        new("bool", "(default: boolean, opts: { doc: string? }?) -> Setting", "True or false.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Describe(mod, ref call, ConfigKind.Bool, call.Boolean(0)) },
        new("string", $"(default: string, opts: {NumberOptions}) -> Setting", "A text; min and max bound its length.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Describe(mod, ref call, ConfigKind.String, Text(ref call, 0)) },
        new("choice", "(default: string, choices: { string }, opts: { doc: string? }?) -> Setting", "One of some texts.")
        { Needs = Permission.Base, Body = Choice },
    ]);

    /// <summary>The class of descriptions.</summary>
    public static ApiClass Setting { get; } = new("Setting", SpecTag, "Description of a setting, for `config.define`.", [], []);

    /// <summary>Whether a text is a name of a setting.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= NameMax && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    static HostResult Define(ModScope mod, ref CallContext call)
    {
        LuauTable settings = call.Table(0);
        var specs = new Dictionary<string, ConfigSpec>(StringComparer.Ordinal);
        LuauValue key = default;
        while (mod.Vm.Next(settings, ref key, out LuauValue value))
        {
            string name = key.As<LuauString>()?.ToString() ?? throw call.ArgumentError(0, "names must be strings");
            if (!IsName(name))
                throw call.ArgumentError(0, $"'{name}': a name has 1 to {NameMax} letters, digits, _ or -");
            specs[name] = value.As<Userdata>() is { Tag: SpecTag, Target: ConfigSpec spec } ? spec
                : throw call.ArgumentError(0, $"'{name}' must come from config.int, number, bool, string or choice");
            if (specs.Count > ModConfig.SettingsMax) throw call.Error($"a mod has at most {ModConfig.SettingsMax} settings");
        }
        return mod.Config.Define(specs) is { } refusal ? throw call.Error($"config.define: {refusal}") : call.Return();
    }

    static HostResult Get(ModScope mod, ref CallContext call) => call.Return(mod.Config.ToLuau(mod.Config.Get(Defined(mod, ref call))));

    static HostResult ReadSecret(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString(), prefix = call.OptionalString(1)?.ToString() ?? "";
        if (!MessageNames.IsName(name) || name.StartsWith('.')) throw call.ArgumentError(0, "a secret is named with letters, digits, '_', '-' and '.'");
        if (Secret.Read(mod.Services.SecretsFolder, mod.Id, name) is not { } value) return call.Return(LuauValue.Nil);
        return call.Return(mod.Vm.CreateUserdata(new Secret(prefix + value), Secret.Tag, 64 + (2 * (prefix.Length + value.Length))));
    }

    static HostResult OnChange(ModScope mod, ref CallContext call)
    {
        string name = Defined(mod, ref call);
        var listener = new ConfigListener(name, mod.Vm.CreateRef(call.Callable(1)), (Permission)call.Thread.HostMask);
        return mod.Config.Add(listener) is { } refusal ? throw call.Error($"config.onChange: {refusal}") : call.Return(mod.ToConnection(listener));
    }

    static string Defined(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString();
        return mod.Config.Has(name) ? name : throw call.Error($"no setting '{name}' is defined; see config.define");
    }

    static HostResult Choice(ModScope mod, ref CallContext call)
    {
        LuauTable table = call.Table(1);
        if (table.Length is 0 or > ChoicesMax) throw call.ArgumentError(1, $"1 to {ChoicesMax} texts");
        var choices = new List<string>();
        for (int i = 1; i <= table.Length; i++) choices.Add(table.Get(i).As<LuauString>()?.ToString() ?? throw call.ArgumentError(1, "a list of texts"));
        return Make(mod, ref call, new ConfigSpec(ConfigKind.Choice, Text(ref call, 0)) { Choices = choices, Doc = Doc(mod, ref call, 2) });
    }

    static HostResult Describe(ModScope mod, ref CallContext call, ConfigKind kind, object fallback) => Make(mod, ref call, new ConfigSpec(kind, fallback)
    {
        Min = Bound(mod, ref call, "min", double.NegativeInfinity), Max = Bound(mod, ref call, "max", kind == ConfigKind.String ? TextMax : double.PositiveInfinity),
        Doc = Doc(mod, ref call, 1),
    });

    static HostResult Make(ModScope mod, ref CallContext call, ConfigSpec spec) => spec.Accepts(spec.Default)
        ? call.Return(mod.Vm.CreateUserdata(spec, SpecTag, HostBytesOf(spec)))
        : throw call.ArgumentError(0, $"the default must be {spec.Allowed}");

    static int HostBytesOf(ConfigSpec spec) => 128 + (2 * (spec.Doc.Length + ((spec.Default as string)?.Length ?? 0))) + spec.Choices.Sum(choice => 64 + (2 * choice.Length));

    static string Text(ref CallContext call, int index)
    {
        LuauString text = call.String(index);
        return text.Length <= TextMax ? text.ToString() : throw call.ArgumentError(index, $"at most {TextMax} bytes");
    }

    static double Bound(ModScope mod, ref CallContext call, string name, double fallback)
    {
        if (call[1].IsNil) return fallback;
        LuauValue value = mod.Vm.Get(call.Table(1), name);
        if (value.IsNil) return fallback;
        return value.TryGetNumber(out double number) && !double.IsNaN(number) ? number : throw call.ArgumentError(1, $"{name} must be a number");
    }

    static string Doc(ModScope mod, ref CallContext call, int index)
    {
        if (call[index].IsNil) return "";
        LuauValue doc = mod.Vm.Get(call.Table(index), "doc");
        if (doc.IsNil) return "";
        string text = doc.As<LuauString>()?.ToString() ?? throw call.ArgumentError(index, "doc must be a string");
        return text.Length <= TextMax ? text : text[..TextMax];
    }
}
