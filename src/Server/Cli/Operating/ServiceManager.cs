using System.Net.Sockets;
using System.Text;

namespace GameServer.Server.Cli.Operating;

/// <summary>Tells the service manager that started this process (systemd, <c>Type=notify</c>) how it is. Without one nothing happens.</summary>
static class ServiceManager
{
    /// <summary>The server is ready for players.</summary>
    /// <param name="status">One line for <c>systemctl status</c>.</param>
    public static void Ready(string status) => Notify($"READY=1\nSTATUS={status}");

    /// <summary>The server is stopping.</summary>
    public static void Stopping() => Notify("STOPPING=1");

    // sd_notify(3): one datagram to a socket named in the environment; @ stands for the abstract namespace.
    static void Notify(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path || OperatingSystem.IsWindows()) return;
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
        }
        catch (SocketException)
        {
            // Boundary: whoever listened is gone; the server runs all the same.
        }
    }
}
