using GameServer.Server.Admin;
using GameServer.Server.Players;

namespace GameServer.Server.Hosting;

/// <summary>A stop that waits for the players: nobody new comes in, everybody is told how long it takes, and the server stops when the last has left or the time is up.</summary>
/// <remarks>Tick thread.</remarks>
sealed class Drain
{
    // What players are told about, in seconds left.
    static readonly int[] Notices = [3600, 1800, 900, 600, 300, 120, 60, 30, 10, 5];

    readonly Func<int> _players;
    readonly JoinGate _gate;
    readonly Action<string> _tell;
    readonly Action<string> _stop;
    readonly TimeProvider _time;
    string _reason = "";
    long _began;
    TimeSpan? _limit;
    int _notice;

    /// <summary>Makes one that is not under way.</summary>
    /// <param name="players">How many are here.</param>
    /// <param name="gate">The door to close.</param>
    /// <param name="tell">Shows a line of chat to everybody.</param>
    /// <param name="stop">Stops the server, with a reason.</param>
    /// <param name="time">Clock.</param>
    public Drain(Func<int> players, JoinGate gate, Action<string> tell, Action<string> stop, TimeProvider time) =>
        (_players, _gate, _tell, _stop, _time) = (players, gate, tell, stop, time);

    /// <summary>Whether it is under way.</summary>
    public bool IsOn => _gate.IsClosed;

    /// <summary>Closes the door; a drain under way gets the new limit.</summary>
    /// <param name="limit">Longest wait; null waits for the last player.</param>
    /// <param name="reason">For players and mods.</param>
    public AdminAnswer Begin(TimeSpan? limit, string reason)
    {
        (_limit, _reason, _began) = (limit, reason, _time.GetTimestamp());
        _gate.IsClosed = true;
        _notice = 0;
        while (limit is { } time && _notice < Notices.Length && Notices[_notice] >= time.TotalSeconds) _notice++;
        int here = _players();
        if (here > 0) _tell(limit is { } wait ? $"The server stops in {Text(wait)}: {reason}" : $"The server stops when the last player has left: {reason}");
        string until = limit is { } most ? $", at the latest in {Text(most)}" : "";
        return new AdminAnswer(true, $"nobody new comes in; stopping when the last of {here} players has left{until}");
    }

    /// <summary>Opens the door again.</summary>
    public AdminAnswer Cancel()
    {
        if (!IsOn) return new AdminAnswer(false, "no stop is under way");
        _gate.IsClosed = false;
        _tell("The server goes on.");
        return new AdminAnswer(true, "players may come in again");
    }

    /// <summary>Station of a tick.</summary>
    public void RunTick()
    {
        if (!IsOn) return;
        TimeSpan left = _limit is { } limit ? limit - _time.GetElapsedTime(_began) : TimeSpan.MaxValue;
        if (_players() == 0 || left <= TimeSpan.Zero)
        {
            _stop(_reason);
            return;
        }
        if (_notice >= Notices.Length || left.TotalSeconds > Notices[_notice]) return;
        _tell($"The server stops in {Text(TimeSpan.FromSeconds(Notices[_notice]))}.");
        while (_notice < Notices.Length && left.TotalSeconds <= Notices[_notice]) _notice++;
    }

    static string Text(TimeSpan time) => time.TotalSeconds switch
    {
        < 120 => $"{time.TotalSeconds:0} seconds",
        < 7200 => $"{time.TotalMinutes:0} minutes",
        _ => $"{time.TotalHours:0.#} hours",
    };
}
