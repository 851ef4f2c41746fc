using System.Net;

namespace GameServer.Net.Sockets;

/// <summary>The seam between the host and the network: real UDP, or a simulation in tests.</summary>
/// <remarks>Receiving and sending may happen on two threads at once; each side is used by one thread at a time.</remarks>
public interface IDatagramSocket : IDisposable
{
    /// <summary>Where the socket is bound.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>What the system holds for us between two receive calls, in bytes of its own accounting.</summary>
    int ReceiveBufferBytes { get; }

    /// <summary>Fills <paramref name="batch"/> from its first slot with what has arrived, without waiting.</summary>
    /// <returns>Receive errors of the system met on the way; they concern no datagram.</returns>
    int Receive(DatagramBatch batch);

    /// <summary>Sends every datagram of <paramref name="batch"/>, without waiting.</summary>
    /// <returns>How many the system refused; they are lost.</returns>
    int Send(DatagramBatch batch);

    /// <summary>Waits until something can be received. Receive thread.</summary>
    /// <param name="timeout">Longest wait.</param>
    /// <returns>False after the time-out, or when the socket was closed.</returns>
    bool WaitForDatagram(TimeSpan timeout);
}
