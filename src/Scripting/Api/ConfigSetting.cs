using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>Kinds of settings a mod can define.</summary>
enum ConfigKind
{
    /// <summary>A number without fraction.</summary>
    Int,
    /// <summary>A number.</summary>
    Number,
    /// <summary>True or false.</summary>
    Bool,
    /// <summary>A text.</summary>
    String,
    /// <summary>One of some texts.</summary>
    Choice,
}

/// <summary>A setting as its mod described it.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Default">Boolean, double or string.</param>
sealed record ConfigSpec(ConfigKind Kind, object Default)
{
    /// <summary>Smallest number; for texts the shortest length in characters.</summary>
    public double Min { get; init; } = double.NegativeInfinity;
    /// <summary>Largest number; for texts the longest length.</summary>
    public double Max { get; init; } = double.PositiveInfinity;
    /// <summary>Texts of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
    /// <summary>What it means.</summary>
    public string Doc { get; init; } = "";

    /// <summary>What values it may have, in words.</summary>
    public string Allowed => Kind switch
    {
        ConfigKind.Bool => "true or false",
        ConfigKind.Choice => $"one of {string.Join(", ", Choices.Select(choice => $"\"{choice}\""))}",
        ConfigKind.String => $"a string{Range} characters".Replace("string characters", "string"),
        _ => (Kind == ConfigKind.Int ? "an integer" : "a number") + Range,
    };

    string Range => (double.IsInfinity(Min), double.IsInfinity(Max)) switch
    {
        (true, true) => "",
        (true, false) => $" up to {Max}",
        (false, true) => $" from {Min}",
        _ => $" from {Min} to {Max}",
    };

    /// <summary>Whether a value is allowed.</summary>
    public bool Accepts(object value) => (Kind, value) switch
    {
        (ConfigKind.Int, double number) => number == Math.Floor(number) && number >= Min && number <= Max,
        (ConfigKind.Number, double number) => number >= Min && number <= Max,
        (ConfigKind.Bool, bool) => true,
        (ConfigKind.String, string text) => text.Length >= Min && text.Length <= Max,
        (ConfigKind.Choice, string text) => Choices.Contains(text),
        _ => false,
    };
}

/// <summary>A function to be told when a setting changes.</summary>
sealed class ConfigListener(string name, LuauRef function, Permission mask) : Registration(RegistrationKind.Handler)
{
    /// <summary>Setting.</summary>
    public string Name { get; } = name;
    /// <summary>Rights it runs with.</summary>
    public Permission Mask { get; } = mask;
    /// <summary>The function.</summary>
    public LuauFunction Function => function.Value.As<LuauFunction>()!;

    /// <inheritdoc/>
    protected override void OnReleased() => function.Dispose();
}
