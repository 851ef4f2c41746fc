namespace GameServer.Server.Http;

/// <summary>Whether a URL leads to one of the hosts granted to a mod.</summary>
static class HostRules
{
    /// <summary>Compares host and port of <paramref name="url"/> with the granted ones; a grant without port means the scheme's own port.</summary>
    public static bool Allows(IReadOnlyList<string> granted, Uri url)
    {
        foreach (string grant in granted)
        {
            (string host, int? port) = Split(grant);
            if ((port is { } p ? p == url.Port : url.IsDefaultPort) && Matches(host, url.IdnHost)) return true;
        }
        return false;
    }

    static bool Matches(string grant, string host)
    {
        // A leading "*." stands for one or more names in front; the dot keeps "evilexample.com" out of "*.example.com".
        if (grant.StartsWith("*.", StringComparison.Ordinal))
            return host.Length > grant.Length - 1 && host.EndsWith(grant[1..], StringComparison.OrdinalIgnoreCase);
        return string.Equals(grant, host, StringComparison.OrdinalIgnoreCase);
    }

    static (string Host, int? Port) Split(string grant)
    {
        int colon = grant.LastIndexOf(':');
        // Inside brackets a colon belongs to an IPv6 address.
        if (colon > grant.LastIndexOf(']') && int.TryParse(grant.AsSpan(colon + 1), out int port)) return (Bare(grant[..colon]), port);
        return (Bare(grant), null);
    }

    static string Bare(string host) => host.Trim('[', ']');
}
