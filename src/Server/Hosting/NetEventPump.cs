using GameServer.Net;
using GameServer.Server.Players;

namespace GameServer.Server.Hosting;

/// <summary>Hands everything the transport reports to the players' sessions.</summary>
/// <remarks>Tick thread.</remarks>
sealed class NetEventPump(NetHost net, PlayerSessions sessions)
{
    /// <summary>Works off everything that has arrived.</summary>
    public void Pump()
    {
        while (net.Poll(out NetEvent happened))
        {
            switch (happened.Kind)
            {
                case NetEventKind.ConnectionRequest:
                    sessions.Request(new PeerJoinRequest(happened.Request!));
                    break;
                case NetEventKind.Connected:
                    sessions.Connected(PeerConnection.Of(happened.Peer!));
                    break;
                case NetEventKind.Received:
                    sessions.Received(PeerConnection.Of(happened.Peer!), happened.Payload);
                    break;
                case NetEventKind.Disconnected:
                    sessions.Disconnected(PeerConnection.Of(happened.Peer!), TextOf(happened.Reason), IsLost(happened.Reason));
                    break;
            }
        }
    }

    // What a client that lives on did not want. Whoever broke a limit or said goodbye is gone.
    static bool IsLost(DisconnectReason reason) =>
        reason is DisconnectReason.Timeout or DisconnectReason.PeerNotFound or DisconnectReason.Reconnect;

    static string TextOf(DisconnectReason reason) => reason switch
    {
        DisconnectReason.RemoteClose => "left",
        DisconnectReason.Timeout => "timed out",
        DisconnectReason.PeerNotFound => "the client was restarted",
        DisconnectReason.Reconnect => "connected again",
        DisconnectReason.InboundLimit => "sent too much",
        DisconnectReason.MessageLimit => "sent a message that is too long",
        DisconnectReason.ProtocolViolation => "broke the transport protocol",
        DisconnectReason.NotAcknowledging => "stopped acknowledging",
        DisconnectReason.LocalClose or DisconnectReason.HostStopped => "disconnected by the server",
        _ => "the connection failed",
    };
}
