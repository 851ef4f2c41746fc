using System.Diagnostics;
using System.Net;
using GameServer.Net.Sockets;

namespace GameServer.NetLoad;

/// <summary>A bad line in front of a real socket: loses, doubles and delays datagrams in both directions by seed.</summary>
sealed class FaultySocket(IDatagramSocket inner, LoadOptions options, int seed) : IDatagramSocket
{
    readonly Random _random = new(seed);
    readonly PriorityQueue<(byte[] Bytes, NetAddress Address), long> _outgoing = new();
    readonly PriorityQueue<(byte[] Bytes, NetAddress Address), long> _incoming = new();
    readonly DatagramBatch _batch = new(16);

    public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

    public int ReceiveBufferBytes => inner.ReceiveBufferBytes;

    public int Receive(DatagramBatch batch)
    {
        Pump();
        batch.Count = 0;
        while (batch.Count < batch.Capacity && TryTake(_incoming, out var datagram))
            Put(batch, datagram);
        return 0;
    }

    public int Send(DatagramBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
            Delay(_outgoing, batch, i);
        Pump();
        return 0;
    }

    public bool WaitForDatagram(TimeSpan timeout) => inner.WaitForDatagram(timeout);

    public void Dispose() => inner.Dispose();

    void Pump()
    {
        inner.Receive(_batch);
        for (var i = 0; i < _batch.Count; i++)
            Delay(_incoming, _batch, i);
        _batch.Count = 0;
        while (_batch.Count < _batch.Capacity && TryTake(_outgoing, out var datagram))
            Put(_batch, datagram);
        if (_batch.Count > 0)
            inner.Send(_batch);
    }

    void Delay(PriorityQueue<(byte[], NetAddress), long> queue, DatagramBatch batch, int index)
    {
        if (_random.NextDouble() < options.Loss)
            return;
        var copies = _random.NextDouble() < options.Duplication ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var milliseconds = options.DelayMs + (((_random.NextDouble() * 2) - 1) * options.SpreadMs);
            var due = Stopwatch.GetTimestamp() + (long)(Math.Max(milliseconds, 0) * Stopwatch.Frequency / 1000);
            queue.Enqueue((batch.Datagram(index).ToArray(), batch.Addresses[index]), due);
        }
    }

    static bool TryTake(PriorityQueue<(byte[], NetAddress), long> queue, out (byte[], NetAddress) datagram)
    {
        datagram = default;
        if (!queue.TryPeek(out _, out var due) || due > Stopwatch.GetTimestamp())
            return false;
        datagram = queue.Dequeue();
        return true;
    }

    static void Put(DatagramBatch batch, (byte[] Bytes, NetAddress Address) datagram)
    {
        datagram.Bytes.CopyTo(batch.Slot(batch.Count));
        batch.Lengths[batch.Count] = datagram.Bytes.Length;
        batch.Addresses[batch.Count++] = datagram.Address;
    }
}
