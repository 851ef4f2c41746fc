using GameServer.Scripting.Ports;
using Serilog;

namespace GameServer.Scripting;

/// <summary>The mods of a server: loads them, raises their hooks, reloads them when their files change, and keeps each from hurting anybody else.</summary>
/// <remarks>
/// Tick thread, except where a member says otherwise. Order within a tick: <see cref="BeginTick"/>, then the events of players, then <see cref="Update"/>.
/// No member raises because of what a mod does.
/// </remarks>
public sealed partial class ModHost : IDisposable
{
    readonly ModHostOptions _options;
    readonly IPlayerGateway _players;
    readonly IServerPort _server;
    readonly ScriptingLog _log;
    readonly TimeProvider _time;

    /// <summary>Makes a host without mods; <see cref="LoadAll"/> starts them.</summary>
    public ModHost(ModHostOptions options, IPlayerGateway players, IServerPort server, ILogger log, TimeProvider time)
    {
        _options = options;
        _players = players;
        _server = server;
        _log = new ScriptingLog(log);
        _time = time;
    }

    /// <summary>Reads the mods folder, compiles everything (on the pool), and starts the mods in their order. Blocks until done; starts watching.</summary>
    public LoadReport LoadAll() => new(0, []);

    /// <summary>First station of a tick: moves the scripts' clock and carries out what was waiting for the moment between two ticks (reloads, starts, stops).</summary>
    /// <param name="tick">Number of the tick, growing by one.</param>
    /// <param name="dt">Seconds since the tick before: the fixed step.</param>
    public void BeginTick(long tick, double dt) { }

    /// <summary>Last station of a tick for scripts: Think, due timers and tasks, deferred events, then bookkeeping.</summary>
    public void Update() { }

    /// <summary>Script time of the last finished tick per mod, largest first. Valid until the next tick.</summary>
    public IReadOnlyList<ModShare> TopOfTick() => [];

    /// <summary>Tells observers of TickOverrun about a tick that was too long.</summary>
    public void TickOverrun(double milliseconds) { }

    /// <summary>All mods are loaded and the socket is about to open.</summary>
    public void ServerStart() { }

    /// <summary>The server is about to stop; handlers may yield until <paramref name="grace"/> is over, so call <see cref="Update"/> on while <see cref="ShutdownPending"/>.</summary>
    public void ServerShutdown(string reason, TimeSpan grace) { }

    /// <summary>Whether a handler of ServerShutdown still runs.</summary>
    public bool ShutdownPending => false;

    /// <summary>Asks the mods about somebody at the door.</summary>
    /// <param name="candidate">Who.</param>
    /// <param name="decide">Gets the verdict exactly once: before this returns, or from a later <see cref="Update"/> when a handler yields.</param>
    public void PlayerConnecting(JoinCandidate candidate, Action<JoinVerdict> decide) => decide(new JoinVerdict(true, "", null));

    /// <summary>A player is in.</summary>
    public void PlayerConnect(IPlayer player) { }

    /// <summary>A player leaves; the last call with this object.</summary>
    /// <param name="player">Who.</param>
    /// <param name="reason">Text for people.</param>
    /// <param name="code">Code of docs/protocol.md, section 2; 0 when the player left by itself or was lost.</param>
    public void PlayerDisconnect(IPlayer player, string reason, int code) { }

    /// <summary>A player's message arrived.</summary>
    /// <param name="player">From whom.</param>
    /// <param name="name">Full name, <c>mod:name</c>.</param>
    /// <param name="value">One encoded value (docs/protocol.md, section 4), untrusted; used during the call only.</param>
    public MessageOutcome PlayerMessage(IPlayer player, string name, ReadOnlySpan<byte> value) => MessageOutcome.NobodyListens;

    /// <summary>A player said something. Lines that begin with <c>/</c> and name a command of a mod run it.</summary>
    public ChatVerdict PlayerChat(IPlayer player, string text) => new(text, null);

    /// <summary>A command from the operator's console or the admin API.</summary>
    /// <param name="source">Who gave it, for logs and handlers: <c>console</c>, <c>admin</c>.</param>
    /// <param name="line">Name and arguments.</param>
    /// <param name="reply">Gets lines of text.</param>
    /// <returns>False when no mod knows the command.</returns>
    public bool ConsoleCommand(string source, string line, Action<string> reply) => false;

    /// <summary>Every mod on disk or in memory, by id.</summary>
    public IReadOnlyList<ModStatus> List() => [];

    /// <summary>One mod; null when there is none of this id.</summary>
    public ModStatus? Status(string id) => null;

    /// <summary>Reads a mod's files again and swaps it in, whether or not they changed.</summary>
    public ModOrder Reload(string id) => new(false, $"no mod '{id}'");

    /// <summary>Starts a mod that is not running.</summary>
    public ModOrder Start(string id) => new(false, $"no mod '{id}'");

    /// <summary>Unloads a mod until it is started again.</summary>
    public ModOrder Stop(string id) => new(false, $"no mod '{id}'");

    /// <summary>Keeps a mod in memory but does not call it.</summary>
    public ModOrder Suspend(string id) => new(false, $"no mod '{id}'");

    /// <summary>Sets one limit of one mod from now on.</summary>
    /// <param name="id">Mod.</param>
    /// <param name="key">Key of <see cref="LimitCatalog"/>.</param>
    /// <param name="value">New value.</param>
    public ModOrder SetLimit(string id, string key, double value) => new(false, $"no mod '{id}'");

    /// <summary>Runs OnUnload of every mod in reverse start order and destroys their VMs.</summary>
    public void UnloadAll(string reason) { }

    /// <summary>Stops watching and destroys what is left, without calling scripts.</summary>
    public void Dispose() { }
}
