namespace GameServer.Net;

/// <summary>Datagrams of strangers that were refused for their rate or because they say nothing.</summary>
/// <param name="Refused">How many since the last time this was asked.</param>
/// <param name="Network">The network most of them came from, like <c>203.0.113.0/24</c>; null when none sent about half. It may be forged.</param>
public readonly record struct NetFlood(long Refused, string? Network);
