using System.Net;
using GameServer.Server.Observability;

namespace GameServer.Server.Players;

/// <summary>Lines about refused joins: the first few of every second in full, the others as a number. A flood is counted, not written down.</summary>
/// <remarks>Tick thread; the caller says what time it is.</remarks>
sealed class RefusalLog(ServerLog log)
{
    const int LinesPerSecond = 5;

    TimeSpan _second = TimeSpan.MinValue;
    int _lines;
    int _unwritten;
    LeaveCode _lastCode;
    IPAddress _lastAddress = IPAddress.None;

    /// <summary>A join was refused.</summary>
    public void Write(LeaveCode code, string text, IPAddress address, TimeSpan now)
    {
        Summarise(now);
        if (_lines++ < LinesPerSecond)
        {
            log.JoinRefused(code.ToString(), text, address.ToString());
            return;
        }
        _unwritten++;
        _lastCode = code;
        _lastAddress = address;
    }

    /// <summary>Begins a new second when one is over, with a line about what the last one left out.</summary>
    public void Summarise(TimeSpan now)
    {
        if (_second != TimeSpan.MinValue && now - _second < TimeSpan.FromSeconds(1))
            return;
        if (_unwritten > 0)
            log.JoinsRefused(_unwritten, _lastCode.ToString(), _lastAddress.ToString());
        _second = now;
        _lines = _unwritten = 0;
    }
}
