using System.Buffers;
using System.Numerics;
using GameServer.Net.Wire;

namespace GameServer.Net.Channels;

/// <summary>
/// Puts long messages together. Memory follows the bytes that arrived, never the number of parts announced; any breach of a limit ends the
/// connection, because losing an acknowledged part silently would be worse. Source: wire specification, sections 9 and 16.3.
/// </summary>
/// <remarks>
/// Parts have consecutive sequences in a window of 64, so a part can never be 64 or more ahead of the first missing one. That makes
/// one word enough to remember what is there, and bounds the room allocated in advance.
/// </remarks>
sealed class FragmentAssembler
{
    readonly IChannelOwner _owner;
    readonly int _messageBytesMax;
    readonly int _incompleteMax;
    readonly long _stallTicksMax;
    readonly List<Assembly> _incomplete = [];

    /// <param name="owner">The connection.</param>
    /// <param name="messageBytesMax">Longest message taken.</param>
    /// <param name="incompleteMax">Messages begun and not complete.</param>
    /// <param name="stallTicksMax">An incomplete message that gets no part for this long ends the connection.</param>
    public FragmentAssembler(IChannelOwner owner, int messageBytesMax, int incompleteMax, long stallTicksMax)
    {
        _owner = owner;
        _messageBytesMax = messageBytesMax;
        _incompleteMax = incompleteMax;
        _stallTicksMax = stallTicksMax;
    }

    /// <summary>Messages begun and not complete.</summary>
    public int IncompleteCount => _incomplete.Count;

    /// <summary>Takes one part; delivers the message through <paramref name="channel"/> when it was the last one missing.</summary>
    public void Add(ReliableChannel channel, FragmentHeader header, ArraySegment<byte> part)
    {
        if (header.Count < 2 || header.Index >= header.Count || part.Count == 0)
        {
            _owner.Violation(NetCounter.FragmentMalformed);
            return;
        }
        var assembly = Find(header.Id);
        if (assembly is null)
        {
            if (_incomplete.Count >= _incompleteMax)
            {
                _owner.Count(NetCounter.FragmentLimit);
                _owner.Fail(DisconnectReason.MessageLimit);
                return;
            }
            assembly = new Assembly(channel, header.Id, header.Count);
            _incomplete.Add(assembly);
        }
        var outcome = assembly.Add(this, channel, header, part);
        assembly.ProgressAt = _owner.Now;
        if (outcome == Outcome.Malformed)
        {
            _owner.Violation(NetCounter.FragmentMalformed);
        }
        else if (outcome == Outcome.OverLimit)
        {
            _owner.Count(NetCounter.FragmentLimit);
            _owner.Fail(DisconnectReason.MessageLimit);
        }
        else if (outcome == Outcome.Complete)
        {
            _incomplete.Remove(assembly);
            _owner.Unassemble(assembly.BytesTaken);
            var bytes = assembly.Detach(out var length);
            channel.DeliverAssembled(new ArraySegment<byte>(bytes, 0, length));
            _owner.ReturnAfterDelivery(bytes);
        }
    }

    /// <summary>Ends the connection when a message has stalled. Called about once a second.</summary>
    public void CheckStalls()
    {
        foreach (var assembly in _incomplete)
        {
            if (_owner.Now - assembly.ProgressAt <= _stallTicksMax)
                continue;
            _owner.Count(NetCounter.FragmentStalled);
            _owner.Fail(DisconnectReason.MessageLimit);
            return;
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Release()
    {
        foreach (var assembly in _incomplete)
        {
            _owner.Unassemble(assembly.BytesTaken);
            assembly.Release(_owner.Pool);
        }
        _incomplete.Clear();
    }

    Assembly? Find(ushort id)
    {
        foreach (var assembly in _incomplete)
        {
            if (assembly.Id == id)
                return assembly;
        }
        return null;
    }

    enum Outcome
    {
        Incomplete,
        Complete,
        Malformed,
        OverLimit,
    }

    /// <summary>One message in the making.</summary>
    sealed class Assembly
    {
        readonly ReliableChannel _channel;
        readonly int _count;
        byte[] _bytes = [];

        /// <summary>Payload bytes of every part but the last; 0 until one of those was seen.</summary>
        int _chunk;

        /// <summary>Payload bytes of the last part; 0 until it was seen.</summary>
        int _lastBytes;

        /// <summary>The last part, when it came before the chunk size was known.</summary>
        Packet? _early;

        /// <summary>All parts below this index are there.</summary>
        int _contiguous;

        /// <summary>Bit i: part <see cref="_contiguous"/> + i is there.</summary>
        ulong _ahead;

        public Assembly(ReliableChannel channel, ushort id, int count)
        {
            _channel = channel;
            _count = count;
            Id = id;
        }

        public ushort Id { get; }

        /// <summary>Host time of the newest part.</summary>
        public long ProgressAt { get; set; }

        /// <summary>Bytes counted against the limits of the connection.</summary>
        public int BytesTaken { get; private set; }

        public Outcome Add(FragmentAssembler limits, ReliableChannel channel, FragmentHeader header, ArraySegment<byte> part)
        {
            var ahead = header.Index - _contiguous;
            if (channel != _channel || header.Count != _count || ahead is < 0 or >= ProtocolLimits.Window || (_ahead >> ahead & 1) != 0)
                return Outcome.Malformed;
            var isLast = header.Index == _count - 1;
            if (isLast ? _chunk != 0 && part.Count > _chunk : _chunk != 0 && part.Count != _chunk)
                return Outcome.Malformed;
            if (!isLast && _chunk == 0)
            {
                if (_lastBytes > part.Count)
                    return Outcome.Malformed;
                _chunk = part.Count;
            }
            if (isLast)
                _lastBytes = part.Count;
            if (((long)(_count - 1) * _chunk) + Math.Max(_lastBytes, 1) > limits._messageBytesMax || !limits._owner.TryAssemble(part.Count))
                return Outcome.OverLimit;
            BytesTaken += part.Count;
            Store(limits._owner.Pool, header.Index, isLast, part);
            _ahead |= 1UL << ahead;
            var run = BitOperations.TrailingZeroCount(~_ahead);
            _ahead = run == ProtocolLimits.Window ? 0 : _ahead >> run;
            _contiguous += run;
            return _contiguous == _count ? Outcome.Complete : Outcome.Incomplete;
        }

        /// <summary>Hands over the finished message in memory rented from the shared array pool.</summary>
        public byte[] Detach(out int length)
        {
            length = ((_count - 1) * _chunk) + _lastBytes;
            var bytes = _bytes;
            _bytes = [];
            return bytes;
        }

        public void Release(PacketPool pool)
        {
            if (_early is not null)
                pool.Return(_early);
            _early = null;
            if (_bytes.Length > 0)
                ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        void Store(PacketPool pool, int index, bool isLast, ArraySegment<byte> part)
        {
            if (isLast && _chunk == 0)
            {
                _early = pool.RentCopy(part);
                return;
            }
            Copy(index, part);
            if (_early is null)
                return;
            Copy(_count - 1, _early.Bytes);
            pool.Return(_early);
            _early = null;
        }

        void Copy(int index, ReadOnlySpan<byte> part)
        {
            var offset = index * _chunk;
            if (offset + part.Length > _bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(offset + part.Length, Math.Min(_bytes.Length * 2, _count * _chunk)));
                _bytes.CopyTo(larger, 0);
                if (_bytes.Length > 0)
                    ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }
            part.CopyTo(_bytes.AsSpan(offset));
        }
    }
}
