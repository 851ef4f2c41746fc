using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Api;

/// <summary>A handler of one of the mod's messages.</summary>
sealed class MessageRoute(ModScope mod, string name, LuauRef function, Permission mask) : Registration(RegistrationKind.Handler)
{
    readonly Dictionary<int, (double Tokens, double Filled)> _buckets = [];

    /// <summary>What the manifest says about it; null when nothing.</summary>
    public MessageDeclaration? Declaration { get; } = mod.Declarations.Messages?.GetValueOrDefault(name);

    /// <summary>Rights it runs with.</summary>
    public Permission Mask { get; } = mask;

    /// <summary>Name in logs and accounts.</summary>
    public string Source { get; } = $"message {name}";

    /// <summary>Its account.</summary>
    public CostAccount Cost { get; } = mod.Costs[$"message {name}"];

    /// <summary>The function.</summary>
    public LuauFunction Function => function.Value.As<LuauFunction>()!;

    /// <summary>Counts a message of a player against the declared rate.</summary>
    public bool Admit(IPlayer player, double now)
    {
        if (Declaration?.Rate is not { } rate) return true;
        (double tokens, double filled) = _buckets.TryGetValue(player.Id, out var bucket) ? bucket : (rate.Burst, now);
        tokens = Math.Min(rate.Burst, tokens + (rate.PerSecond * (now - filled)));
        _buckets[player.Id] = (tokens < 1 ? tokens : tokens - 1, now);
        return tokens >= 1;
    }

    /// <summary>Forgets a player who has left.</summary>
    public void Forget(int player) => _buckets.Remove(player);

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        if (mod.Routes.TryGetValue(name, out MessageRoute? current) && current == this) mod.Routes.Remove(name);
        function.Dispose();
    }
}

/// <summary>The library <c>net</c>, and sending to one player.</summary>
static class NetApi
{
    const double RequestSeconds = 10;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("net", "Messages between this mod and its client side. Names get the mod's id in front on the wire.",
    [
        new("on", "(name: string, fn: (player: Player, payload: any) -> ()) -> Connection",
            "Handles a message from players; one handler per name, the last one counts. If mod.toml declares messages, this one must be among them; "
                + "its schema and rate are checked before.")
        { Needs = Permission.NetMessage, Body = On },
        new("broadcast", "(name: string, payload: any?, opts: { except: Player?, where: ((Player) -> boolean)?, reliable: boolean? }?) -> number",
            "Sends a message to everybody; gives the number of players it was sent to.")
        { Needs = Permission.NetMessage, Body = Broadcast },
        new("requestAsync", "(player: Player, name: string, payload: any?, timeout: number?) -> (any, Err?)",
            "Asks a player's client and waits for its answer, at most `timeout` seconds (10). nil and an error of kind `timeout`, `gone` (the player left), `refused` (the client "
                + "does not know the name), `bad answer` (not as `reply` in mod.toml says) or `busy`.")
        { Needs = Permission.NetMessage, Body = RequestAsync },
        new("stats", "(player: Player) -> { inBytes: number, outBytes: number, dropped: number, loss: number }", "Counters of a player's connection.")
        { Needs = Permission.PlayerRead, Body = Stats },
    ]);

    /// <summary>player:send.</summary>
    public static HostResult SendToPlayer(ModScope mod, ref CallContext call)
    {
        PlayerHandle handle = PlayerClass.Of(ref call);
        string name = OutgoingName(mod, ref call, 1);
        ReadOnlySpan<byte> value = Encode(mod, ref call, 2);
        if (!handle.Player.IsConnected || !mod.Egress.TryTake(1, value.Length)) return call.Return(false);
        return call.Return(mod.Services.Players.Send(handle.Player, name, value, Reliable(mod, ref call, 3)));
    }

    static HostResult On(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString();
        LuauFunction function = call.Callable(1);
        CheckName(ref call, name);
        if (mod.Declarations.Messages is { } declared)
        {
            if (!declared.TryGetValue(name, out MessageDeclaration? message)) throw call.Error($"message '{name}' is not declared in mod.toml");
            if (message.Direction == MessageDirection.ToClient) throw call.Error($"message '{name}' is declared as to_client in mod.toml");
        }
        if (mod.Routes.TryGetValue(name, out MessageRoute? before)) before.Release();
        var route = new MessageRoute(mod, name, mod.Vm.CreateRef(function), (Permission)call.Thread.HostMask);
        if (mod.Ownership.Add(route, mod.Sandbox.Limits.Hooks) is { } refusal) throw call.Error($"net.on: {refusal}");
        mod.Routes[name] = route;
        return call.Return(mod.ToConnection(route));
    }

