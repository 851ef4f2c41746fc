using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>lang</c>.</summary>
static class LangApi
{
    const int ResultMax = 16_384;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("lang", "Texts in the languages of players, from `locale/<language>.toml` of the mod.",
    [
        new("t", "(player: Player?, key: string, args: { [string]: any }?) -> string",
            "The text of a key in a player's language; else in what is left of its tag (`pt` for `pt-BR`), else in the mod's own language (`language` in mod.toml, "
                + "`en` when not given), else the key. `{name}` in the text stands for `args.name`, `{{` for a brace. With `args.count`, `key.one` or `key.other` where there are.")
        { Needs = Permission.Base, Body = Translate },
        new("languages", "() -> { string }", "Languages the mod has texts in.") { Needs = Permission.Base, Body = Languages },
    ]);

    static HostResult Translate(ModScope mod, ref CallContext call)
    {
        string language = call[0].IsNil ? mod.Declarations.Language : PlayerClass.Of(ref call).Player.Language;
        string key = call.String(1).ToString();
        LuauTable? args = call[2].IsNil ? null : call.Table(2);
        string? text = null;
        if (args is not null && mod.Vm.Get(args, "count").TryGetNumber(out double count))
            text = mod.Texts.Find(count == 1 ? $"{key}.one" : $"{key}.other", language, mod.Declarations.Language);
        text ??= mod.Texts.Find(key, language, mod.Declarations.Language);
        return call.Return(mod.Vm.CreateString(text is null ? key : args is null && !text.Contains('{') ? text : Fill(mod, text, args)));
    }

    static HostResult Languages(ModScope mod, ref CallContext call)
    {
        LuauTable list = mod.Vm.CreateTable();
        int count = 0;
        foreach (string language in mod.Texts.Languages.Order(StringComparer.Ordinal)) mod.Vm.Set(list, ++count, mod.Vm.CreateString(language));
        return call.Return(list);
    }

    /// <summary>Puts arguments into a text. No script code runs: values are shown raw.</summary>
    static string Fill(ModScope mod, string text, LuauTable? args)
    {
        var filled = new StringBuilder(text.Length + 32);
        for (int at = 0; at < text.Length && filled.Length < ResultMax; at++)
        {
            if (text[at] != '{')
            {
                filled.Append(text[at]);
                continue;
            }
            int end = at + 1 < text.Length && text[at + 1] == '{' ? -1 : text.IndexOf('}', at);
            if (end < 0)
            {
                filled.Append('{');
                if (at + 1 < text.Length && text[at + 1] == '{') at++;
                continue;
            }
            string name = text[(at + 1)..end];
            LuauValue value = args is null ? LuauValue.Nil : mod.Vm.Get(args, name);
            filled.Append(value.IsNil ? $"{{{name}}}" : mod.Vm.ToText(value));
            at = end;
        }
        return filled.Length > ResultMax ? filled.ToString(0, ResultMax) : filled.ToString();
    }
}
