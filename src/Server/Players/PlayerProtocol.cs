namespace GameServer.Server.Players;

/// <summary>Numbers of docs/protocol.md.</summary>
static class PlayerProtocol
{
    /// <summary>The version this server serves.</summary>
    public const ushort Version = 1;

    /// <summary>Longest name of a message in bytes.</summary>
    public const int MessageNameBytesMax = 64;

    /// <summary>Longest text of a refusal or a kick in UTF-8 bytes; the transport carries at most 1014 in all.</summary>
    public const int ReasonBytesMax = 900;
}

/// <summary>First byte of every payload (docs/protocol.md, section 3).</summary>
enum MessageType : byte
{
    Welcome = 1,
    Chat = 2,
    Message = 3,
    Dropped = 4,
    World = 5,
    Complete = 6,
    Session = 7,
    Request = 8,
}

/// <summary>Why a connection was refused or ended by the server (docs/protocol.md, section 2).</summary>
enum LeaveCode : byte
{
    /// <summary>The player left, or the connection was lost.</summary>
    None = 0,
    BadRequest = 1,
    WrongKey = 2,
    WrongProtocol = 3,
    BadName = 4,
    NameTaken = 5,
    Full = 6,
    Banned = 7,
    Refused = 8,
    Stopping = 9,
    Kicked = 10,
    Flood = 11,
    BadMessages = 12,

    /// <summary>The server admits only those on its whitelist.</summary>
    NotListed = 13,

    /// <summary>The same player has connected from elsewhere, or again.</summary>
    TakenOver = 14,
}
