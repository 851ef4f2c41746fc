using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Testing.Doubles;

namespace GameServer.Scripting.Testing.Api;

/// <summary>A made-up player.</summary>
static class PlayerClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 3;

    /// <summary>Fields and methods.</summary>
    public static TestClass Class { get; } = new("TestPlayer", Tag, "A made-up player, with everything it was sent.",
    [
        new("id", "number", "Number on this server.", (TestScript _, ref CallContext call) => call.Return(Of(ref call).Id)),
        new("name", "string", "Name.", (TestScript script, ref CallContext call) => call.Return(script.Vm.CreateString(Of(ref call).Name))),
        new("uid", "string", "Identity.", (TestScript script, ref CallContext call) => call.Return(script.Vm.CreateString(Of(ref call).Uid))),
        new("connected", "boolean", "Whether it is still in.", (TestScript _, ref CallContext call) => call.Return(Of(ref call).IsConnected)),
        new("kicked", "string?", "Why it was thrown out; nil when it was not.", (TestScript script, ref CallContext call) => call.Return(script.TextOrNil(Of(ref call).Kicked))),
        new("chat", "{ string }", "Lines of chat it saw, in order.",
            (TestScript script, ref CallContext call) => call.Return(script.TextList(Of(ref call).Received.Where(item => item.IsChat).Select(item => item.Text)))),
        new("messages", "{ { name: string, payload: any, tick: number, reliable: boolean } }", "Messages it got, in order; names of this mod are without `mod:`.", Messages),
        new("transcript", "{ string }", "Chat and messages together, one line each, for snapshots.", Transcript),
    ],
    [
        new("say", "(self: TestPlayer, text: string) -> string?", "Says something; what everybody heard, nil when nobody did.", Say),
        new("command", "(self: TestPlayer, line: string) -> { string }", "Types a command, without the slash; the lines of chat that came back at once.", Command),
        new("send", "(self: TestPlayer, name: string, payload: any) -> string",
            "Sends a message to the mod, or to another as `mod:name`. What became of it: `delivered`, `nobody_listens`, `not_as_declared`, `over_rate`, `denied`, "
                + "`malformed` or `mod_busy`.", Send),
        new("answer", "(self: TestPlayer, name: string, payload: any) -> ()",
            "What its client answers to `net.requestAsync` of this name from now on, in the next tick; other requests are never answered.", Answer),
        new("leave", "(self: TestPlayer, reason: string?) -> ()", "Leaves.", Leave),
        new("messagesOf", "(self: TestPlayer, name: string) -> { any }", "Payloads of the messages of one name.", MessagesOf),
        new("last", "(self: TestPlayer, name: string) -> any", "Payload of the last message of a name; fails when there was none.", Last),
        new("clear", "(self: TestPlayer) -> ()", "Forgets what it was sent so far.", Clear),
        new("grant", "(self: TestPlayer, right: string) -> ()", "Gives it a right, like `kits.use`.", (TestScript script, ref CallContext call) =>
        {
            script.World.Players.SetRight(Of(ref call), call.String(1).ToString(), granted: true);
            return call.Return();
        }),
        new("revoke", "(self: TestPlayer, right: string) -> ()", "Takes a right away.", (TestScript script, ref CallContext call) =>
        {
            script.World.Players.SetRight(Of(ref call), call.String(1).ToString(), granted: false);
            return call.Return();
        }),
    ]);

    static TestPlayer Of(ref CallContext call) => call.Userdata<TestPlayer>(0, Tag);

    static TestPlayer Here(ref CallContext call) => Of(ref call) is { IsConnected: true } player ? player : throw call.Error($"{Of(ref call).Name} has left");

    static HostResult Say(TestScript script, ref CallContext call)
    {
        string? heard = script.World.Say(Here(ref call), call.String(1).ToString());
        script.RaiseFaults(ref call);
        return call.Return(script.TextOrNil(heard));
    }

    static HostResult Command(TestScript script, ref CallContext call)
    {
        TestPlayer player = Here(ref call);
        int before = player.Received.Count;
        script.World.Say(player, $"/{call.String(1)}");
        script.RaiseFaults(ref call);
        return call.Return(script.TextList(player.Received.Skip(before).Where(item => item.IsChat).Select(item => item.Text)));
    }

    static HostResult Send(TestScript script, ref CallContext call)
    {
        TestPlayer player = Here(ref call);
        string name = call.String(1).ToString();
        byte[] value = script.ToWire(call[2], out string refusal) ?? throw call.Error($"this cannot be sent: {refusal}");
        MessageOutcome outcome = script.World.Host.PlayerMessage(player, name.Contains(':') ? name : $"{script.World.ModId}:{name}", value);
        script.RaiseFaults(ref call);
        return call.Return(script.Vm.CreateString(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString())));
    }

    static HostResult Answer(TestScript script, ref CallContext call)
    {
        string name = call.String(1).ToString();
        Of(ref call).Answers[$"{script.World.ModId}:{name}"] = script.ToWire(call[2], out string refusal) ?? throw call.Error($"this cannot be sent: {refusal}");
        return call.Return();
    }

    static HostResult Leave(TestScript script, ref CallContext call)
    {
        script.World.Leave(Here(ref call), call.OptionalString(1)?.ToString() ?? "left");
        script.RaiseFaults(ref call);
        return call.Return();
    }

    static HostResult Messages(TestScript script, ref CallContext call)
    {
        LuauTable list = script.Vm.CreateTable();
        int count = 0;
        foreach (Received item in Of(ref call).Received.Where(item => !item.IsChat))
        {
            LuauTable entry = script.Vm.CreateTable(fieldCapacity: 4);
            script.Vm.Set(entry, "name", script.Vm.CreateString(ShortName(script, item)));
            script.Vm.Set(entry, "payload", script.FromWire(item.Value));
            script.Vm.Set(entry, "tick", item.Tick);
            script.Vm.Set(entry, "reliable", item.Reliable);
            script.Vm.Set(list, ++count, entry);
        }
        return call.Return(list);
    }

    static HostResult Transcript(TestScript script, ref CallContext call) => call.Return(script.TextList(Of(ref call).Received
        .Select(item => item.IsChat ? $"chat: {item.Text}" : $"{ShortName(script, item)} {script.Text.Of(script.FromWire(item.Value))}")));

    static HostResult MessagesOf(TestScript script, ref CallContext call)
    {
        string name = call.String(1).ToString();
        LuauTable list = script.Vm.CreateTable();
        int count = 0;
        foreach (Received item in Named(script, Of(ref call), name)) script.Vm.Set(list, ++count, script.FromWire(item.Value));
        return call.Return(list);
    }

    static HostResult Last(TestScript script, ref CallContext call)
    {
        TestPlayer player = Of(ref call);
        string name = call.String(1).ToString();
        if (Named(script, player, name).LastOrDefault() is { } last) return call.Return(script.FromWire(last.Value));
        string[] others = [.. player.Received.Where(item => !item.IsChat).Select(item => ShortName(script, item)).Distinct()];
        throw call.Error($"expected a message '{name}' for {player.Name}, got {(others.Length == 0 ? "none" : $"only '{string.Join("', '", others)}'")}");
    }

    static HostResult Clear(TestScript _, ref CallContext call)
    {
        Of(ref call).Received.Clear();
        return call.Return();
    }

    static IEnumerable<Received> Named(TestScript script, TestPlayer player, string name) =>
        player.Received.Where(item => !item.IsChat && (item.Name == name || ShortName(script, item) == name));

    static string ShortName(TestScript script, Received item) =>
        item.Name.StartsWith($"{script.World.ModId}:", StringComparison.Ordinal) ? item.Name[(script.World.ModId.Length + 1)..] : item.Name;
}
