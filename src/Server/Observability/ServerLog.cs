using Serilog;

namespace GameServer.Server.Observability;

/// <summary>Every log event of the server itself: one method each. Keys, tokens and tickets never appear in an argument here.</summary>
/// <remarks>Any thread.</remarks>
sealed class ServerLog(ILogger log)
{
    /// <summary>The log behind this list, for other rooms' lists.</summary>
    public ILogger Logger => log;

    // Start and stop.

    public void Starting(string version, string runtime, string configFile) =>
        log.Information("gameserver {Version} on {Runtime}, settings from {ConfigFile}", version, runtime, configFile);

    public void SettingWarning(string problem) => log.Warning("{Problem}", problem);

    public void Development() =>
        log.Warning("a development server: whoever holds the admin token may run code in mods (gameserver eval); set server.dev = false where players are strangers");

    public void StartFailed(string why) => log.Fatal("cannot start: {Why}", why);

    public void PortUnavailable(string address, int port, string why) =>
        log.Fatal("cannot listen on {Address} UDP port {Port}: {Why}; another server may be running, or choose net.port", address, port, why);

    public void AdminPortUnavailable(string address, int port, string why) =>
        log.Fatal("cannot listen on {Address} TCP port {Port}: {Why}; choose admin.port, or set admin.enabled = false", address, port, why);

    public void Ready(TimeSpan sinceStart, int port, int rate, int modsRunning, string failed) => log.Information(
        "ready in {Seconds:0.0} s  udp :{Port}  tick {Rate} Hz  mods {Running} ok{Failed}",
        sinceStart.TotalSeconds, port, rate, modsRunning, failed);

    public void TickLoopStarted(int rate, string waiting) =>
        log.Information("ticks: {Rate} per second on an absolute schedule; waiting: {Waiting}", rate, waiting);

    public void StopRequested(string reason) => log.Information("stopping: {Reason}", reason);

    public void StopForced(string reason) => log.Fatal("ended by force: {Reason}", reason);

    public void Stopped(long ticks, long p50, long p99, long max, long skipped) => log.Information(
        "stopped after {Ticks} ticks; a tick began p50 {P50} µs, p99 {P99} µs, at most {Max} µs late; {Skipped} skipped", ticks, p50, p99, max, skipped);

    public void StopStepFailed(string step, Exception exception) =>
        log.Error(exception, "while stopping: {Step} failed, going on", step);

    public void LogEventsDropped(long count) =>
        log.Warning("{Count} log events were dropped because the log could not keep up", count);

    public void Crashed(Exception exception) =>
        log.Fatal(exception, "the tick loop ended with an error of the server itself; stopping");

    public void StorageUnavailable(string file, string reason) =>
        log.Fatal("storage.file: {File} cannot be used: {Reason}", file, reason);

    // Ticks.

    public void TicksSkipped(TimeSpan late, long skipped, int madeUp) => log.Warning(
        "stalled: {Late:0} ms behind the schedule; {Skipped} ticks skipped, {MadeUp} made up for", late.TotalMilliseconds, skipped, madeUp);

    public void SlowTick(long tick, TimeSpan took, TimeSpan period, string most, double mostMilliseconds, int count) => log.Warning(
        "slow tick {Tick}: {Took:0.0} ms of {Period:0.0} ms; most of it {Most} with {MostMs:0.0} ms; {Count} slow since the last such line",
        tick, took.TotalMilliseconds, period.TotalMilliseconds, most, mostMilliseconds, count);

    // Players.

    public void PlayerJoined(int id, string name, string address, int online) => log.Information(
        "player {Id} {Name} joined from {Address}; {Online} online", id, name, address, online);

    public void PlayerLeft(int id, string name, string reason, TimeSpan stayed, int online) => log.Information(
        "player {Id} {Name} left: {Reason}, after {Minutes:0.0} min; {Online} online", id, name, reason, stayed.TotalMinutes, online);

    public void PlayerHeld(int id, string name, string reason, TimeSpan window) => log.Information(
        "player {Id} {Name} is away: {Reason}; the place is held for {Seconds:0} s", id, name, reason, window.TotalSeconds);

    public void PlayerResumed(int id, string name, string address, TimeSpan away) => log.Information(
        "player {Id} {Name} is back from {Address} after {Seconds:0.0} s", id, name, address, away.TotalSeconds);

    public void Flood(string from, double perSecond, string shield) => log.Warning(
        "flood from {From}: {PerSecond:0} datagrams per second of strangers refused; players are unaffected; {Shield}", from, perSecond, shield);

    public void JoinsRefused(int count, string code, string address) => log.Information(
        "{Count} more joins refused within a second, the last one {Code} from {Address}", count, code, address);

    public void JoinRefused(string code, string detail, string address) =>
        log.Debug("join from {Address} refused: {Code} {Detail}", address, code, detail);

    public void Chat(int id, string name, string text) => log.Information("chat {Id} {Name}: {Text}", id, name, text);

    // Operators.

    public void AdminListening(string address, int port, string tokenFile) =>
        log.Information("admin API on {Address}:{Port}, token in {TokenFile}", address, port, tokenFile);

    public void AdminCommand(string by, string command, string arguments, string outcome) =>
        log.Information("audit: {By}: {Command} {Arguments}: {Outcome}", by, command, arguments, outcome);

    public void AuditNotWritten(string why) => log.Error("the audit log cannot be written: {Why}; changes are in this log alone", why);

    public void BlackBoxWritten(string file) => log.Fatal("black box with the last ticks: {File}", file);
}
