namespace GameServer.Scripting.Marshalling;

/// <summary>Bounds of one value that crosses a border; checked while walking, before anything is allocated for it.</summary>
/// <param name="Bytes">Encoded size.</param>
/// <param name="Depth">Nesting of tables.</param>
/// <param name="Nodes">Values inside, keys included.</param>
/// <param name="Entries">Entries of one table.</param>
readonly record struct ValueLimits(int Bytes, int Depth, int Nodes, int Entries)
{
    /// <summary>Greatest depth any limit may ask for; the walk recurses, so it is bounded whatever is configured.</summary>
    public const int DepthMax = 100;

    /// <summary>Limits of a mod.</summary>
    public static ValueLimits Of(ModLimits limits) => new(
        (int)limits.ValueBytes, (int)Math.Min(DepthMax, limits.ValueDepth), (int)limits.ValueNodes, (int)Math.Min(ushort.MaxValue, limits.TableEntries));

    /// <summary>What a client may send (docs/protocol.md, section 5).</summary>
    public static ValueLimits Client => new(16_384, 32, 4096, 2048);
}

/// <summary>Where an encoded value goes.</summary>
enum ValueFormat
{
    /// <summary>To players: docs/protocol.md, section 4. Lengths are 16 bits, text is UTF-8, no handles.</summary>
    Wire,
    /// <summary>From VM to VM inside the server, and across a reload: lengths are 32 bits, strings are bytes, handles travel as kind and id.</summary>
    Internal,
}

/// <summary>First byte of an encoded value (docs/protocol.md, section 4).</summary>
enum ValueTag : byte
{
    Nil = 0,
    False = 1,
    True = 2,
    Number = 3,
    Integer = 4,
    Text = 5,
    Bytes = 6,
    Buffer = 7,
    Vector = 8,
    List = 9,
    Map = 10,
    /// <summary>Internal format only: kind byte and id.</summary>
    Handle = 11,
}
