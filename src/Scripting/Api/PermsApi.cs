using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>perms</c>: rights of players. (Rights of mods are <c>perm</c>.)</summary>
static class PermsApi
{
    const int RightsMax = 256, NameLengthMax = 64, DescriptionMax = 200;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("perms",
        "Rights of players, given by operators to players and groups. A name without a dot is one of this mod: in the mod kits, `use` is `kits.use`.",
    [
        new("register", "(right: string, opts: { default: boolean?, description: string? }?) -> Connection",
            "Makes a right of this mod known to operators. `default`: whether players have it where no rule of the operator names it.")
        { Needs = Permission.Base, Body = Register },
        new("check", "(who: Player | string, right: string) -> boolean", "Whether a player, or an identity, has a right.") { Needs = Permission.PlayerRead, Body = Check },
        new("explain", "(who: Player | string, right: string) -> string", "Why, in words: the rule that decided.") { Needs = Permission.PlayerRead, Body = Explain },
    ]);

    /// <summary>player:can.</summary>
    public static HostResult Can(ModScope mod, ref CallContext call) => call.Return(mod.Services.Rights.Has(PlayerClass.Of(ref call).Player.Uid, RightOf(mod, ref call, 1)));

    /// <summary>Full name of a right as a mod names it.</summary>
    public static string FullName(string modId, string right) => right.Contains('.') ? right : $"{modId}.{right}";

    /// <summary>Whether a text is the name of a right, bare or full.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= NameLengthMax && text.Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));

    static HostResult Register(ModScope mod, ref CallContext call)
    {
        string name = RightOf(mod, ref call, 0);
        if (!name.StartsWith($"{mod.Id}.", StringComparison.Ordinal)) throw call.Error($"the right '{name}' belongs to another mod; yours are named '{mod.Id}.name'");
        LuauTable? options = call[1].IsNil ? null : call.Table(1);
        bool byDefault = options is not null && mod.Vm.Get(options, "default").IsTruthy;
        string description = options is null ? "" : ModLog.Clean(mod.Vm.Get(options, "description").As<LuauString>()?.ToString() ?? "", DescriptionMax);
        var right = new ModRight(mod.Services.Rights, name, mod.Id, byDefault, description);
        if (mod.Ownership.Add(right, RightsMax) is { } refusal) throw call.Error($"perms.register: {refusal}");
        mod.Services.Rights.Add(right);
        return call.Return(mod.ToConnection(right));
    }

    static HostResult Check(ModScope mod, ref CallContext call) => call.Return(mod.Services.Rights.Has(UidOf(ref call), RightOf(mod, ref call, 1)));

    static HostResult Explain(ModScope mod, ref CallContext call) =>
        call.Return(mod.Vm.CreateString(mod.Services.Rights.Explain(UidOf(ref call), RightOf(mod, ref call, 1))));

    static string UidOf(ref CallContext call) => call[0].As<LuauString>() is { } uid ? uid.ToString() : PlayerClass.Of(ref call).Player.Uid;

    static string RightOf(ModScope mod, ref CallContext call, int index)
    {
        string right = call.String(index).ToString();
        return IsName(right) ? FullName(mod.Id, right) : throw call.ArgumentError(index, $"'{ModLog.Clean(right, NameLengthMax)}' is no name of a right");
    }
}
