using GameServer.Net;
using GameServer.Scripting;
using GameServer.Server.Admin;
using GameServer.Server.Players;

namespace GameServer.Server.Hosting;

/// <summary>The stations of one tick, in their order.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ServerTick : ITickStations
{
    // A client waits longer than this before it sends a message again.
    static readonly TimeSpan AcksWaitMax = TimeSpan.FromMilliseconds(40);

    readonly NetHost _net;
    readonly NetEventPump _pump;
    readonly ModHost _mods;
    readonly PlayerSessions _sessions;
    readonly AdminFront? _admin;
    readonly FloodWatch _floods;
    readonly Drain _drain;
    readonly BlackBox _blackBox;
    readonly TimeProvider _time;
    readonly TimeSpan _period;
    double _networkMs;

    public ServerTick(
        NetHost net,
        NetEventPump pump,
        ModHost mods,
        PlayerSessions sessions,
        AdminFront? admin,
        FloodWatch floods,
        Drain drain,
        BlackBox blackBox,
        TimeProvider time,
        int rate)
    {
        _blackBox = blackBox;
        _period = TimeSpan.FromSeconds(1.0 / rate);
        _net = net;
        _pump = pump;
        _mods = mods;
        _sessions = sessions;
        _admin = admin;
        _floods = floods;
        _drain = drain;
        _time = time;
    }

    public void RunTick(in TickTime time)
    {
        _mods.BeginTick(time.Number, time.Delta.TotalSeconds);
        // What mods do about a message happens inside the network station and is theirs.
        double scripts = _mods.ScriptMillisecondsOfTick;
        long began = _time.GetTimestamp();
        _pump.Pump();
        _networkMs = _time.GetElapsedTime(began).TotalMilliseconds - (_mods.ScriptMillisecondsOfTick - scripts);
        _mods.Update();
        _admin?.RunTick();
        _sessions.EndTick();
        _floods.RunTick();
        _drain.RunTick();
        began = _time.GetTimestamp();
        _net.Update();
        _networkMs += _time.GetElapsedTime(began).TotalMilliseconds;
    }

    // Pongs and handshakes, and where ticks are far apart acks as well; messages wait for the tick.
    public void Between() => _net.Service(sendsAll: _period > AcksWaitMax);

    public TickShare SlowestShare()
    {
        IReadOnlyList<ModShare> mods = _mods.TopOfTick();
        return mods.Count > 0 && mods[0].Milliseconds > _networkMs
            ? new TickShare($"{mods[0].Mod} {mods[0].Hook}", mods[0].Milliseconds)
            : new TickShare("the network", _networkMs);
    }

    public void Ended(in TickTime time, TimeSpan took, TimeSpan collection, bool isSlow)
    {
        double scripts = _mods.ScriptMillisecondsOfTick;
        _blackBox.Add(new TickMark(time.Number, took.TotalMilliseconds, scripts, collection.TotalMilliseconds, _networkMs));
        if (!isSlow)
            return;
        _blackBox.AddSlow(new LagTick
        {
            Tick = time.Number,
            At = _time.GetUtcNow(),
            Ms = Math.Round(took.TotalMilliseconds, 2),
            PeriodMs = Math.Round(_period.TotalMilliseconds, 2),
            ScriptMs = Math.Round(scripts, 2),
            CollectorMs = Math.Round(collection.TotalMilliseconds, 2),
            NetworkMs = Math.Round(_networkMs, 2),
            OtherMs = Math.Round(Math.Max(0, took.TotalMilliseconds - scripts - _networkMs), 2),
            Mods = _mods.TreeOfTick(),
        });
        _mods.TickOverrun(took.TotalMilliseconds);
    }
}
