using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Testing.Doubles;

namespace GameServer.Scripting.Testing.Api;

/// <summary>The players of a test.</summary>
static class PlayersClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 2;

    const string Who = "{ name: string?, uid: string?, language: string?, address: string?, "
        + "trust: (\"verified\" | \"claimed\" | \"guest\")?, ping: number?, rights: { string }?, data: any }?";

    /// <summary>Fields and methods.</summary>
    public static TestClass Class { get; } = new("TestPlayers", Tag, "Made-up players: they come, talk, send and go as the test says.", [],
    [
        new("join", $"(self: TestPlayers, who: {Who}) -> TestPlayer", "Lets somebody in; fails when a mod refuses.", Join),
        new("tryJoin", $"(self: TestPlayers, who: {Who}) -> (TestPlayer?, string?)", "Lets somebody come to the door: the player, or nil and the reason of the refusal.", TryJoin),
        new("all", "(self: TestPlayers) -> { TestPlayer }", "Everybody who is in.", All),
        new("count", "(self: TestPlayers) -> number", "How many are in.", (TestScript script, ref CallContext call) => call.Return(script.World.Players.All.Count)),
    ]);

    static HostResult Join(TestScript script, ref CallContext call)
    {
        TestPlayer candidate = Candidate(script, ref call);
        (TestPlayer? player, string reason) = script.World.Join(candidate);
        script.RaiseFaults(ref call);
        return player is null ? throw call.Error($"{candidate.Name} was not let in: {reason}") : call.Return(script.PlayerObject(player));
    }

    static HostResult TryJoin(TestScript script, ref CallContext call)
    {
        (TestPlayer? player, string reason) = script.World.Join(Candidate(script, ref call));
        script.RaiseFaults(ref call);
        return player is null ? call.Return(LuauValue.Nil, script.Vm.CreateString(reason)) : call.Return(script.PlayerObject(player));
    }

    static HostResult All(TestScript script, ref CallContext call)
    {
        LuauTable list = script.Vm.CreateTable();
        int count = 0;
        foreach (IPlayer player in script.World.Players.All) script.Vm.Set(list, ++count, script.PlayerObject((TestPlayer)player));
        return call.Return(list);
    }

    static TestPlayer Candidate(TestScript script, ref CallContext call)
    {
        if (!script.World.IsStarted) throw call.Error("nobody can join before t:start()");
        int id = script.World.Players.NextId;
        if (call[1].IsNil) return new TestPlayer(id, $"player {id}");
        LuauTable who = call.Table(1);
        string name = Text(script, ref call, who, "name") ?? $"player {id}";
        string trust = Text(script, ref call, who, "trust") ?? "guest";
        if (!Enum.TryParse(trust, ignoreCase: true, out PlayerTrust level)) throw call.ArgumentError(1, "trust is \"verified\", \"claimed\" or \"guest\"");
        var plain = new TestPlayer(id, name);
        var player = new TestPlayer(id, name)
        {
            Uid = Text(script, ref call, who, "uid") ?? plain.Uid, Language = Text(script, ref call, who, "language") ?? plain.Language,
            Address = Text(script, ref call, who, "address") ?? plain.Address, Trust = level,
            JoinData = JoinData(script, ref call, script.Vm.Get(who, "data")),
            Ping = script.Vm.Get(who, "ping").TryGetNumber(out double ping) ? TimeSpan.FromSeconds(ping) : plain.Ping,
        };
        if (script.Vm.Get(who, "rights").As<LuauTable>() is { } rights)
        {
            for (int i = 1; i <= script.Vm.Length(rights); i++) player.Rights.Add(script.Vm.Get(rights, i).ToString()!);
        }
        return player;
    }

    static byte[] JoinData(TestScript script, ref CallContext call, LuauValue value)
    {
        if (value.IsNil) return [];
        return script.ToWire(value, out string refusal) ?? throw call.ArgumentError(1, $"data cannot be sent: {refusal}");
    }

    static string? Text(TestScript script, ref CallContext call, LuauTable who, string field)
    {
        LuauValue value = script.Vm.Get(who, field);
        if (value.IsNil) return null;
        return value.As<LuauString>()?.ToString() ?? throw call.ArgumentError(1, $"{field} must be a string");
    }
}
