using System.Net;
using GameServer.Net.Sockets;
using GameServer.Support;

namespace GameServer.Net.Tests.Simulation;

/// <summary>How badly datagrams are treated on their way.</summary>
sealed record LinkConditions
{
    public static readonly LinkConditions Perfect = new();

    public double Loss { get; init; }

    public double Duplication { get; init; }

    /// <summary>Delays are uniform between the two, so datagrams overtake each other.</summary>
    public TimeSpan DelayMin { get; init; }

    public TimeSpan DelayMax { get; init; }
}

/// <summary>UDP in one thread under a manual clock. The same seed gives the same run.</summary>
sealed class SimulatedNetwork(ManualTime time, int seed, LinkConditions? conditions = null)
{
    const ushort FirstFreePort = 40_000;

    readonly Random _random = new(seed);
    readonly Dictionary<NetAddress, SimulatedSocket> _sockets = [];
    ushort _nextPort = FirstFreePort;

    public LinkConditions Conditions { get; set; } = conditions ?? LinkConditions.Perfect;

    public long DatagramsCarried { get; private set; }

    public long BytesCarried { get; private set; }

    /// <summary>Looks at every datagram when it is sent.</summary>
    public Action<NetAddress, NetAddress, byte[]>? Observer { get; set; }

    public SimulatedSocket Open(string address = "10.0.0.1", int port = 0)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port == 0 ? _nextPort : port);
        if (port == 0)
            _nextPort = _nextPort == ushort.MaxValue ? FirstFreePort : (ushort)(_nextPort + 1);
        var socket = new SimulatedSocket(this, time, endPoint);
        _sockets[NetAddress.From(endPoint)] = socket;
        return socket;
    }

    public void Close(SimulatedSocket socket) => _sockets.Remove(NetAddress.From(socket.LocalEndPoint));

    /// <summary>Puts a datagram on the wire, from any address: the network does not check.</summary>
    public void Carry(NetAddress from, NetAddress to, ReadOnlySpan<byte> datagram)
    {
        DatagramsCarried++;
        BytesCarried += datagram.Length;
        Observer?.Invoke(from, to, datagram.ToArray());
        if (!_sockets.TryGetValue(to, out var socket) || _random.NextDouble() < Conditions.Loss)
            return;
        var copies = _random.NextDouble() < Conditions.Duplication ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var spread = (Conditions.DelayMax - Conditions.DelayMin).Ticks;
            var delay = Conditions.DelayMin.Ticks + (spread > 0 ? _random.NextInt64(spread) : 0);
            socket.Arrive(datagram.ToArray(), from, time.Elapsed.Ticks + delay);
        }
    }
}

/// <summary>One bound address in a simulated network.</summary>
sealed class SimulatedSocket(SimulatedNetwork network, ManualTime time, IPEndPoint endPoint) : IDatagramSocket
{
    readonly PriorityQueue<(byte[] Bytes, NetAddress From), (long Due, long Order)> _arriving = new();
    readonly NetAddress _address = NetAddress.From(endPoint);
    long _order;

    public IPEndPoint LocalEndPoint { get; } = endPoint;

    public int ReceiveBufferBytes => 1 << 20;

    public void Arrive(byte[] bytes, NetAddress from, long due) => _arriving.Enqueue((bytes, from), (due, _order++));

    public int Receive(DatagramBatch batch)
    {
        batch.Count = 0;
        while (batch.Count < batch.Capacity && TryTake(out var bytes, out var from))
        {
            var length = Math.Min(bytes.Length, DatagramBatch.SlotBytes);
            bytes.AsSpan(0, length).CopyTo(batch.Slot(batch.Count));
            batch.Lengths[batch.Count] = length;
            batch.Addresses[batch.Count++] = from;
        }
        return 0;
    }

    public bool TryTake(out byte[] bytes, out NetAddress from)
    {
        (bytes, from) = ([], default);
        if (!_arriving.TryPeek(out _, out var when) || when.Due > time.Elapsed.Ticks)
            return false;
        (bytes, from) = _arriving.Dequeue();
        return true;
    }

    public int Send(DatagramBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
            network.Carry(_address, batch.Addresses[i], batch.Datagram(i));
        return 0;
    }

    public bool WaitForDatagram(TimeSpan timeout) => throw new NotSupportedException("Simulated hosts have no receive thread.");

    public void Dispose() => network.Close(this);
}
