using GameServer.Net.Wire;

namespace GameServer.Net.Channels;

/// <summary>What a channel needs from the connection it belongs to.</summary>
interface IChannelOwner
{
    /// <summary>Host time in 100 ns units, fixed during one update or one received datagram.</summary>
    long Now { get; }

    /// <summary>Host time at which the datagram being handled arrived.</summary>
    long ArrivedAt { get; }

    PacketPool Pool { get; }

    WireDialect Dialect { get; }

    int ConnectionNumber { get; }

    /// <summary>Largest packet to send, without packet layer.</summary>
    int Mtu { get; }

    FragmentAssembler Assembler { get; }

    /// <summary>Puts a packet on its way in this update; both parts are copied.</summary>
    void Emit(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload);

    /// <summary>Hands a message to the application. The bytes must stay as they are until the event was polled.</summary>
    void Deliver(ArraySegment<byte> payload, DeliveryMethod method, byte channel);

    /// <summary>Returns <paramref name="packet"/> to the pool once everything delivered so far was polled.</summary>
    void ReturnAfterDelivery(Packet packet);

    /// <summary>Asks for a flush of <paramref name="channel"/> in this and the following updates, until it says it is done.</summary>
    void Activate(Channel channel);

    /// <summary>How long to wait for an ack of a packet that was sent <paramref name="sendCount"/> times; 100 ns units.</summary>
    long ResendDelay(int sendCount);

    /// <summary>The same for a packet that was overtaken: one sent later is acknowledged already.</summary>
    long OvertakenDelay { get; }

    /// <summary>Smoothed round trip; 0 while unknown.</summary>
    long RoundTripMean { get; }

    /// <summary>A packet sent once was acknowledged after this long.</summary>
    void SampleRoundTrip(long elapsed);

    /// <summary>Takes room for a packet held back until its predecessors arrive. False: over the limit.</summary>
    bool TryHold(int bytes);

    /// <summary>Gives room of held packets back.</summary>
    void Unhold(int bytes);

    /// <summary>The same for memory rented from the shared array pool.</summary>
    void ReturnAfterDelivery(byte[] rented);

    /// <summary>Takes room for a part of an incomplete message. False: over the limit.</summary>
    bool TryAssemble(int bytes);

    /// <summary>Gives room of a message back that is complete or given up.</summary>
    void Unassemble(int bytes);

    /// <summary>Takes room in the outgoing queue. False: over the limit.</summary>
    bool TryQueue(int bytes);

    /// <summary>Gives room in the outgoing queue back.</summary>
    void Unqueue(int bytes);

    /// <summary>Next fragment id of this connection; shared by its channels.</summary>
    ushort NextFragmentId();

    /// <summary>Counts something that happened to this connection.</summary>
    void Count(NetCounter counter);

    /// <summary>Counts something that no correct peer does.</summary>
    void Violation(NetCounter counter);

    /// <summary>Reliable data is stuck for good or a limit was passed: end the connection.</summary>
    void Fail(DisconnectReason reason);
}
