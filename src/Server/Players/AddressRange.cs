using System.Net;
using System.Net.Sockets;

namespace GameServer.Server.Players;

/// <summary>A network address or a range of them, written <c>203.0.113.7</c>, <c>203.0.113.0/24</c> or <c>2001:db8::/48</c>. IPv4 addresses mapped into IPv6
/// count as IPv4.</summary>
readonly record struct AddressRange
{
    readonly IPNetwork _network;

    AddressRange(IPNetwork network) => _network = network;

    /// <summary>Reads the written form.</summary>
    public static bool TryParse(string text, out AddressRange range)
    {
        range = default;
        if (text.Contains('/'))
        {
            if (!IPNetwork.TryParse(text, out IPNetwork network)) return false;
            range = new AddressRange(network);
            return true;
        }
        if (!IPAddress.TryParse(text, out IPAddress? address)) return false;
        address = Plain(address);
        range = new AddressRange(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
        return true;
    }

    /// <summary>Whether <paramref name="address"/> lies in the range.</summary>
    public bool Contains(IPAddress address) => _network.Contains(Plain(address));

    /// <summary>The written form.</summary>
    public override string ToString() =>
        _network.PrefixLength == (_network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            ? _network.BaseAddress.ToString()
            : _network.ToString();

    static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
