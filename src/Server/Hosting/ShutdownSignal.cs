using System.Runtime.InteropServices;
using GameServer.Server.Observability;

namespace GameServer.Server.Hosting;

/// <summary>
/// One request to stop, from SIGTERM, Ctrl+C, a hang-up, a script or the admin interface. The first is carried out cleanly; a second
/// signal, or the end of the grace time, ends the process at once.
/// </summary>
/// <remarks>Any thread may request; signal handlers run on threads of the runtime.</remarks>
sealed class ShutdownSignal : IDisposable
{
    readonly CancellationTokenSource _requested = new();
    readonly ServerLog _log;
    readonly TimeProvider _time;
    readonly TimeSpan _grace;
    readonly List<PosixSignalRegistration> _registrations = [];
    ITimer? _deadline;
    int _requests;

    public ShutdownSignal(TimeProvider time, ServerLog log, TimeSpan grace)
    {
        _time = time;
        _log = log;
        _grace = grace;
    }

    /// <summary>Set from the first request on.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>Why the server stops; empty before a request.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Listens for the signals of the operating system.</summary>
    public void Listen()
    {
        foreach (PosixSignal signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP })
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    /// <summary>Asks the server to stop after the tick under way.</summary>
    /// <param name="reason">Shown to players and in the log.</param>
    /// <returns>False when a stop was already requested.</returns>
    public bool Request(string reason)
    {
        if (Interlocked.Increment(ref _requests) > 1)
            return false;
        Reason = reason;
        _log.StopRequested(reason);
        _deadline = _time.CreateTimer(_ => EndAtOnce(), null, _grace, Timeout.InfiniteTimeSpan);
        _requested.Cancel();
        return true;
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _deadline?.Dispose();
        _requested.Dispose();
    }

    // Left uncancelled, the second signal does what it would without us: it ends the process.
    void OnSignal(PosixSignalContext context)
    {
        bool first = Request($"signal {context.Signal}");
        context.Cancel = first;
        if (!first)
            _log.StopForced("second signal");
    }

    void EndAtOnce()
    {
        _log.StopForced($"not stopped within {_grace.TotalSeconds:0} s");
        Environment.Exit(ExitCodes.Forced);
    }
}
