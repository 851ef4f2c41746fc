using GameServer.Net.Payloads;

namespace GameServer.Net.Peers;

/// <summary>What the other side reads in the disconnect when this host ends a connection because of a limit: one NetDataWriter string.</summary>
static class FailureText
{
    public static int Write(Span<byte> target, DisconnectReason reason)
    {
        var text = reason switch
        {
            DisconnectReason.ProtocolViolation => "protocol violation"u8,
            DisconnectReason.InboundLimit => "too much traffic"u8,
            DisconnectReason.MessageLimit => "message too large or incomplete"u8,
            DisconnectReason.NotAcknowledging => "reliable messages not acknowledged"u8,
            _ => "disconnected"u8,
        };
        _ = PayloadEncoding.TryWriteUtf8(target, text, out var written);
        return written;
    }
}
