using GameServer.Scripting.Api;

namespace GameServer.Scripting.Mods;

/// <summary>A message that clients may send to a mod, as its manifest declares it: for programs that play client.</summary>
public sealed class DeclaredMessage
{
    readonly MessageSchema? _schema;

    DeclaredMessage(string name, double perSecond, MessageSchema? schema) => (Name, PerSecond, _schema) = (name, perSecond, schema);

    /// <summary>Full name, <c>mod:name</c>.</summary>
    public string Name { get; }

    /// <summary>How often the mod takes it from one client in the long run; infinite when it does not say.</summary>
    public double PerSecond { get; }

    /// <summary>A value that fits the declaration, encoded (docs/protocol.md, section 4); <c>true</c> where none is declared.</summary>
    public byte[] Sample(Random random)
    {
        var bytes = new List<byte>();
        (_schema ?? AnySchema).WriteSample(random, bytes);
        return [.. bytes];
    }

    /// <summary>Messages to the server of all mods in a folder; mods that cannot be read are left out.</summary>
    /// <remarks>Any thread. Runs no code of mods.</remarks>
    public static IReadOnlyList<DeclaredMessage> ReadAll(string modsFolder) =>
    [
        .. (ModCatalog.Read(modsFolder) ?? []).Where(entry => entry.Problem is null)
            .Select(entry => ModLoader.Prepare(entry.Id, entry.Folder, ModLimits.Core).Manifest).OfType<ModManifest>()
            .SelectMany(manifest => (manifest.Declarations.Messages?.Values ?? []).Where(message => message.Direction != MessageDirection.ToClient)
                .Select(message => new DeclaredMessage($"{manifest.Id}:{message.Name}", message.Rate?.PerSecond ?? double.PositiveInfinity, message.Schema))),
    ];

    static MessageSchema AnySchema => MessageSchema.TryParse("any", out MessageSchema any, out _) ? any : throw new InvalidOperationException("'any' is a type");
}
