using System.Net;

namespace GameServer.Net.Sockets;

/// <summary>How bad a line is, in each direction.</summary>
/// <param name="Loss">Share of datagrams that get lost, 0 to 1.</param>
/// <param name="Delay">Time a datagram takes.</param>
/// <param name="Jitter">Most by which that varies, either way; it reorders.</param>
/// <param name="Duplication">Share of datagrams that come twice.</param>
public sealed record LineFaults(double Loss, TimeSpan Delay, TimeSpan Jitter, double Duplication = 0)
{
    /// <summary>Whether there are any.</summary>
    public bool Any => Loss > 0 || Duplication > 0 || Delay > TimeSpan.Zero || Jitter > TimeSpan.Zero;
}

/// <summary>A bad line in front of a real socket: loses, doubles and delays datagrams in both directions. For load generators and tests.</summary>
/// <param name="inner">The socket; disposed with this one.</param>
/// <param name="faults">How bad it is.</param>
/// <param name="random">Chance; seeded, so that a run can be repeated.</param>
/// <param name="time">Clock.</param>
/// <remarks>One thread drives both directions: for hosts without a receive thread.</remarks>
public sealed class FaultySocket(IDatagramSocket inner, LineFaults faults, Random random, TimeProvider time) : IDatagramSocket
{
    readonly PriorityQueue<(byte[] Bytes, NetAddress Address), long> _outgoing = new();
    readonly PriorityQueue<(byte[] Bytes, NetAddress Address), long> _incoming = new();
    readonly DatagramBatch _batch = new(16);

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

    /// <inheritdoc/>
    public int ReceiveBufferBytes => inner.ReceiveBufferBytes;

    /// <inheritdoc/>
    public int Receive(DatagramBatch batch)
    {
        int errors = Pump();
        batch.Count = 0;
        while (batch.Count < batch.Capacity && TryTake(_incoming, out (byte[] Bytes, NetAddress Address) datagram)) Put(batch, datagram);
        return errors;
    }

    /// <inheritdoc/>
    public int Send(DatagramBatch batch)
    {
        for (int i = 0; i < batch.Count; i++) Delay(_outgoing, batch, i);
        Pump();
        return 0;
    }

    /// <inheritdoc/>
    public bool WaitForDatagram(TimeSpan timeout) => inner.WaitForDatagram(timeout);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    int Pump()
    {
        int errors = inner.Receive(_batch);
        for (int i = 0; i < _batch.Count; i++) Delay(_incoming, _batch, i);
        _batch.Count = 0;
        while (_batch.Count < _batch.Capacity && TryTake(_outgoing, out (byte[] Bytes, NetAddress Address) datagram)) Put(_batch, datagram);
        if (_batch.Count > 0) inner.Send(_batch);
        return errors;
    }

    void Delay(PriorityQueue<(byte[], NetAddress), long> queue, DatagramBatch batch, int index)
    {
        if (random.NextDouble() < faults.Loss) return;
        int copies = random.NextDouble() < faults.Duplication ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            double seconds = faults.Delay.TotalSeconds + (((random.NextDouble() * 2) - 1) * faults.Jitter.TotalSeconds);
            long due = time.GetTimestamp() + (long)(Math.Max(seconds, 0) * time.TimestampFrequency);
            queue.Enqueue((batch.Datagram(index).ToArray(), batch.Addresses[index]), due);
        }
    }

    bool TryTake(PriorityQueue<(byte[], NetAddress), long> queue, out (byte[], NetAddress) datagram)
    {
        datagram = default;
        if (!queue.TryPeek(out _, out long due) || due > time.GetTimestamp()) return false;
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
