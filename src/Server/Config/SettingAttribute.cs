namespace GameServer.Server.Config;

/// <summary>Describes one setting. The loader, the validator, server.toml and the reference page all read this.</summary>
/// <param name="doc">One or two sentences for operators: what it does, and what happens at the limit.</param>
[AttributeUsage(AttributeTargets.Property)]
sealed class SettingAttribute(string doc) : Attribute
{
    public string Doc { get; } = doc;

    /// <summary>Smallest allowed number; for strings and lists the least length.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest allowed number; for strings and lists the greatest length.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Unit of a number; empty for counts.</summary>
    public string Unit { get; init; } = "";
}

/// <summary>Names the TOML table that a record stands for.</summary>
/// <param name="doc">One sentence above the table in server.toml.</param>
[AttributeUsage(AttributeTargets.Property)]
sealed class SectionAttribute(string doc) : Attribute
{
    public string Doc { get; } = doc;
}
