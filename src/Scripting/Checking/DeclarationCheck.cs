using GameServer.Luau.Analysis;
using GameServer.Scripting.Api;
using GameServer.Toml;

namespace GameServer.Scripting.Checking;

/// <summary>What the manifest declares is there, and what the scripts use is declared: messages, commands, exports.</summary>
static class DeclarationCheck
{
    /// <summary>Checks both ways.</summary>
    public static void Run(CheckedMod mod)
    {
        if (mod.Manifest is not { } manifest) return;
        if (manifest.Declarations.Messages is { } messages) Messages(mod, messages);
        Commands(mod, manifest.Declarations);
        Texts(mod, manifest.Declarations.Language);
        Exports(mod, manifest.Declarations);
    }

    static void Messages(CheckedMod mod, IReadOnlyDictionary<string, MessageDeclaration> declared)
    {
        var heard = new List<(string File, string Name, SourcePlace Place)>();
        var sent = new List<(string File, string Name, SourcePlace Place)>();
        foreach ((string file, CallFact call) in mod.CallsOf("net.on")) Take(heard, file, call);
        foreach ((string file, CallFact call) in mod.CallsOf("net.broadcast").Concat(mod.MethodCalls("send"))) Take(sent, file, call);
        foreach ((string file, CallFact call) in mod.CallsOf("net.requestAsync"))
        {
            if (call.Arguments is [_, { Text: { } name } argument, ..]) sent.Add((file, name, argument.Place));
        }
        Undeclared(mod, declared, heard, MessageDirection.ToClient, "to_client, so no client sends it");
        Undeclared(mod, declared, sent, MessageDirection.ToServer, "to_server, so it cannot be sent");
        bool anyHeard = mod.IsComputed(0, "net.on");
        bool anySent = mod.IsComputed(0, "net.broadcast") || mod.IsComputed(1, "net.requestAsync")
            || mod.MethodCalls("send").Any(item => item.Call.Arguments is [{ Text: null }, ..]);
        foreach ((string name, MessageDeclaration message) in declared)
        {
            bool isHeard = anyHeard || heard.Any(use => use.Name == name), isSent = anySent || sent.Any(use => use.Name == name);
            if (message.Direction == MessageDirection.ToServer && !isHeard)
                mod.AddToManifest("messages", name, ModCheckLevel.Warning, "no-handler", $"message '{name}' has no net.on(\"{name}\", …)");
            else if (message.Direction == MessageDirection.ToClient && !isSent)
                mod.AddToManifest("messages", name, ModCheckLevel.Warning, "never-sent", $"message '{name}' is never sent");
            else if (message.Direction == MessageDirection.Both && !isHeard && !isSent)
                mod.AddToManifest("messages", name, ModCheckLevel.Warning, "no-handler", $"message '{name}' is neither sent nor heard");
        }
    }

    static void Take(List<(string, string, SourcePlace)> into, string file, CallFact call)
    {
        if (call.Arguments is [{ Text: { } name } argument, ..]) into.Add((file, name, argument.Place));
    }

    static void Undeclared(CheckedMod mod, IReadOnlyDictionary<string, MessageDeclaration> declared, List<(string File, string Name, SourcePlace Place)> uses,
        MessageDirection wrong, string why)
    {
        foreach ((string file, string name, SourcePlace place) in uses)
        {
            if (!declared.TryGetValue(name, out MessageDeclaration? message))
                mod.Add(file, place, ModCheckLevel.Error, "undeclared", $"message '{name}' is not declared in mod.toml{Suggestion.For(name, declared.Keys)}");
            else if (message.Direction == wrong)
                mod.Add(file, place, ModCheckLevel.Error, "undeclared", $"message '{name}' is declared as {why}");
        }
    }

    static void Texts(CheckedMod mod, string own)
    {
        if (!mod.Texts.Languages.Any()) return;
        foreach ((string file, CallFact call) in mod.CallsOf("lang.t"))
        {
            if (call.Arguments is [_, { Text: { } key } argument, ..] && mod.Texts.Find(key, own, own) is null && mod.Texts.Find($"{key}.other", own, own) is null)
                mod.Add(file, argument.Place, ModCheckLevel.Warning, "no-text", $"there is no text '{key}' in locale/{own}.toml");
        }
    }

    static void Commands(CheckedMod mod, ModDeclarations declarations)
    {
        if (mod.IsComputed(0, "commands.add")) return;
        HashSet<string> added = mod.Literals(0, "commands.add");
        foreach (string name in declarations.Commands.Keys.Where(name => !added.Contains(name)))
        {
            mod.AddToManifest("commands", name, ModCheckLevel.Warning, "no-handler",
                $"command '{name}' has no commands.add(\"{name}\", …){Suggestion.For(name, added.Except(declarations.Commands.Keys))}");
        }
    }

    static void Exports(CheckedMod mod, ModDeclarations declarations)
    {
        if (mod.IsComputed(0, "mod.export")) return;
        HashSet<string> exported = mod.Literals(0, "mod.export");
        foreach (string name in declarations.Exports.Keys.Where(name => !exported.Contains(name)))
            mod.AddToManifest("exports", name, ModCheckLevel.Warning, "no-handler", $"export '{name}' has no mod.export(\"{name}\", …)");
    }
}
