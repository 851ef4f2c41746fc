using Serilog;
using Serilog.Events;

namespace GameServer.Scripting;

/// <summary>Every log event of this project. Any thread.</summary>
sealed class ScriptingLog(ILogger log)
{
    readonly ILogger _log = log.ForContext("Area", "mods");

    /// <summary>Whether per-dispatch detail is wanted.</summary>
    public bool IsDebug => _log.IsEnabled(LogEventLevel.Debug);

    public void Watching(string how, string folder) => _log.Information("Watching {Folder} by {How}", folder, how);

    public void EventsDoNotArrive(string folder) =>
        _log.Warning("File events do not arrive for {Folder}; looking at the files at an interval instead", folder);

    public void ModsFolderMissing(string folder) => _log.Warning("No folder {Folder}; running without mods until it appears", folder);

    public void Loaded(string mod, string version, int generation, double milliseconds) =>
        _log.Information("Mod {Mod} {Version} loaded (generation {Generation}, {Milliseconds:0.0} ms)", mod, version, generation, milliseconds);

    public void ReloadStep(string mod, int correlation, string step) => _log.Debug("Reload {Correlation} of {Mod}: {Step}", correlation, mod, step);

    public void Reloaded(string mod, string version, int generation, double swapMilliseconds) =>
        _log.Information("Mod {Mod} {Version} reloaded (generation {Generation}, swap {Milliseconds:0.0} ms)", mod, version, generation, swapMilliseconds);

    public void ReloadRefused(string mod, string problems) => _log.Error("Mod {Mod} keeps its old version, the new one does not load: {Problems}", mod, problems);

    public void ExportGone(string mod, string export, string caller) =>
        _log.Warning("Mod {Mod} no longer exports {Export}, which mod {Caller} calls", mod, export, caller);

    public void RolledBack(string mod, string why) => _log.Error("Mod {Mod} went back to its last good version: {Why}", mod, why);

    public void Invalid(string mod, string problems) => _log.Error("Mod {Mod} does not load: {Problems}", mod, problems);

    public void Blocked(string mod, string why) => _log.Error("Mod {Mod} cannot start: {Why}", mod, why);

    public void State(string mod, ModState from, ModState to, string reason) =>
        _log.Debug("Mod {Mod}: {From} to {To} {Reason}", mod, from, to, reason);

    public void Faulted(string mod, string reason) => _log.Error("Mod {Mod} was stopped: {Reason}", mod, reason);

    public void Restarting(string mod, double seconds) => _log.Warning("Mod {Mod} starts again in {Seconds:0.0} s", mod, seconds);

    public void Broken(string mod, string reason) => _log.Error("Mod {Mod} stays off until its files change or an operator starts it: {Reason}", mod, reason);

    public void Suspended(string mod, string reason) => _log.Warning("Mod {Mod} is suspended: {Reason}", mod, reason);

    public void Resumed(string mod) => _log.Information("Mod {Mod} is in service again", mod);

    public void Unloaded(string mod, string reason) => _log.Information("Mod {Mod} unloaded ({Reason})", mod, reason);

    public void ScriptError(string mod, string source, string message, string traceback, int suppressed) =>
        _log.Error("Mod {Mod}, {Source}: {Message}{Suppressed}\n{Traceback}", mod, source, message, Suppressed(suppressed), traceback);

    public void HostFailed(string mod, string source, Exception mistake) =>
        _log.Error(mistake, "Mod {Mod}, {Source}: the server itself failed while it served this mod; please report this", mod, source);

    public void Killed(string mod, string source, double milliseconds, string place) =>
        _log.Error("Mod {Mod}, {Source}: stopped after {Milliseconds:0} ms, limit reached {Place}", mod, source, milliseconds, place);

    public void CutShort(string mod, string source, string why) => _log.Debug("Mod {Mod}, {Source}: {Why}", mod, source, why);

    public void Slow(string mod, double milliseconds, double budget, string place) =>
        _log.Warning("Mod {Mod} takes {Milliseconds:0.0} ms per tick, its share is {Budget:0.0} ms {Place}", mod, milliseconds, budget, place);

    public void Chatty(string caller, string callee, string export, double callsPerSecond, double milliseconds) => _log.Warning(
        "Mod {Caller} calls {Callee}.{Export} {Calls:0} times per second ({Milliseconds:0.00} ms per tick); fewer calls with more in each cost less: gameserver mod calls",
        caller, callee, export, callsPerSecond, milliseconds);

    public void Thinned(string mod, int every) => _log.Warning("Mod {Mod} is over its share: Think runs every {Every} ticks", mod, every);

    public void Dropped(string mod, long count) => _log.Warning("Mod {Mod}: {Count} hooks and messages that waited for it were dropped", mod, count);

    public void Permissions(string mod, string granted, string refused) =>
        _log.Information("Mod {Mod} may use {Granted}; asked for and not granted: {Refused}", mod, granted, refused.Length == 0 ? "nothing" : refused);

    public void Note(string mod, string message) => _log.Warning("Mod {Mod}: {Message}", mod, message);

    public void Bootstrap(string file, string message) => _log.Error("Bootstrap script {File} failed: {Message}", file, message);

    /// <summary>A line a mod wrote.</summary>
    public void Line(string mod, LogEventLevel level, string text, int suppressed) => _log.Write(level, "[{Mod}] {Text:l}{Suppressed:l}", mod, text, Suppressed(suppressed));

    static string Suppressed(int count) => count == 0 ? "" : $" ({count} more suppressed)";
}
