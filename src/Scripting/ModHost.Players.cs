using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Mods;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting;

// Events of players, on their way from the server to the mods.
public sealed partial class ModHost
{
    const string ChatChannel = "all";

    /// <summary>Asks the mods about somebody at the door.</summary>
    /// <param name="candidate">Who.</param>
    /// <param name="decide">Gets the verdict exactly once: before this returns, or from a later <see cref="Update"/> when a handler yields.</param>
    public void PlayerConnecting(JoinCandidate candidate, Action<JoinVerdict> decide)
    {
        HookList list = _registry[HookCatalog.PlayerConnecting];
        if (list.IsEmpty)
        {
            decide(new JoinVerdict(true, "", null));
            return;
        }
        HookValue value = HookValue.Table(
            ("name", candidate.Name), ("uid", candidate.Uid), ("address", candidate.Address), ("trust", candidate.Trust.ToString().ToLowerInvariant()),
            ("language", candidate.Language), ("data", IsWhole(candidate.Data) ? HookValue.Wire(candidate.Data) : default));
        _hooks.DecideWaiting(list, [value], _clock.Now + _options.ConnectDecisionMax.TotalSeconds, verdict =>
            decide(new JoinVerdict(verdict.Kind != VerdictKind.Deny, verdict.Reason, verdict.By)));
    }

    /// <summary>A player is in.</summary>
    public void PlayerConnect(IPlayer player) => _hooks.Notify(HookCatalog.PlayerConnect, PlayerHandles.ToValue(player));

    /// <summary>A player's connection was lost; its place is held. <see cref="PlayerResume"/> or <see cref="PlayerDisconnect"/> follows.</summary>
    /// <param name="player">Who.</param>
    /// <param name="reason">Text for people.</param>
    public void PlayerHold(IPlayer player, string reason) => _hooks.Notify(HookCatalog.PlayerHold, PlayerHandles.ToValue(player), reason);

    /// <summary>A player whose connection was lost is back, with the same object. What was sent to it meanwhile did not arrive.</summary>
    /// <param name="player">Who.</param>
    /// <param name="awaySeconds">How long it was away as far as the server noticed.</param>
    public void PlayerResume(IPlayer player, double awaySeconds)
    {
        _services.World.Restart(player.Id);
        _hooks.Notify(HookCatalog.PlayerResume, PlayerHandles.ToValue(player), awaySeconds);
    }

    /// <summary>A player leaves; the last call with this object. The gateway still finds the player by id while this runs.</summary>
    /// <param name="player">Who.</param>
    /// <param name="reason">Text for people.</param>
    /// <param name="code">Code of docs/protocol.md, section 2; 0 when the player left by itself or was lost.</param>
    public void PlayerDisconnect(IPlayer player, string reason, int code)
    {
        // The last chance for what the player sent: nobody gets messages of a player who has left.
        foreach (Mod mod in _mods.InOrder)
        {
            if (mod.Messages.Count == 0) continue;
            if (mod.IsRunning && mod.Scope is { } scope) DeliverWaiting(mod, scope);
            mod.Messages.Forget(player);
        }
        // Mods that have not met the player yet get the handle made from the object at hand: the gateway may know it no longer.
        foreach (Handler handler in _registry[HookCatalog.PlayerDisconnect].Handlers)
        {
            if (handler.Subscriber.Handles is PlayerTable table && handler.Subscriber.Sandbox.CanEnter) TryMeet(handler.Subscriber, table, player);
        }
        _hooks.Notify(HookCatalog.PlayerDisconnect, PlayerHandles.ToValue(player), reason, code);
        foreach (Mod mod in _mods.InOrder)
        {
            if (mod.Scope is not { } scope) continue;
            if (mod.Queue.Count > 0) scope.Players.RemoveLater(player.Id);
            else scope.Players.Remove(player.Id);
            foreach (MessageRoute route in scope.Routes.Values) route.Forget(player.Id);
        }
        _services.World.Forget(player.Id);
        _snapshots.Forget(player.Id);
    }

