namespace GameServer.Scripting.Isolation;

/// <summary>What a mod's use of time calls for after a tick.</summary>
enum BudgetVerdict
{
    /// <summary>Nothing.</summary>
    Fine,
    /// <summary>Its mean over five seconds is above its share; said once.</summary>
    Warn,
    /// <summary>Think now runs less often.</summary>
    Thin,
    /// <summary>In debt by more than three seconds: not called for five.</summary>
    Suspend,
}

/// <summary>A mod's share of the tick and the ladder it climbs when it takes more: warning, Think every 2nd, 4th, 8th tick, suspension.</summary>
/// <remarks>Tick thread. Costs an idle mod nothing: a tick without script time is only counted when the mod had some lately.</remarks>
sealed class ModBudget(double budgetMilliseconds)
{
    const double MeanSeconds = 5;
    const double StepSeconds = 2;
    const int ThinnestEvery = 8;
    const double DebtMillisecondsMax = 3000;

    double _debt;
    double _mean;
    double _sinceStep;
    bool _warned;

    /// <summary>Share in ms per tick.</summary>
    public double BudgetMilliseconds { get; set; } = budgetMilliseconds;

    /// <summary>Think runs every that many ticks: 1, 2, 4 or 8.</summary>
    public int ThinkEvery { get; private set; } = 1;

    /// <summary>Mean script time per tick over about five seconds.</summary>
    public double MeanMilliseconds => _mean;

    /// <summary>Script time used above the share and not yet worked off.</summary>
    public double DebtMilliseconds => _debt;

    /// <summary>Whether a tick without script time still changes something here.</summary>
    public bool IsWarm => _mean > 0.0001 || _debt > 0 || ThinkEvery > 1;

    /// <summary>Accounts one tick.</summary>
    /// <param name="usedMilliseconds">Script time of the mod in this tick.</param>
    /// <param name="dt">Length of a tick in seconds.</param>
    public BudgetVerdict EndTick(double usedMilliseconds, double dt)
    {
        _mean += (usedMilliseconds - _mean) * Math.Min(1, dt / MeanSeconds);
        _debt = Math.Max(0, _debt + usedMilliseconds - BudgetMilliseconds);
        _sinceStep += dt;
        if (_debt > DebtMillisecondsMax)
        {
            _debt = 0;
            return BudgetVerdict.Suspend;
        }
        if (_mean > BudgetMilliseconds) return Climb();
        if (_mean < BudgetMilliseconds / 2) Descend();
        return BudgetVerdict.Fine;
    }

    BudgetVerdict Climb()
    {
        if (!_warned)
        {
            _warned = true;
            _sinceStep = 0;
            return BudgetVerdict.Warn;
        }
        if (_sinceStep < StepSeconds || ThinkEvery >= ThinnestEvery) return BudgetVerdict.Fine;
        _sinceStep = 0;
        ThinkEvery *= 2;
        return BudgetVerdict.Thin;
    }

    void Descend()
    {
        if (_sinceStep < StepSeconds) return;
        _sinceStep = 0;
        if (ThinkEvery > 1) ThinkEvery /= 2;
        else _warned = false;
    }
}
