using System.Net;
using System.Net.Sockets;

namespace GameServer.Server.Http;

/// <summary>Which addresses are inside the operator's network or otherwise not the public Internet. A name that a mod may reach could still be made to
/// point at one of these, so it is the resolved address that is checked, at the moment of connecting.</summary>
static class AddressRules
{
    static readonly IPNetwork[] NotPublic =
    [
        // RFC 6890 and its registry, IPv4.
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
        // IPv6; everything outside 2000::/3 is refused below.
        IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2002::/16"),
    ];

    static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether <paramref name="address"/> is on the public Internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address)) return false;
        foreach (IPNetwork network in NotPublic)
            if (network.Contains(address)) return false;
        return true;
    }
}
