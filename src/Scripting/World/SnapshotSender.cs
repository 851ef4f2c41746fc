using GameServer.Scripting.Ports;
using GameServer.Scripting.Scheduling;

namespace GameServer.Scripting.World;

/// <summary>Sends players what they do not know of the entities they see: each player at the snapshot rate, spread evenly over the ticks, and never more
/// bytes than a player may be sent. Mods share a player's bytes evenly; what one leaves over is the others'.</summary>
/// <remarks>Tick thread, last of what scripts cause in a tick. Allocates nothing once everybody has seen everything.</remarks>
sealed class SnapshotSender(EntityWorld world, IPlayerGateway players, TickClock clock, WorldOptions options)
{
    readonly Dictionary<int, double> _allowance = [];
    readonly SnapshotPacker _packer = new(players);
    readonly int _interval = Math.Max(1, (int)Math.Round((double)clock.TickRate / options.SnapshotHz));

    /// <summary>Bytes sent since the server started.</summary>
    public long BytesSent => _packer.BytesSent;

    /// <summary>Sends to those whose turn it is.</summary>
    public void Run()
    {
        IReadOnlyList<IPlayer> all = players.All;
        if (world.Mods.Count == 0) return;
        for (int i = 0; i < all.Count; i++)
        {
            if ((clock.Tick + all[i].Id) % _interval == 0) Send(all[i]);
        }
        world.EndRound();
    }

    /// <summary>Forgets a player who has left.</summary>
    public void Forget(int player) => _allowance.Remove(player);

    void Send(IPlayer player)
    {
        if (!player.IsConnected) return;
        // A second's worth at most is saved up; a snapshot that took more than there was is paid back first.
        double perSecond = options.PlayerBytesPerSecond;
        double allowance = Math.Min(perSecond, _allowance.GetValueOrDefault(player.Id, perSecond) + (perSecond * _interval / clock.TickRate));
        IReadOnlyList<ModEntities> mods = world.Mods;
        int first = (int)((clock.Tick / _interval) % mods.Count);
        int sharing = 0;
        for (int i = 0; i < mods.Count; i++)
        {
            if (HasNews(mods[i], player)) sharing++;
        }
        for (int i = 0; i < mods.Count && allowance > 0 && sharing > 0; i++)
        {
            ModEntities mod = mods[(first + i) % mods.Count];
            if (!HasNews(mod, player)) continue;
            _packer.Begin(player, (uint)clock.Tick, world.Epoch, allowance / sharing--);
            mod.ViewOf(player).Send(_packer, world.Epoch);
            allowance -= _packer.Spent;
        }
        _allowance[player.Id] = allowance;
    }

    static bool HasNews(ModEntities mod, IPlayer player) => mod.FindView(player.Id) is { } view ? !view.IsIdle(mod.Changed) : mod.Count > 0;
}
