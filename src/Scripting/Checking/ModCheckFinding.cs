namespace GameServer.Scripting.Checking;

/// <summary>How bad a finding is.</summary>
public enum ModCheckLevel
{
    /// <summary>It will fail, or keep the mod from starting.</summary>
    Error,
    /// <summary>It works perhaps, but hardly as meant.</summary>
    Warning,
}

/// <summary>Something that was found in a mod without running it.</summary>
/// <param name="Mod">Id of the mod.</param>
/// <param name="File">Path relative to the mod's folder.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Level">How bad.</param>
/// <param name="Rule">Stable word for the kind of finding.</param>
/// <param name="Text">What is wrong, and what would be right.</param>
public sealed record ModCheckFinding(string Mod, string File, int Line, int Column, ModCheckLevel Level, string Rule, string Text)
{
    /// <summary><c>kits/init.luau:3:5: error: text</c></summary>
    public override string ToString() => $"{Mod}/{File}:{Line}:{Column}: {Level.ToString().ToLowerInvariant()}: {Text}";
}