    static HostResult Broadcast(ModScope mod, ref CallContext call)
    {
        string name = OutgoingName(mod, ref call, 0);
        LuauTable? options = call[2].IsNil ? null : call.Table(2);
        LuauValue where = options is null ? default : mod.Vm.Get(options, "where");
        var except = options is null ? null : mod.Vm.Get(options, "except").As<Userdata>()?.Target as PlayerHandle;
        bool reliable = Reliable(mod, ref call, 2);
        List<IPlayer> targets = [];
        foreach (IPlayer player in mod.Services.Players.All.ToArray())
        {
            if (player == except?.Player || !player.IsConnected) continue;
            if (where.IsNil || call.Call(where, mod.Players.ToLuau(player)).IsTruthy) targets.Add(player);
        }
        // Encoded after `where` ran: it is script code and may have used the shared encoder.
        ReadOnlySpan<byte> value = Encode(mod, ref call, 1);
        if (targets.Count == 0 || !mod.Egress.TryTake(targets.Count, value.Length)) return call.Return(0.0);
        double sent = 0;
        foreach (IPlayer target in targets)
        {
            if (mod.Services.Players.Send(target, name, value, reliable)) sent++;
        }
        return call.Return(sent);
    }

    static HostResult RequestAsync(ModScope mod, ref CallContext call)
    {
        IPlayer player = PlayerClass.Of(ref call).Player;
        string name = OutgoingName(mod, ref call, 1);
        double seconds = call.Number(3, RequestSeconds);
        double most = mod.Sandbox.Limits.ReturnWaitS;
        if (!(seconds > 0 && seconds <= most)) throw call.ArgumentError(3, $"the timeout must be up to {most} seconds (return_wait_s)");
        ClientRequests requests = mod.Services.Requests;
        if (!player.IsConnected) return Failed(mod, ref call, "gone", "the player has left");
        if (!requests.HasRoom(player)) return Failed(mod, ref call, "busy", "the client has too many questions to answer already");
        OutsideWait wait = OutsideWait.Begin(mod, ref call, "requestAsync", 0);
        try
        {
            ReadOnlySpan<byte> value = Encode(mod, ref call, 2);
            uint id = requests.NextId();
            if (mod.Egress.TryTake(1, value.Length) && mod.Services.Players.Request(player, id, name, value))
            {
                MessageSchema? reply = mod.Declarations.Messages?.GetValueOrDefault(call.String(1).ToString())?.Reply;
                requests.Add(id, new ClientRequest(wait, player, reply, mod.Services.Clock.Now + seconds));
                return wait.Yield(ref call);
            }
        }
        catch (LuauException)
        {
            wait.Cancel();
            throw;
        }
        wait.Cancel();
        return Failed(mod, ref call, "busy", "the mod or the server sends too much to this player");
    }

    static HostResult Failed(ModScope mod, ref CallContext call, string kind, string message) => call.Return(LuauValue.Nil, Err.Make(mod, kind, message));

    static HostResult Stats(ModScope mod, ref CallContext call)
    {
        PlayerTraffic traffic = mod.Services.Players.Traffic(PlayerClass.Of(ref call).Player);
        LuauTable table = mod.Vm.CreateTable(fieldCapacity: 4);
        mod.Vm.Set(table, "inBytes", traffic.InBytes);
        mod.Vm.Set(table, "outBytes", traffic.OutBytes);
        mod.Vm.Set(table, "dropped", traffic.Dropped);
        mod.Vm.Set(table, "loss", traffic.Loss);
        return call.Return(table);
    }

    static string OutgoingName(ModScope mod, ref CallContext call, int index)
    {
        string name = call.String(index).ToString();
        CheckName(ref call, name);
        if (mod.Declarations.Messages is { } declared)
        {
            if (!declared.TryGetValue(name, out MessageDeclaration? message)) throw call.Error($"message '{name}' is not declared in mod.toml");
            if (message.Direction == MessageDirection.ToServer) throw call.Error($"message '{name}' is declared as to_server in mod.toml");
        }
        return $"{mod.Id}:{name}";
    }

    static void CheckName(ref CallContext call, string name)
    {
        if (!MessageNames.IsName(name)) throw call.Error($"'{name}' is no message name: letters, digits, '_', '-' and '.', at most {MessageNames.LengthMax}");
    }

    static ReadOnlySpan<byte> Encode(ModScope mod, ref CallContext call, int index)
    {
        ValueEncoder encoder = mod.Services.Encoder;
        encoder.Begin(mod.Vm, ValueFormat.Wire, ValueLimits.Of(mod.Sandbox.Limits), mod.Players);
        return encoder.TryAdd(call[index], "payload") ? encoder.Encoded : throw call.Error($"bad value: {encoder.Refusal}");
    }

    static bool Reliable(ModScope mod, ref CallContext call, int index)
    {
        if (call[index].IsNil) return true;
        LuauValue reliable = mod.Vm.Get(call.Table(index), "reliable");
        return reliable.IsNil || reliable.IsTruthy;
    }
}
