using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>commands</c>, and running one.</summary>
static class CommandsApi
{
    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("commands", "Words that players type with a slash, and operators without.",
    [
        new("add", "(name: string, fn: (ctx: { player: Player?, source: string, args: any, line: string, reply: (text: string) -> () }) -> (), "
            + "opts: { complete: ((argument: string, word: string, player: Player?) -> { string }?)? }?) -> Connection",
            "Registers a command. `ctx.args` has the arguments that mod.toml declares by name, else the rest of the line. If another mod has the "
                + "name, this one is typed as `mod:name`. `complete` offers words for an argument that somebody is typing.")
        { Needs = Permission.ConsoleCommand, Body = Add },
        new("list", "(player: Player?) -> { { name: string, mod: string, args: string, help: string, right: string?, arguments: { { name: string, type: string, "
            + "optional: boolean, choices: { string } } } } }",
            "All commands of all mods, or those that a player may use.")
        { Needs = Permission.Base, Body = List },
    ]);

    /// <summary>Runs a command.</summary>
    /// <param name="services">Shared.</param>
    /// <param name="command">Which.</param>
    /// <param name="player">Who typed it; null for an operator.</param>
    /// <param name="source">Who gave it, for the handler.</param>
    /// <param name="line">What stands behind the name.</param>
    /// <param name="reply">Gets lines of text, also later when the handler waits.</param>
    public static void Run(ApiServices services, ModCommand command, IPlayer? player, string source, string line, Action<string> reply)
    {
        ModScope mod = command.Mod;
        if (player is not null && !MayUse(services, command, player))
        {
            reply(command.Declaration!.Refusal ?? $"You may not use /{command.Name}: that needs the right {RightOf(command)}.");
            return;
        }
        HookValue arguments = line;
        if (command.Declaration?.Arguments is { } declared && declared.Read(line, services.Players, out arguments) is { } problem)
        {
            reply(problem);
            return;
        }
        LuauValue context;
        try
        {
            context = Context(mod, player, source, line, arguments, reply);
        }
        catch (LuauException)
        {
            // Boundary: the VM has no memory for the context.
            mod.Sandbox.OutOfMemory($"command {command.Name}");
            return;
        }
        var entry = new Entry($"command {command.Name}", mod.Sandbox.Limits.EventHardMs, MayYield: true, command.Mask);
        RunStatus status = mod.Sandbox.Start(command.Function, [context], entry);
        if (status is RunStatus.Failed or RunStatus.Killed) reply("The command failed.");
        else if (status == RunStatus.Refused) reply("The command is not available right now.");
    }

    /// <summary>Whether a player has the right a command needs.</summary>
    public static bool MayUse(ApiServices services, ModCommand command, IPlayer player) => RightOf(command) is not { } right || services.Rights.Has(player.Uid, right);

    /// <summary>The right players need for a command; null when everybody may use it.</summary>
    public static string? RightOf(ModCommand command) => command.Declaration?.Permission is { } right ? PermsApi.FullName(command.Mod.Id, right) : null;

    static LuauTable Context(ModScope mod, IPlayer? player, string source, string line, HookValue arguments, Action<string> reply)
    {
        LuauTable context = mod.Vm.CreateTable(fieldCapacity: 5);
        if (player is not null) mod.Vm.Set(context, "player", mod.Players.ToLuau(player));
        mod.Vm.Set(context, "source", mod.Vm.CreateString(source));
        mod.Vm.Set(context, "line", mod.Vm.CreateString(line));
        mod.Vm.Set(context, "args", arguments.ToLuau(mod.Vm, mod.Players));
        mod.Vm.Set(context, "reply", new HostFunction("reply", (ref CallContext call) =>
        {
            reply(ModLog.Clean(call.String(0).ToString(), PlayerClass.ChatBytesMax));
            return call.Return();
        }));
        mod.Vm.Freeze(context);
        return context;
    }

    static HostResult Add(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString();
        LuauFunction function = call.Callable(1);
        if (!CommandNames.IsName(name)) throw call.ArgumentError(0, "a command is named with a-z, 0-9, '_' and '-', at most 32");
        LuauFunction? complete = call[2].IsNil ? null : mod.Vm.Get(call.Table(2), "complete").As<LuauFunction>();
        var command = new ModCommand(
            mod, name, mod.Vm.CreateRef(function), complete is null ? null : mod.Vm.CreateRef(complete), (Permission)call.Thread.HostMask, mod.Services.Commands);
        if (mod.Ownership.Add(command, mod.Sandbox.Limits.Commands) is { } refusal) throw call.Error($"commands.add: {refusal}");
        if (mod.Services.Commands.Add(command) is { } other && other != mod.Id)
            mod.Log.Line(Serilog.Events.LogEventLevel.Warning, $"mod '{other}' has the command '{name}' already; this one is '{mod.Id}:{name}'", mod.Sandbox.Limits);
        return call.Return(mod.ToConnection(command));
    }

    static HostResult List(ModScope mod, ref CallContext call)
    {
        IPlayer? player = call[0].IsNil ? null : PlayerClass.Of(ref call).Player;
        LuauTable list = mod.Vm.CreateTable();
        int count = 0;
        foreach ((string name, ModCommand command) in mod.Services.Commands.Shortest)
        {
            if (player is not null && !MayUse(mod.Services, command, player)) continue;
            LuauTable entry = mod.Vm.CreateTable(fieldCapacity: 6);
            mod.Vm.Set(entry, "name", mod.Vm.CreateString(name));
            mod.Vm.Set(entry, "mod", mod.Vm.CreateString(command.Mod.Id));
            mod.Vm.Set(entry, "args", mod.Vm.CreateString(command.Declaration?.Arguments?.Text ?? ""));
            mod.Vm.Set(entry, "help", mod.Vm.CreateString(command.Declaration?.Help ?? ""));
            if (RightOf(command) is { } right) mod.Vm.Set(entry, "right", mod.Vm.CreateString(right));
            mod.Vm.Set(entry, "arguments", Arguments(mod, command));
            mod.Vm.Set(list, ++count, entry);
        }
        return call.Return(list);
    }

    static LuauTable Arguments(ModScope mod, ModCommand command)
    {
        LuauTable list = mod.Vm.CreateTable();
        int count = 0;
        foreach (CommandArgument argument in command.Declaration?.Arguments?.All ?? [])
        {
            LuauTable entry = mod.Vm.CreateTable(fieldCapacity: 4), choices = mod.Vm.CreateTable();
            mod.Vm.Set(entry, "name", mod.Vm.CreateString(argument.Name));
            mod.Vm.Set(entry, "type", mod.Vm.CreateString(argument.Type.ToString().ToLowerInvariant()));
            mod.Vm.Set(entry, "optional", argument.Optional);
            for (int i = 0; i < argument.Choices.Count; i++) mod.Vm.Set(choices, i + 1, mod.Vm.CreateString(argument.Choices[i]));
            mod.Vm.Set(entry, "choices", choices);
            mod.Vm.Set(list, ++count, entry);
        }
        return list;
    }
}
