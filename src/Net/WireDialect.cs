namespace GameServer.Net;

/// <summary>Which line of LiteNetLib the other side speaks. Both use protocol id 13 but number their packets differently.</summary>
public enum WireDialect : byte
{
    /// <summary>LiteNetLib 1.x (1.0.1 to 1.3.5).</summary>
    V1 = 1,

    /// <summary>LiteNetLib 2.x (2.0.0 and later): adds merged reliable messages, and every later packet number is one higher.</summary>
    V2 = 2,
}
