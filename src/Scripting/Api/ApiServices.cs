using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Scheduling;
using GameServer.Scripting.World;

namespace GameServer.Scripting.Api;

/// <summary>What all mods of a host share behind their APIs.</summary>
sealed record ApiServices
{
    /// <summary>Raises hooks.</summary>
    public required HookDispatcher Hooks { get; init; }
    /// <summary>Holds handlers.</summary>
    public required HookRegistry Registry { get; init; }
    /// <summary>Who is under way.</summary>
    public required DispatchStack Stack { get; init; }
    /// <summary>Script time.</summary>
    public required TickClock Clock { get; init; }
    /// <summary>Shared encoder; never in use across a call into a script.</summary>
    public required ValueEncoder Encoder { get; init; }
    /// <summary>Names of mods and exports as scripts say them.</summary>
    public NameCache Names { get; } = new();
    /// <summary>Players.</summary>
    public required IPlayerGateway Players { get; init; }
    /// <summary>The server.</summary>
    public required IServerPort Server { get; init; }
    /// <summary>Other mods.</summary>
    public required IModDirectory Mods { get; init; }
    /// <summary>Events on their way.</summary>
    public required EventBus Events { get; init; }
    /// <summary>Calls on their way.</summary>
    public required AsyncCalls Calls { get; init; }
    /// <summary>Commands of all mods.</summary>
    public required CommandTable Commands { get; init; }
    /// <summary>Entities of all mods.</summary>
    public required EntityWorld World { get; init; }
    /// <summary>Questions to clients.</summary>
    public required ClientRequests Requests { get; init; }
    /// <summary>Rights of players.</summary>
    public RightTable Rights { get; init; } = new(null);
    /// <summary>Storage and HTTP.</summary>
    public OutsideAnswers Outside { get; init; } = new(null, null);
    /// <summary>What operators set for mods; null when there is no place for it.</summary>
    public IModConfig? Config { get; init; }
    /// <summary>Folder of the operator's secrets for mods; null when there is none.</summary>
    public string? SecretsFolder { get; init; }
    /// <summary>What mods show about the server to those who look from outside: value by <c>mod.key</c>.</summary>
    public SortedDictionary<string, string> QueryFields { get; } = new(StringComparer.Ordinal);
    /// <summary>Hosts the operator granted to a mod.</summary>
    public Func<string, HttpGrant> HttpHosts { get; init; } = static _ => HttpGrant.None;
}

/// <summary>Where a mod may send HTTP requests.</summary>
/// <param name="Hosts">Hosts, as <see cref="ModHttpRequest.AllowedHosts"/>.</param>
/// <param name="PrivateToo">Whether addresses of private networks are allowed.</param>
sealed record HttpGrant(IReadOnlyList<string> Hosts, bool PrivateToo)
{
    /// <summary>Nowhere.</summary>
    public static HttpGrant None { get; } = new([], false);
}

/// <summary>One mod as other mods may see it.</summary>
/// <param name="Id">Id.</param>
/// <param name="Version">Version.</param>
/// <param name="State">State in lower case.</param>
readonly record struct ModInfo(string Id, string Version, string State);

/// <summary>Other mods by id. Resolved anew at every use, so that a reloaded mod is found again.</summary>
interface IModDirectory
{
    /// <summary>The running generation of a mod; null when it is not in service.</summary>
    ModScope? Running(string id);

    /// <summary>Why a mod is not in service, for an error.</summary>
    string WhyNot(string id);

    /// <summary>Whether a mod is only away for a moment: being loaded, waiting for a restart, suspended.</summary>
    bool IsAway(string id);

    /// <summary>All mods by id.</summary>
    IReadOnlyList<ModInfo> All { get; }

    /// <summary>Asks for a reload at the next lifecycle slot.</summary>
    /// <returns>What to tell who asked; null when it will happen.</returns>
    string? RequestReload(string id);
}
