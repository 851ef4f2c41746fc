using System.Net;
using GameServer.Net;
using GameServer.Net.Payloads;
using GameServer.Scripting;
using GameServer.Server.Config;
using GameServer.Server.Http;
using GameServer.Server.Players;
using GameServer.Server.Storage;

namespace GameServer.Server.Hosting;

/// <summary>From the operator's settings to the options of each part.</summary>
static class ServerOptionsMap
{
    // Places for connections that are being told why they cannot come in.
    const int PeersBeyondPlayers = 64;

    // Room above the longest message we take, so that a longer one is dropped and counted by us instead of ending the connection.
    const int TransportMessageFactor = 2;
    const int TransportMessageBytesMin = 64 * 1024;

    // A key of 128 characters, a name, a language tag and the longest ticket.
    const int ConnectDataBytesMax = 1024;

    /// <summary>Options of the transport.</summary>
    public static NetHostOptions Net(ServerConfig config) => new()
    {
        Port = config.Net.Port,
        BindAddress = config.Net.Address == "*" ? IPAddress.IPv6Any : IPAddress.Parse(config.Net.Address),
        PeersMax = config.Net.MaxPlayers + PeersBeyondPlayers,
        PeerTimeout = TimeSpan.FromMilliseconds(config.Net.TimeoutMs),
        PingInterval = TimeSpan.FromMilliseconds(Math.Min(1000, config.Net.TimeoutMs / 3)),
        ConnectDataBytesMax = ConnectDataBytesMax,
        MessageBytesMax = Math.Max(TransportMessageBytesMin, config.Net.MessageBytesMax * TransportMessageFactor),
        FarewellOf = Farewell,
    };

    /// <summary>What a client reads when the transport itself ends its connection; docs/protocol.md, section 2.</summary>
    static byte[] Farewell(DisconnectReason reason)
    {
        (LeaveCode code, string text) = reason == DisconnectReason.ProtocolViolation
            ? (LeaveCode.BadMessages, "too many malformed packets")
            : (LeaveCode.Flood, "over the limits of the connection");
        return new PayloadWriter().WriteByte((byte)code).WriteString(text).Written.ToArray();
    }

    /// <summary>What one player may send.</summary>
    public static PlayerLimits Player(ServerConfig config) => new()
    {
        MessageBytesMax = config.Net.MessageBytesMax,
        MessagesPerSecond = config.Net.MessagesPerSecond,
        MessagesBurst = config.Net.MessagesBurst,
        ChatBytesMax = config.Net.ChatBytesMax,
        ChatPerSecond = config.Net.ChatPerSecond,
        ChatBurst = config.Net.ChatBurst,
    };

    /// <summary>Rules of the door.</summary>
    public static JoinRules Join(ServerConfig config) => new()
    {
        Key = config.Net.Key,
        AsksKey = config.Auth.Mode != AuthMode.Open,
        PlayersMax = config.Net.MaxPlayers,
        PlayersPerAddressMax = config.Net.MaxPlayersPerAddress,
    };

    /// <summary>Options of the mod host.</summary>
    public static ModHostOptions Mods(LoadedConfig loaded)
    {
        ServerConfig config = loaded.Config;
        return new ModHostOptions
        {
            ModsFolder = loaded.Resolve(config.Mods.Folder),
            SecretsFolder = loaded.Resolve("config/secrets"),
            Development = config.Server.Dev,
            BootstrapFile = loaded.Resolve("config/init.luau"),
            Disabled = config.Mods.Disabled.ToHashSet(StringComparer.Ordinal),
            CoreMods = config.Core.Mods.Select(SplitHash).ToDictionary(m => m.Id, m => m.Hash, StringComparer.Ordinal),
            UserLimits = config.LimitsUser,
            CoreLimits = config.LimitsCore,
            Mods = config.PerMod.ToDictionary(
                m => m.Key,
                m => new ModSettings
                {
                    Grant = m.Value.Grant, Deny = m.Value.Deny, HttpHosts = m.Value.HttpHosts, HttpPrivate = m.Value.HttpPrivate, Limits = m.Value.Limits,
                    Config = m.Value.Config,
                }),
            World = new() { SnapshotHz = config.World.SnapshotHz, PlayerBytesPerSecond = config.World.PlayerKbps * 1024.0 },
            Watch = config.Mods.Watch,
            QuietPeriod = TimeSpan.FromMilliseconds(config.Mods.QuietMs),
            PollInterval = TimeSpan.FromMilliseconds(config.Mods.PollMs),
        };
    }

    /// <summary>Options of the mods' storage; null when it is off.</summary>
    public static SqliteModStorageOptions? Storage(LoadedConfig loaded)
    {
        StorageSection settings = loaded.Config.Storage;
        return !settings.Enabled ? null : new SqliteModStorageOptions
        {
            File = loaded.Resolve(settings.File),
            QuotaBytes = (long)settings.QuotaMb << 20,
            ValueBytesMax = settings.ValueKb << 10,
            PendingPerModMax = settings.PendingMax,
        };
    }

    /// <summary>Options of the mods' files; null when there are none.</summary>
    public static FolderModFilesOptions? Files(LoadedConfig loaded) => loaded.Config.Storage.FilesFolder.Length == 0 ? null : new FolderModFilesOptions
    {
        Folder = loaded.Resolve(loaded.Config.Storage.FilesFolder),
        QuotaBytes = (long)loaded.Config.Storage.FilesMb << 20,
    };

    /// <summary>Options of the mods' HTTP; null when it is off.</summary>
    public static ModHttpOptions? Http(ServerConfig config) => !config.Http.Enabled ? null : new ModHttpOptions
    {
        TimeoutMax = TimeSpan.FromSeconds(config.Http.TimeoutS),
        RequestBytesMax = config.Http.BodyKb << 10,
        ResponseBytesMax = config.Http.BodyKb << 10,
        PerModMax = config.Http.PerModMax,
    };

    static (string Id, string? Hash) SplitHash(string entry)
    {
        const string Mark = "@sha256:";
        int at = entry.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 ? (entry, null) : (entry[..at], entry[(at + Mark.Length)..]);
    }
}
