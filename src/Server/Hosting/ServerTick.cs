using GameServer.Net;
using GameServer.Scripting;
using GameServer.Server.Players;

namespace GameServer.Server.Hosting;

/// <summary>The stations of one tick, in their order.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ServerTick : ITickStations
{
    readonly NetHost _net;
    readonly NetEventPump _pump;
    readonly ModHost _mods;
    readonly PlayerSessions _sessions;
    readonly AdminFront? _admin;
    readonly FloodWatch _floods;
    readonly Drain _drain;
    readonly TimeProvider _time;
    TimeSpan _networkTook;

    public ServerTick(NetHost net, NetEventPump pump, ModHost mods, PlayerSessions sessions, AdminFront? admin, FloodWatch floods, Drain drain, TimeProvider time)
    {
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
        long began = _time.GetTimestamp();
        _pump.Pump();
        _networkTook = _time.GetElapsedTime(began);
        _mods.Update();
        _admin?.RunTick();
        _sessions.EndTick();
        _floods.RunTick();
        _drain.RunTick();
        began = _time.GetTimestamp();
        _net.Update();
        _networkTook += _time.GetElapsedTime(began);
    }

    public TickShare SlowestShare()
    {
        // What mods do about a message happens inside the network station, so it is only named when no mod took more than half of it.
        TickShare network = new("the network", _networkTook.TotalMilliseconds);
        IReadOnlyList<ModShare> mods = _mods.TopOfTick();
        return mods.Count > 0 && mods[0].Milliseconds > network.Milliseconds / 2
            ? new TickShare($"{mods[0].Mod} {mods[0].Hook}", mods[0].Milliseconds)
            : network;
    }

    public void Overrun(TimeSpan took) => _mods.TickOverrun(took.TotalMilliseconds);
}