    /// <summary>A player's message arrived.</summary>
    /// <param name="player">From whom.</param>
    /// <param name="name">Full name, <c>mod:name</c>.</param>
    /// <param name="value">One encoded value (docs/protocol.md, section 4), untrusted; used during the call only.</param>
    public MessageOutcome PlayerMessage(IPlayer player, string name, ReadOnlySpan<byte> value)
    {
        int colon = name.IndexOf(':');
        if (colon < 1 || _mods.Find(name.AsSpan(0, colon)) is not { } mod) return MessageOutcome.NobodyListens;
        // What an operator suspended may stay so for hours: messages that old would do more harm than good.
        bool mayWait = mod.State == ModState.Suspended && !mod.IsSuspendedByOperator;
        if (!(mod.IsRunning || mayWait) || mod.Scope is not { } scope) return ModStates.HasVm(mod.State) ? MessageOutcome.ModBusy : MessageOutcome.NobodyListens;
        if (mod.IsRunning && (mod.Queue.Count > 0 || mod.Messages.Count > 0)) DeliverWaiting(mod, scope);
        MessageRoute? route = RouteOf(scope, name);
        HookList watchers = _registry[HookCatalog.PlayerMessage];
        if (route is null && watchers.IsEmpty) return MessageOutcome.NobodyListens;

        if (!IsWhole(value)) return MessageOutcome.Malformed;
        if (route is not null && !IsAsDeclared(route, value)) return MessageOutcome.NotAsDeclared;
        if (route is not null && !route.Admit(player, _clock.Now)) return MessageOutcome.OverRate;

        if (!watchers.IsEmpty)
        {
            Verdict verdict = _hooks.Decide(watchers, PlayerHandles.ToValue(player), name, HookValue.Wire(value.ToArray()), value.Length);
            if (verdict.Kind == VerdictKind.Deny) return MessageOutcome.Denied;
            if (verdict.Kind == VerdictKind.Handled) return MessageOutcome.Delivered;
        }
        if (route is null || !route.IsLive) return MessageOutcome.NobodyListens;
        if (scope.Sandbox.CanEnter && mod.Messages.Count == 0) return Deliver(scope, route, player, value);
        return mod.Messages.TryAdd(player, name, value, scope.Sandbox.Account) ? MessageOutcome.Delivered : MessageOutcome.ModBusy;
    }

    /// <summary>Messages of a player were thrown away; at most once per second and player.</summary>
    /// <param name="player">Whose.</param>
    /// <param name="name">Name of the messages, or <c>messages</c>, <c>chat</c>.</param>
    /// <param name="count">How many since the last time.</param>
    /// <param name="why">In a few words.</param>
    public void MessageDropped(IPlayer player, string name, int count, string why) =>
        _hooks.Notify(HookCatalog.MessageDropped, PlayerHandles.ToValue(player), name, (double)count, why);

    /// <summary>A player's client answers a question of a mod.</summary>
    /// <param name="player">Whose.</param>
    /// <param name="request">Number of the question.</param>
    /// <param name="isRefusal">Whether it cannot answer.</param>
    /// <param name="value">One encoded value, untrusted; used during the call only.</param>
    public MessageOutcome PlayerAnswer(IPlayer player, uint request, bool isRefusal, ReadOnlySpan<byte> value) =>
        _services.Requests.Answer(player, request, isRefusal, value);

