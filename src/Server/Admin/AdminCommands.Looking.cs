using GameServer.Scripting.Profiling;

namespace GameServer.Server.Admin;

// What is only looked at: costs, slow ticks, profiles, and why things are as they are.
static partial class AdminCommands
{
    const int ProfileSecondsMax = 600;

    static AdminArgument Window => new("window", AdminType.Number, "The last so many seconds, 1 to 60; 10 when left out.", Required: false);
    static AdminArgument OneMod => new("mod", AdminType.Text, "Only this mod.", Required: false);

    static AdminCommand[] Looking =>
    [
        new()
        {
            Name = "mod show", Method = "GET", Route = "/mods/{id}", Summary = "Shows one mod in full: state, limits in use, cost by hook, calls to and from other mods.",
            Arguments = [Mod], Example = "mod show hello",
            Execute = call => call.Target.Mods.Status(call.Text("id")) is { } status ? ModReport.Of(status, call.Target.Mods.CostsOf(status.Id)) : null,
            Stale = (last, call) => last.Mods.FirstOrDefault(mod => mod.Id == call.Text("id")),
        },
        new()
        {
            Name = "mod top", Method = "GET", Route = "/costs", Summary = "Shows what every mod costs, the most expensive first.", Example = "mod top --window 60 --sort memory",
            Arguments = [Window, new("sort", AdminType.Text, "self (own time), total (with what it called), calls, memory, errors, or name.", Required: false)],
            Execute = call => Sorted(call.Target.Mods.Costs(call.Whole("window", 10, 1, 60)), call.Text("sort")),
            Stale = (last, _) => last.Costs,
        },
        new()
        {
            Name = "mod profile", Method = "GET", Route = "/mods/{id}/profile",
            Summary = "Shows what one mod costs by hook over 1 s, 10 s and 60 s, and its calls to and from others.",
            Arguments = [Mod], Example = "mod profile hello", Execute = call => call.Target.Mods.CostsOf(call.Text("id")),
        },
        new()
        {
            Name = "mod calls", Method = "GET", Route = "/calls", Summary = "Shows what mods cost each other by calling exports, the most expensive first.",
            Example = "mod calls --mod hello", Arguments = [OneMod, Window],
            Execute = call => call.Target.Mods.CallCosts(call.Whole("window", 10, 1, 60)).Where(edge => IsOf(edge, call.Text("mod"))).ToArray(),
            Stale = (last, call) => last.Edges.Where(edge => IsOf(edge, call.Text("mod"))).ToArray(),
        },
        new()
        {
            Name = "mod why", Method = "GET", Route = "/mods/{id}/why", Summary = "Tells why a mod is in its state, what happened before, and what to do.",
            Arguments = [Mod], Example = "mod why hello", Execute = call => call.Target.Mods.Why(call.Text("id")),
        },
        new()
        {
            Name = "top", Method = "GET", Route = "/top", Summary = "Shows ticks, traffic, players and the most expensive mods at once.", Example = "top --once",
            Arguments = [Window], HasOwnVerb = true, Execute = call => TopOf(call.Target, call.Whole("window", 10, 1, 60)), Stale = (last, _) => last.Top,
        },
        new()
        {
            Name = "lag last", Method = "GET", Route = "/lag/last", Summary = "Shows the last tick that was too long: who took how much, in which function.", Example = "lag last",
            HasOwnVerb = true, IsOffTick = true,
            Execute = call => call.Target.SlowTicks() is [var last, ..] ? last : new AdminAnswer(true, "no tick was too long since the server started"),
        },
        new()
        {
            Name = "lag list", Method = "GET", Route = "/lag", Summary = "Lists the last ticks that were too long, the latest first.", Example = "lag list",
            HasOwnVerb = true, IsOffTick = true, Execute = call => call.Target.SlowTicks(),
        },
        new()
        {
            Name = "profile start", Method = "POST", Route = "/profile", Summary = "Begins to sample what scripts do by function and line.", Example = "profile 30s",
            Arguments =
            [
                new("length", AdminType.Number, $"Seconds, 1 to {ProfileSecondsMax}; 30 when left out.", Required: false), OneMod,
                new("interval", AdminType.Number, "Milliseconds between samples, 1 to 100; 2 when left out.", Required: false),
            ],
            HasOwnVerb = true, IsOffTick = true, Execute = StartProfile,
        },
        new()
        {
            Name = "profile status", Method = "GET", Route = "/profile", Summary = "Tells how far the profile is; its result is at /v1/profile/result.", Example = "profile",
            HasOwnVerb = true, IsOffTick = true, Execute = call => ProfileStatus.Of(call.Target.Mods.Profile),
        },
        new()
        {
            Name = "eval", Method = "POST", Route = "/mods/{id}/eval", Summary = "Runs code in a mod's globals, with the mod's rights; on development servers only.",
            Arguments = [Mod, new("code", AdminType.Text, "An expression, whose values are shown, or statements.")], Example = "eval hello \"players.count()\"",
            Execute = call => Answer(call.Target.Mods.Eval(call.Text("id"), call.Text("code"))),
        },
        new()
        {
            Name = "audit", Method = "GET", Route = "/audit", Summary = "Lists the last changes that operators made, the latest first.", Example = "audit",
            IsOffTick = true, Execute = call => call.Target.Audit(),
        },
    ];

    static bool IsOf(CallCost edge, string mod) => mod.Length == 0 || edge.Caller == mod || edge.Callee == mod;

    static IReadOnlyList<ModCost> Sorted(IReadOnlyList<ModCost> costs, string by) => by switch
    {
        "total" => [.. costs.OrderByDescending(cost => cost.Window.TotalMsPerTick)],
        "calls" => [.. costs.OrderByDescending(cost => cost.Window.CallsPerSecond)],
        "memory" => [.. costs.OrderByDescending(cost => cost.MemoryBytes)],
        "errors" => [.. costs.OrderByDescending(cost => cost.Window.Errors + cost.Window.Kills)],
        "name" => [.. costs.OrderBy(cost => cost.Mod, StringComparer.Ordinal)],
        _ => costs,
    };

    /// <summary>The page of <c>top</c>.</summary>
    public static TopReport TopOf(IAdminTarget target, int window)
    {
        IReadOnlyList<ModCost> mods = target.Mods.Costs(window);
        return new TopReport
        {
            Server = target.Server(),
            Recent = target.RecentTicks(),
            ScriptMsPerTick = Math.Round(mods.Sum(mod => mod.Window.SelfMsPerTick), 3),
            Window = mods.Count == 0 ? window : mods[0].Window.Seconds,
            LastSlow = target.SlowTicks() is [var last, ..] ? last.Text : "",
            Mods = mods,
        };
    }

    static object StartProfile(AdminCall call)
    {
        string mod = call.Text("mod");
        if (mod.Length > 0 && !call.Target.Mods.Has(mod)) return new AdminAnswer(false, $"there is no mod '{mod}'");
        var length = TimeSpan.FromSeconds(call.Whole("length", 30, 1, ProfileSecondsMax));
        var interval = TimeSpan.FromMilliseconds(call.Whole("interval", 2, 1, 100));
        return call.Target.Mods.StartProfile(mod.Length == 0 ? null : mod, length, interval) is { } run
            ? ProfileStatus.Of(run)
            : new AdminAnswer(false, "a profile is under way already; see: gameserver profile status");
    }
}
