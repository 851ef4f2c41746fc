using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Mods;

/// <summary>Messages of players that wait because their mod cannot be called: first in, first out, apart from the hooks that wait, so that no player pushes out a join
/// or a leave. Outlives a reload, not a fault.</summary>
/// <remarks>Tick thread. At a bound the newest is refused, so that whoever sent it is told and nobody pushes out what others have sent.</remarks>
sealed class WaitingMessages
{
    /// <summary>Most messages.</summary>
    public const int EntriesMax = 256;
    /// <summary>Most messages of one player.</summary>
    public const int PlayerEntriesMax = 32;
    /// <summary>Most bytes of all messages.</summary>
    public const int BytesMax = 256 << 10;

    const int EntryBytes = 96;

    readonly Queue<WaitingMessage> _entries = new();
    int _bytes;

    /// <summary>Messages waiting.</summary>
    public int Count => _entries.Count;

    /// <summary>Messages dropped or refused since the server started.</summary>
    public long Dropped { get; private set; }

    /// <summary>Adds at the end.</summary>
    /// <param name="player">Whose.</param>
    /// <param name="name">Full name.</param>
    /// <param name="value">One encoded value; copied.</param>
    /// <param name="account">Pays for it as long as it waits.</param>
    /// <returns>False when there is no room; it is counted.</returns>
    public bool TryAdd(IPlayer player, string name, ReadOnlySpan<byte> value, HostAccount account)
    {
        int bytes = EntryBytes + value.Length;
        if (Count >= EntriesMax || _bytes + bytes > BytesMax || CountOf(player) >= PlayerEntriesMax || !account.TryCharge(bytes))
        {
            Dropped++;
            return false;
        }
        _entries.Enqueue(new WaitingMessage(player, name, value.ToArray(), account));
        _bytes += bytes;
        return true;
    }

    /// <summary>Takes the oldest.</summary>
    public bool TryTake(out WaitingMessage message)
    {
        if (!_entries.TryDequeue(out message)) return false;
        int bytes = EntryBytes + message.Value.Length;
        _bytes -= bytes;
        message.Account.Refund(bytes);
        return true;
    }

    /// <summary>Counts one that was taken and could not be delivered.</summary>
    public void CountDropped() => Dropped++;

    /// <summary>Drops the messages of a player who has left.</summary>
    public void Forget(IPlayer player)
    {
        for (int left = Count; left > 0 && TryTake(out WaitingMessage message); left--)
        {
            if (message.Player == player) Dropped++;
            else TryAdd(message.Player, message.Name, message.Value, message.Account);
        }
    }

    int CountOf(IPlayer player)
    {
        int count = 0;
        foreach (WaitingMessage message in _entries)
        {
            if (message.Player == player) count++;
        }
        return count;
    }
}

/// <summary>A message that waits.</summary>
/// <param name="Player">Whose.</param>
/// <param name="Name">Full name, <c>mod:name</c>.</param>
/// <param name="Value">One encoded value, whole.</param>
/// <param name="Account">Who pays.</param>
readonly record struct WaitingMessage(IPlayer Player, string Name, byte[] Value, HostAccount Account);
