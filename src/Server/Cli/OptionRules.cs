using System.CommandLine;
using System.CommandLine.Parsing;

namespace GameServer.Server.Cli;

/// <summary>Ranges of options.</summary>
static class OptionRules
{
    /// <summary>Refuses values for which <paramref name="right"/> is false.</summary>
    /// <param name="option">The option.</param>
    /// <param name="right">Whether a value is allowed.</param>
    /// <param name="message">What it must be, to stand behind the option's name.</param>
    public static void Require<T>(this Option<T> option, Func<T, bool> right, string message) => option.Validators.Add(result =>
    {
        if (TryGetValue(result, out T? value) && !right(value!))
            result.AddError($"{option.Name} {message}");
    });

    // A text that does not convert is reported by the parser itself; asking for its value raises.
    static bool TryGetValue<T>(OptionResult result, out T? value)
    {
        value = default;
        try
        {
            value = result.GetValueOrDefault<T>();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
