using GameServer.Net.Sockets;

namespace GameServer.Net.Tests.Simulation;

static class Addresses
{
    public static NetAddress Of(Node node) => NetAddress.From(node.Host.LocalEndPoint);
}
