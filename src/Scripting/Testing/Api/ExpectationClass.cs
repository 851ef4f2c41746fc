using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Scripting.Testing.Api;

/// <summary>A value that a test has expectations of.</summary>
/// <param name="Value">The value.</param>
/// <param name="IsNegated">Whether what follows must not hold.</param>
sealed record Expectation(LuauRef Value, bool IsNegated);

/// <summary>What <c>t:expect(value)</c> gives.</summary>
static class ExpectationClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 10;

    /// <summary>Fields and methods.</summary>
    public static TestClass Class { get; } = new("Expectation", Tag, "A value about which something must hold; the test fails, with both values, when it does not.", [],
    [
        new("toBe", "(self: Expectation, expected: any) -> ()", "Equal; tables are equal when they hold the same.", ToBe),
        new("toInclude", "(self: Expectation, expected: any) -> ()",
            "A string holds this text, a list holds an equal value, a table has at least these fields.", ToInclude),
        new("toMatch", "(self: Expectation, pattern: string) -> ()", "A string matches a Luau pattern.", ToMatch),
        new("toBeNil", "(self: Expectation) -> ()", "Nil.", (TestScript script, ref CallContext call) => Check(script, ref call, Of(ref call).IsNil, "nil")),
        new("toBeTruthy", "(self: Expectation) -> ()", "Neither nil nor false.",
            (TestScript script, ref CallContext call) => Check(script, ref call, Of(ref call).IsTruthy, "something that is neither nil nor false")),
        new("toBeNear", "(self: Expectation, expected: number, tolerance: number?) -> ()", "A number within the tolerance, 0.001 if none is given.", ToBeNear),
        new("toBeAbove", "(self: Expectation, limit: number) -> ()", "A larger number.", (TestScript script, ref CallContext call) =>
            Check(script, ref call, Of(ref call).TryGetNumber(out double number) && number > call.Number(1), $"more than {script.Text.Of(call[1])}")),
        new("toBeBelow", "(self: Expectation, limit: number) -> ()", "A smaller number.", (TestScript script, ref CallContext call) =>
            Check(script, ref call, Of(ref call).TryGetNumber(out double number) && number < call.Number(1), $"less than {script.Text.Of(call[1])}")),
        new("toHaveLength", "(self: Expectation, length: number) -> ()", "A list, string or buffer of this length.", ToHaveLength),
        new("toRaise", "(self: Expectation, text: string?) -> ()", "A function that raises an error, with this text in it.", ToRaise),
        new("toMatchSnapshot", "(self: Expectation, name: string?) -> ()",
            "The same as when `--update` was given last: the value is kept as text in tests/snapshots.", ToMatchSnapshot),
        new("never", "(self: Expectation) -> Expectation", "The opposite of what follows: `t:expect(x):never():toBe(1)`.", Never),
    ]);

    static Expectation Target(ref CallContext call) => call.Userdata<Expectation>(0, Tag);

    static LuauValue Of(ref CallContext call) => Target(ref call).Value.Value;

    static HostResult Check(TestScript script, ref CallContext call, bool holds, string expected)
    {
        Expectation expectation = Target(ref call);
        if (holds != expectation.IsNegated) return call.Return();
        throw call.Error($"expected {(expectation.IsNegated ? "anything but " : "")}{expected}, got {script.Text.Of(expectation.Value.Value)}");
    }

    static HostResult ToBe(TestScript script, ref CallContext call)
    {
        Expectation expectation = Target(ref call);
        LuauValue actual = expectation.Value.Value, expected = call[1];
        if (expectation.IsNegated) return Check(script, ref call, script.Text.AreEqual(actual, expected), script.Text.Of(expected));
        if (script.Text.Difference(actual, expected) is not { } difference) return call.Return();
        if (difference.Path.Length == 0) throw call.Error($"expected {difference.Expected}, got {difference.Actual}");
        throw call.Error($"expected {script.Text.Of(expected)}\n     got {script.Text.Of(actual)}\nthey differ at {difference.Path}: expected {difference.Expected}, "
            + $"got {difference.Actual}");
    }

    static HostResult ToInclude(TestScript script, ref CallContext call)
    {
        LuauValue actual = Of(ref call), part = call[1];
        bool holds = false;
        if (actual.As<LuauString>() is { } text && part.As<LuauString>() is { } wanted) holds = text.Span.IndexOf(wanted.Span) >= 0;
        else if (actual.As<LuauTable>() is { } table) holds = HasItem(script, table, part) || HasFields(script, table, part);
        return Check(script, ref call, holds, $"something with {script.Text.Of(part)} in it");
    }

    static bool HasItem(TestScript script, LuauTable table, in LuauValue item)
    {
        for (int i = 1; i <= script.Vm.Length(table); i++)
        {
            if (script.Text.AreEqual(script.Vm.Get(table, i), item)) return true;
        }
        return false;
    }

    static bool HasFields(TestScript script, LuauTable table, in LuauValue part)
    {
        if (part.As<LuauTable>() is not { } fields) return false;
        LuauValue key = default;
        bool any = false;
        while (script.Vm.Next(fields, ref key, out LuauValue value))
        {
            any = true;
            LuauValue actual = script.Vm.Get(table, key);
            bool holds = script.Text.AreEqual(actual, value) || (actual.As<LuauTable>() is { } inner && value.As<LuauTable>() is not null && HasFields(script, inner, value));
            if (!holds) return false;
        }
        return any;
    }

    static HostResult ToMatch(TestScript script, ref CallContext call)
    {
        LuauTable strings = script.Vm.Get(script.Vm.Globals, "string").As<LuauTable>()!;
        LuauValue actual = Of(ref call);
        bool holds = actual.Type == LuauType.String && call.Call(script.Vm.Get(strings, "find"), actual, call[1]).IsTruthy;
        return Check(script, ref call, holds, $"text that matches {script.Text.Of(call[1])}");
    }

    static HostResult ToBeNear(TestScript script, ref CallContext call)
    {
        double expected = call.Number(1), tolerance = call.Number(2, 0.001);
        bool holds = Of(ref call).TryGetNumber(out double number) && Math.Abs(number - expected) <= tolerance;
        return Check(script, ref call, holds, $"{expected} within {tolerance}");
    }

    static HostResult ToHaveLength(TestScript script, ref CallContext call)
    {
        LuauValue actual = Of(ref call);
        int? length = actual.As<LuauTable>() is { } table ? script.Vm.Length(table) : actual.As<LuauString>()?.Length ?? actual.As<LuauBuffer>()?.Span.Length;
        double expected = call.Number(1);
        return Check(script, ref call, length == expected, $"{expected} long{(length is { } found ? $", which is {found} long" : "")}");
    }

    static HostResult ToRaise(TestScript script, ref CallContext call)
    {
        string part = call.OptionalString(1)?.ToString() ?? "";
        LuauFunction function = Of(ref call).As<LuauFunction>() ?? throw call.Error($"a function expected, got {script.Text.Of(Of(ref call))}");
        string? raised = null;
        try
        {
            script.Vm.Call(function);
        }
        catch (LuauException error) when (error.Fault == LuauFault.Error)
        {
            raised = error.Message;
        }
        string expected = part.Length == 0 ? "an error" : $"an error with \"{part}\"";
        bool holds = raised is not null && raised.Contains(part, StringComparison.Ordinal);
        if (holds != Target(ref call).IsNegated) return call.Return();
        throw call.Error($"expected {(holds ? "no error" : expected)}, got {(raised is null ? "none" : $"\"{raised}\"")}");
    }

    static HostResult ToMatchSnapshot(TestScript script, ref CallContext call)
    {
        string actual = script.Text.Of(Of(ref call));
        string name = call.OptionalString(1)?.ToString() ?? "";
        return script.Snapshots.Check(script.NextSnapshot(name), actual) is { } problem ? throw call.Error(problem) : call.Return();
    }

    static HostResult Never(TestScript script, ref CallContext call)
    {
        Expectation expectation = Target(ref call);
        return call.Return(script.Vm.CreateUserdata(expectation with { IsNegated = !expectation.IsNegated }, Tag));
    }
}