    /// <summary>A player said something. Lines that begin with <c>/</c> are commands of mods.</summary>
    public ChatVerdict PlayerChat(IPlayer player, string text)
    {
        if (text.StartsWith('/'))
        {
            bool known = RunCommand(text.AsSpan(1), player, "player", reply => _services.Players.Chat(player, null, reply), out string? by);
            if (!known) _services.Players.Chat(player, null, $"Unknown command: {ModLog.Clean(text.Split(' ', 2)[0], 64)}");
            return new ChatVerdict(null, by);
        }
        HookList list = _registry[HookCatalog.PlayerChat];
        if (list.IsEmpty) return new ChatVerdict(text, null);
        HookValue[] args = [PlayerHandles.ToValue(player), text, ChatChannel];
        Verdict verdict = _hooks.Transform(list, args, HookCatalog.PlayerChat.Passes);
        string? result = verdict.Kind == VerdictKind.Deny ? null : args[HookCatalog.PlayerChat.Passes].Text;
        return new ChatVerdict(result is null ? null : ModLog.Clean(result, PlayerClass.ChatBytesMax - 8), verdict.By);
    }

    /// <summary>A command from the operator's console or the admin API.</summary>
    /// <param name="source">Who gave it, for logs and handlers: <c>console</c>, <c>admin</c>.</param>
    /// <param name="line">Name and arguments.</param>
    /// <param name="reply">Gets lines of text; calls after this returned come from handlers that wait.</param>
    /// <returns>False when no mod knows the command.</returns>
    public bool ConsoleCommand(string source, string line, Action<string> reply) => RunCommand(line, null, source, reply, out _);

    /// <summary>Offers words for a command that somebody is typing.</summary>
    /// <param name="player">Who; null for an operator.</param>
    /// <param name="line">What was typed so far, with or without the slash.</param>
    public CommandSuggestions Complete(IPlayer? player, string line) => CommandCompletion.Complete(_services, player, line.StartsWith('/') ? line[1..] : line);

    /// <summary>All commands of mods.</summary>
    public IReadOnlyList<CommandInfo> Commands() => [.. _services.Commands.Shortest.Select(entry => new CommandInfo(
        entry.Key, entry.Value.Mod.Id, entry.Value.Declaration?.Arguments?.Text ?? "", CommandsApi.RightOf(entry.Value) ?? "", entry.Value.Declaration?.Help ?? ""))];

    /// <summary>All rights of players that mods made known, and those that commands need.</summary>
    public IReadOnlyList<RightInfo> Rights()
    {
        Dictionary<string, RightInfo> rights = _services.Rights.All.ToDictionary(
            right => right.Name, right => new RightInfo(right.Name, right.ModId, right.ByDefault, right.Description));
        foreach ((string name, ModCommand command) in _services.Commands.Shortest)
        {
            if (CommandsApi.RightOf(command) is { } right) rights.TryAdd(right, new RightInfo(right, command.Mod.Id, false, $"command {name}"));
        }
        return [.. rights.Values.OrderBy(right => right.Name, StringComparer.Ordinal)];
    }

    /// <summary>Whether a player has a right, and why, in words.</summary>
    public (bool Has, string Why) Explain(string uid, string right) => (_services.Rights.Has(uid, right), _services.Rights.Explain(uid, right));

    bool RunCommand(ReadOnlySpan<char> line, IPlayer? player, string source, Action<string> reply, out string? by)
    {
        line = line.Trim();
        int blank = line.IndexOf(' ');
        string name = (blank < 0 ? line : line[..blank]).ToString();
        string rest = blank < 0 ? "" : line[(blank + 1)..].Trim().ToString();
        by = null;
        if (_services.Commands.Find(name) is not { } command) return false;
        Verdict verdict = player is null
            ? _hooks.Decide(_registry[HookCatalog.ConsoleCommand], source, name, rest)
            : _hooks.Decide(_registry[HookCatalog.PlayerCommand], PlayerHandles.ToValue(player), name, rest);
        by = verdict.By ?? command.Mod.Id;
        if (verdict.Kind == VerdictKind.Deny) reply(verdict.Reason.Length > 0 ? ModLog.Clean(verdict.Reason, 256) : "Refused.");
        else if (verdict.Kind != VerdictKind.Handled && command.IsLive) CommandsApi.Run(_services, command, player, source, rest, reply);
        return true;
    }

