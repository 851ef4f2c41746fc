using System.Net;
using System.Net.Sockets;

namespace GameServer.Net.Sockets;

/// <summary>Real UDP through .NET's sockets, IPv4 and IPv6 on one port where the system has both. Works on every platform.</summary>
public sealed class UdpSocket : IDatagramSocket
{
    const int SioUdpConnectionReset = -1744830452;

    readonly Socket _socket;
    readonly AddressFamily _family;
    readonly SocketAddress _receiveAddress;
    readonly SocketAddress _sendAddress;

    UdpSocket(Socket socket)
    {
        _socket = socket;
        _family = socket.AddressFamily;
        _receiveAddress = new SocketAddress(_family);
        _sendAddress = new SocketAddress(_family);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        ReceiveBufferBytes = socket.ReceiveBufferSize;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public int ReceiveBufferBytes { get; }

    /// <summary>The system's handle, for faster ways to the same socket.</summary>
    internal SafeSocketHandle Handle => _socket.SafeHandle;

    /// <summary>Family of the addresses it talks to; IPv6 includes mapped IPv4.</summary>
    internal AddressFamily Family => _family;

    /// <summary>Opens and binds.</summary>
    /// <param name="endPoint">Null address (<see cref="IPAddress.IPv6Any"/>) means both families where possible. Port 0 picks a free one.</param>
    /// <param name="bufferBytes">Wanted size of the system's receive and send buffers; the system may give less.</param>
    /// <exception cref="SocketException">The address is in use or not ours.</exception>
    public static UdpSocket Bind(IPEndPoint endPoint, int bufferBytes)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var dual = endPoint.Address.Equals(IPAddress.IPv6Any);
        if (dual && !Socket.OSSupportsIPv6)
            endPoint = new IPEndPoint(IPAddress.Any, endPoint.Port);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = dual;
            if (OperatingSystem.IsWindows())
                _ = socket.IOControl(SioUdpConnectionReset, [0], null);
            socket.ReceiveBufferSize = bufferBytes;
            socket.SendBufferSize = bufferBytes;
            socket.Blocking = false;
            SetDontFragment(socket);
            socket.Bind(endPoint);
            return new UdpSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>As stock sockets do, so that a datagram size found by MTU discovery is one the line really carries.</summary>
    static void SetDontFragment(Socket socket)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.DontFragment, true);
        }
        catch (SocketException)
        {
            // Some systems refuse this on a socket of both families; IPv6 routers never cut datagrams anyway.
        }
    }

    /// <inheritdoc/>
    public int Receive(DatagramBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Count = 0;
        try
        {
            // Asking first is one more system call, but a refused receive would be an exception.
            while (batch.Count < batch.Capacity && _socket.Poll(0, SelectMode.SelectRead))
            {
                var index = batch.Count;
                batch.Lengths[index] = _socket.ReceiveFrom(batch.Slot(index), SocketFlags.None, _receiveAddress);
                batch.Addresses[index] = SocketAddressFormat.Read(_receiveAddress.Buffer.Span, _receiveAddress.Family);
                batch.Count++;
            }
        }
        catch (SocketException)
        {
            return 1;
        }
        catch (ObjectDisposedException)
        {
            // Stopped while receiving; what is in the batch is still good.
        }
        return 0;
    }

    /// <inheritdoc/>
    public int Send(DatagramBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var refused = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            SocketAddressFormat.Write(_sendAddress.Buffer.Span, _family, batch.Addresses[i]);
            try
            {
                _ = _socket.SendTo(batch.Datagram(i), SocketFlags.None, _sendAddress);
            }
            catch (SocketException)
            {
                refused++;
            }
        }
        return refused;
    }

    /// <inheritdoc/>
    public bool WaitForDatagram(TimeSpan timeout)
    {
        try
        {
            return _socket.Poll(timeout, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
