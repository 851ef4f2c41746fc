namespace GameServer.Scripting.Isolation;

/// <summary>What follows from a fault.</summary>
enum FaultVerdict
{
    /// <summary>Logged; the mod stays in service.</summary>
    GoOn,
    /// <summary>Too many errors: not called for a while.</summary>
    Suspend,
    /// <summary>The VM is destroyed and the mod starts again after a wait.</summary>
    Restart,
}

/// <summary>Counts a mod's faults and says when it is enough. Survives reloads and restarts of the mod.</summary>
/// <remarks>Tick thread; time comes in as seconds of the host's clock.</remarks>
sealed class FaultPolicy(Random jitter)
{
    const double ErrorWindowSeconds = 10;
    const double KillWindowSeconds = 60;
    const int KillsMax = 3;
    const double RestartWindowSeconds = 600;
    const double HealthySeconds = 60;
    const double BackoffSecondsMax = 60;

    readonly Queue<double> _kills = new();
    readonly Queue<double> _restarts = new();
    double _errorWindowStart = double.NegativeInfinity;
    int _errorsInWindow;
    int _backoffStep;
    double _runningSince;

    /// <summary>A script error that was caught.</summary>
    public FaultVerdict Error(double now, double errorsMax)
    {
        if (now - _errorWindowStart > ErrorWindowSeconds)
        {
            _errorWindowStart = now;
            _errorsInWindow = 0;
        }
        if (++_errorsInWindow <= errorsMax) return FaultVerdict.GoOn;
        _errorWindowStart = double.NegativeInfinity;
        return FaultVerdict.Suspend;
    }

    /// <summary>A hard stop at a deadline. The third within a minute is one too many.</summary>
    public FaultVerdict Kill(double now)
    {
        _kills.Enqueue(now);
        while (now - _kills.Peek() > KillWindowSeconds) _kills.Dequeue();
        if (_kills.Count < KillsMax) return FaultVerdict.GoOn;
        _kills.Clear();
        return FaultVerdict.Restart;
    }

    /// <summary>The mod is in service.</summary>
    public void Started(double now) => _runningSince = now;

    /// <summary>The mod must start again: how long to wait.</summary>
    /// <returns>Seconds: 1, 2, 4, 8 … 60, each up to a tenth longer by chance; null when it did so too often.</returns>
    public double? NextRestart(double now, double restartsMax)
    {
        if (now - _runningSince > HealthySeconds) _backoffStep = 0;
        _restarts.Enqueue(now);
        while (now - _restarts.Peek() > RestartWindowSeconds) _restarts.Dequeue();
        if (_restarts.Count > restartsMax) return null;
        double wait = Math.Min(BackoffSecondsMax, Math.Pow(2, _backoffStep++));
        return wait * (1 + (0.1 * jitter.NextDouble()));
    }

    /// <summary>An operator or a change of files gives the mod a clean slate.</summary>
    public void Forgive()
    {
        _kills.Clear();
        _restarts.Clear();
        _errorWindowStart = double.NegativeInfinity;
        _backoffStep = 0;
    }
}
