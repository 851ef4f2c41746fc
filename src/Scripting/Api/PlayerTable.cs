using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>A player as one VM sees it: the same userdata every time, and the mod's own scratch table.</summary>
sealed class PlayerHandle(IPlayer player)
{
    /// <summary>The player.</summary>
    public IPlayer Player { get; } = player;
    /// <summary>The userdata.</summary>
    public LuauRef? Userdata { get; set; }
    /// <summary>The scratch table, once asked for.</summary>
    public LuauRef? Data { get; set; }
}

/// <summary>Players' handles of one VM.</summary>
/// <remarks>Tick thread. Entries leave with their player, or when the news of that has reached the mod; so the table is never longer than the players that were
/// here at once and <see cref="DepartedMax"/>.</remarks>
sealed class PlayerTable(ModScope mod) : IHandleTable
{
    /// <summary>Handles of players who have left that are kept because hooks that name them wait for the mod.</summary>
    public const int DepartedMax = 1024;

    readonly Dictionary<int, PlayerHandle> _handles = [];
    readonly Queue<PlayerHandle> _departed = new();
    readonly Dictionary<int, EncodedValues> _carried = [];

    /// <summary>Handles made.</summary>
    public int Count => _handles.Count;

    /// <summary>The userdata of a player.</summary>
    public LuauValue ToLuau(IPlayer player)
    {
        if (!_handles.TryGetValue(player.Id, out PlayerHandle? handle))
        {
            handle = new PlayerHandle(player);
            handle.Userdata = mod.Vm.CreateRef(mod.Vm.CreateUserdata(handle, PlayerClass.Tag));
            _handles.Add(player.Id, handle);
        }
        return handle.Userdata!.Value;
    }

    /// <summary>The scratch table of a player; after a reload with what it held before.</summary>
    public LuauTable DataOf(PlayerHandle handle)
    {
        if (handle.Data is { } known) return known.Value.As<LuauTable>()!;
        LuauTable? table = TakeCarried(handle.Player.Id) is { } carried && mod.Decode(carried) is [var value] ? value.As<LuauTable>() : null;
        table ??= mod.Vm.CreateTable();
        if (_handles.ContainsKey(handle.Player.Id)) handle.Data = mod.Vm.CreateRef(table);
        return table;
    }

    /// <summary>The scratch tables for the next generation, as far as host_memory_kb has room for them; what cannot be copied is left out and named.</summary>
    public Dictionary<int, EncodedValues> SaveData(List<string> leftOut)
    {
        var saved = new Dictionary<int, EncodedValues>(_carried);
        long room = mod.Sandbox.Account.BytesMax - _carried.Values.Sum(known => (long)known.Bytes.Length);
        foreach ((int id, PlayerHandle handle) in _handles)
        {
            if (handle.Data is not { } data || !handle.Player.IsConnected) continue;
            if (mod.TryEncode([data.Value], $"data of player {id}", out EncodedValues encoded) is { } refusal) leftOut.Add(refusal);
            else if ((room -= encoded.Bytes.Length) >= 0) saved[id] = encoded;
            else leftOut.Add($"data of player {id}: the tables of all players together are larger than {mod.Sandbox.Account.BytesMax / 1024} KiB (host_memory_kb)");
            if (room < 0) break;
        }
        return saved;
    }

    /// <summary>Takes over what the generation before saved. Until a table is asked for, the server holds it for the mod.</summary>
    public void RestoreData(Dictionary<int, EncodedValues> carried)
    {
        foreach ((int id, EncodedValues data) in carried)
        {
            if (mod.Sandbox.Account.TryCharge(data.Bytes.Length)) _carried[id] = data;
        }
    }

    EncodedValues? TakeCarried(int id)
    {
        if (!_carried.Remove(id, out EncodedValues? carried)) return null;
        mod.Sandbox.Account.Refund(carried.Bytes.Length);
        return carried;
    }

    /// <summary>Forgets a player who has left.</summary>
    public void Remove(int id)
    {
        TakeCarried(id);
        if (!_handles.Remove(id, out PlayerHandle? handle)) return;
        handle.Userdata?.Dispose();
        handle.Data?.Dispose();
    }

    /// <summary>A player has left, but the mod has not heard of it yet.</summary>
    public void RemoveLater(int id)
    {
        if (!_handles.TryGetValue(id, out PlayerHandle? handle)) return;
        if (_departed.Count >= DepartedMax) Remove(_departed.Dequeue());
        _departed.Enqueue(handle);
    }

    /// <summary>The mod has heard of everything: forgets those who have left.</summary>
    public void RemoveDeparted()
    {
        while (_departed.TryDequeue(out PlayerHandle? handle)) Remove(handle);
    }

    /// <summary>Forgets everybody.</summary>
    public void Clear()
    {
        foreach (int id in _handles.Keys.ToArray()) Remove(id);
        foreach (int id in _carried.Keys.ToArray()) TakeCarried(id);
    }

    /// <inheritdoc/>
    public bool TryGetHandle(Userdata userdata, out byte kind, out int id)
    {
        if (userdata.Target is World.Entity entity)
        {
            (kind, id) = (World.EntityWorld.HandleKind, entity.Id);
            return true;
        }
        var handle = userdata.Target as PlayerHandle;
        (kind, id) = (PlayerHandles.Kind, handle?.Player.Id ?? 0);
        return handle is not null;
    }

    /// <inheritdoc/>
    public LuauValue FromHandle(byte kind, int id) => FromHandle(kind, id, null);

    /// <inheritdoc/>
    public LuauValue FromHandle(byte kind, int id, object? target)
    {
        if (kind == World.EntityWorld.HandleKind) return mod.Services.World.FindEvenRemoved(id) is { } entity ? mod.Entities.ToLuau(entity) : default;
        if (kind != PlayerHandles.Kind) return default;
        var meant = target as IPlayer;
        if (_handles.TryGetValue(id, out PlayerHandle? known))
        {
            if (meant is null || known.Player == meant) return known.Userdata!.Value;
            // Somebody else has the number now.
            Remove(known);
        }
        IPlayer? present = mod.Services.Players.ById(id);
        if ((meant ?? present) is not { } player) return default;
        LuauValue handle = ToLuau(player);
        // What waited is about somebody who has left since.
        if (player != present) RemoveLater(id);
        return handle;
    }

    void Remove(PlayerHandle handle)
    {
        if (_handles.TryGetValue(handle.Player.Id, out PlayerHandle? current) && current == handle) Remove(handle.Player.Id);
    }
}