    /// <summary>An operator changed what somebody, or anybody, may do.</summary>
    void TellRights(string? uid)
    {
        HookList list = _registry[HookCatalog.PermissionsChanged];
        if (list.IsEmpty) return;
        foreach (IPlayer player in _services.Players.All.Where(player => uid is null || player.Uid == uid).ToArray())
            _hooks.Notify(list, PlayerHandles.ToValue(player));
    }

    static bool IsWhole(ReadOnlySpan<byte> value)
    {
        var reader = new ValueReader(value, ValueFormat.Wire);
        return reader.TrySkip(ValueLimits.Client) && reader.AtEnd;
    }

    static MessageRoute? RouteOf(ModScope scope, string name)
    {
        scope.Routes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name.AsSpan(name.IndexOf(':') + 1), out MessageRoute? route);
        return route;
    }

    static bool IsAsDeclared(MessageRoute route, ReadOnlySpan<byte> value)
    {
        if (route.Declaration?.Schema is not { } schema) return true;
        var reader = new ValueReader(value, ValueFormat.Wire);
        return schema.Matches(ref reader, ValueLimits.Client) && reader.AtEnd;
    }

    /// <summary>Delivers what waited for a mod, as far as it can be called: first hooks, so that nobody speaks before joining, then messages in their order.</summary>
    void DeliverWaiting(Mod mod, ModScope scope)
    {
        if (mod.Queue.Count > 0) _hooks.Flush(scope.Subscriber);
        while (mod.Queue.Count == 0 && scope.Sandbox.CanEnter && mod.Messages.TryTake(out WaitingMessage message))
        {
            // The mod may have another version by now, with other handlers and declarations.
            MessageRoute? route = RouteOf(scope, message.Name);
            MessageOutcome outcome = route is null ? MessageOutcome.NobodyListens
                : IsAsDeclared(route, message.Value) ? Deliver(scope, route, message.Player, message.Value) : MessageOutcome.NotAsDeclared;
            if (outcome != MessageOutcome.Delivered) Drop(mod, message, outcome);
        }
    }

    /// <summary>The generation ended by a fault or an order: what waited for it is dropped.</summary>
    void DropWaiting(Mod mod)
    {
        mod.Queue.Clear();
        while (mod.Messages.TryTake(out WaitingMessage message)) Drop(mod, message, MessageOutcome.ModBusy);
    }

    void Drop(Mod mod, in WaitingMessage message, MessageOutcome why)
    {
        mod.Messages.CountDropped();
        _services.Players.MessageDropped(message.Player, message.Name, why);
    }

    static MessageOutcome Deliver(ModScope scope, MessageRoute route, IPlayer player, ReadOnlySpan<byte> value)
    {
        Sandbox sandbox = scope.Sandbox;
        if (!sandbox.CanEnter) return MessageOutcome.ModBusy;
        LuauValue payload, sender;
        try
        {
            var reader = new ValueReader(value, ValueFormat.Wire);
            // Structure was checked; what is left is a key that appears twice.
            if (!ValueDecoder.TryDecode(ref reader, scope.Vm, ValueLimits.Client, scope.Players, out payload)) return MessageOutcome.Malformed;
            sender = scope.Players.ToLuau(player);
        }
        catch (LuauException)
        {
            // Boundary: the VM has no memory for the message.
            sandbox.OutOfMemory(route.Source);
            return MessageOutcome.ModBusy;
        }
        sandbox.Start(route.Function, [sender, payload], new Entry(route.Source, sandbox.Limits.EventHardMs, MayYield: true, route.Mask, route.Cost));
        return MessageOutcome.Delivered;
    }

    static void TryMeet(HookSubscriber subscriber, PlayerTable table, IPlayer player)
    {
        try
        {
            table.ToLuau(player);
        }
        catch (LuauException)
        {
            // Boundary: the VM has no memory for the handle.
            subscriber.Sandbox.OutOfMemory(HookCatalog.PlayerDisconnect.Name);
        }
    }
}
