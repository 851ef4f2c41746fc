using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GameServer.Net.Sockets;

/// <summary>
/// The same socket as <see cref="UdpSocket"/>, moved in batches: one system call takes or gives up to a whole
/// <see cref="DatagramBatch"/> (recvmmsg, sendmmsg). What that gains is in docs/transport-performance.md.
/// </summary>
sealed unsafe partial class LinuxUdpSocket : IDatagramSocket
{
    const int DontWait = 0x40;
    const int ErrorInterrupted = 4;
    const int ErrorAgain = 11;
    const ushort FamilyIPv4 = 2;
    const ushort FamilyIPv6 = 10;

    readonly UdpSocket _socket;
    readonly MessageBlock _receiving;
    readonly MessageBlock _sending;

    LinuxUdpSocket(UdpSocket socket, int batchDatagrams)
    {
        _socket = socket;
        _receiving = new MessageBlock(batchDatagrams);
        _sending = new MessageBlock(batchDatagrams);
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    /// <inheritdoc/>
    public int ReceiveBufferBytes => _socket.ReceiveBufferBytes;

    /// <summary>True where the calls and the layout of their structures are known: 64-bit Linux.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    /// <summary>Opens and binds; see <see cref="UdpSocket.Bind"/>.</summary>
    public static LinuxUdpSocket Bind(IPEndPoint endPoint, int bufferBytes, int batchDatagrams) =>
        new(UdpSocket.Bind(endPoint, bufferBytes), batchDatagrams);

    /// <inheritdoc/>
    public int Receive(DatagramBatch batch)
    {
        batch.Count = 0;
        _receiving.Point(batch, batch.Capacity, isReceiving: true);
        var count = Call(receive: true, 0, batch.Capacity);
        if (count < 0)
            return Marshal.GetLastPInvokeError() is ErrorAgain or ErrorInterrupted ? 0 : 1;
        for (var i = 0; i < count; i++)
        {
            ref var message = ref _receiving.Messages[i];
            batch.Lengths[i] = (int)message.Length;
            var address = new ReadOnlySpan<byte>(message.Header.Name, SocketAddressFormat.IPv6Bytes);
            var family = *(ushort*)message.Header.Name == FamilyIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            batch.Addresses[i] = SocketAddressFormat.Read(address, family);
        }
        batch.Count = count;
        return 0;
    }

    /// <inheritdoc/>
    public int Send(DatagramBatch batch)
    {
        _sending.Point(batch, batch.Count, isReceiving: false);
        var isIPv4 = _socket.Family == AddressFamily.InterNetwork;
        for (var i = 0; i < batch.Count; i++)
        {
            ref var header = ref _sending.Messages[i].Header;
            *(ushort*)header.Name = isIPv4 ? FamilyIPv4 : FamilyIPv6;
            header.NameLength = isIPv4 ? SocketAddressFormat.IPv4Bytes : (uint)SocketAddressFormat.IPv6Bytes;
            SocketAddressFormat.Write(
                new Span<byte>(header.Name, SocketAddressFormat.IPv6Bytes), _socket.Family, batch.Addresses[i]);
        }
        var refused = 0;
        for (var done = 0; done < batch.Count;)
        {
            var sent = Call(receive: false, done, batch.Count - done);
            if (sent > 0)
            {
                done += sent;
                continue;
            }
            if (Marshal.GetLastPInvokeError() == ErrorInterrupted)
                continue;
            // The first one was refused; the rest may still go.
            refused++;
            done++;
        }
        return refused;
    }

    /// <inheritdoc/>
    public bool WaitForDatagram(TimeSpan timeout) => _socket.WaitForDatagram(timeout);

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _receiving.Dispose();
        _sending.Dispose();
    }

    int Call(bool receive, int first, int count)
    {
        try
        {
            return receive
                ? ReceiveMessages(_socket.Handle, _receiving.Messages + first, (uint)count, DontWait, null)
                : SendMessages(_socket.Handle, _sending.Messages + first, (uint)count, DontWait);
        }
        catch (ObjectDisposedException)
        {
            Marshal.SetLastPInvokeError(ErrorAgain);
            return -1;
        }
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMessages(SafeSocketHandle socket, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMessages(SafeSocketHandle socket, Message* messages, uint count, int flags);

    /// <summary>struct iovec.</summary>
    struct Part
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct mmsghdr.</summary>
    struct Message
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary>Headers, parts and addresses of a batch in memory that does not move.</summary>
    sealed class MessageBlock : IDisposable
    {
        const int AddressBytes = 32;

        readonly int _capacity;
        void* _memory;
        byte[]? _pointedAt;

        public MessageBlock(int capacity)
        {
            _capacity = capacity;
            _memory = NativeMemory.AllocZeroed((nuint)capacity, (nuint)(sizeof(Message) + sizeof(Part) + AddressBytes));
        }

        ~MessageBlock() => NativeMemory.Free(_memory);

        public Message* Messages => (Message*)_memory;

        Part* Parts => (Part*)(Messages + _capacity);

        byte* Addresses => (byte*)(Parts + _capacity);

        /// <summary>Makes the first <paramref name="count"/> messages refer to the slots of a batch.</summary>
        public void Point(DatagramBatch batch, int count, bool isReceiving)
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            if (_pointedAt != batch.Buffer)
                PointFirstTime(batch);
            for (var i = 0; i < count; i++)
            {
                Parts[i].Length = isReceiving ? DatagramBatch.SlotBytes : (nuint)batch.Lengths[i];
                if (isReceiving)
                    Messages[i].Header.NameLength = AddressBytes;
            }
        }

        public void Dispose()
        {
            NativeMemory.Free(_memory);
            _memory = null;
            GC.SuppressFinalize(this);
        }

        void PointFirstTime(DatagramBatch batch)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Capacity, _capacity);
            // Batches are pinned for life, so the addresses stay true.
            var memory = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(batch.Buffer, 0);
            for (var i = 0; i < batch.Capacity; i++)
            {
                Parts[i].Base = memory + (i * DatagramBatch.SlotBytes);
                Messages[i].Header.Parts = Parts + i;
                Messages[i].Header.PartCount = 1;
                Messages[i].Header.Name = Addresses + (i * AddressBytes);
            }
            _pointedAt = batch.Buffer;
        }
    }
}
