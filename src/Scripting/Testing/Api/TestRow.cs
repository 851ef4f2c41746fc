using GameServer.Luau.Runtime;

namespace GameServer.Scripting.Testing.Api;

/// <summary>Body of a function for tests.</summary>
delegate HostResult TestBody(TestScript script, ref CallContext call);

/// <summary>One field or method for tests, as scripts, documentation and type definitions see it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Signature">Luau type.</param>
/// <param name="Doc">What it is or does.</param>
/// <param name="Body">Reads the field or carries out the method; the first argument is the object.</param>
sealed record TestRow(string Name, string Signature, string Doc, TestBody Body);

/// <summary>One class of objects that tests use.</summary>
/// <param name="Name">Type name.</param>
/// <param name="Tag">Userdata tag.</param>
/// <param name="Doc">What it is.</param>
/// <param name="Fields">Readable fields.</param>
/// <param name="Methods">Methods.</param>
sealed record TestClass(string Name, int Tag, string Doc, IReadOnlyList<TestRow> Fields, IReadOnlyList<TestRow> Methods);

/// <summary>Everything tests have beside Luau's own libraries.</summary>
static class TestCatalog
{
    /// <summary>All classes in the order of the documentation.</summary>
    public static IReadOnlyList<TestClass> Classes { get; } =
        [WorldClass.Class, ExpectationClass.Class, PlayersClass.Class, PlayerClass.Class, ModClass.Class, StorageClass.Class, HttpClass.Class];

    /// <summary>What the second argument of <c>test</c> may hold, as Luau types with their meaning.</summary>
    public static IReadOnlyList<(string Name, string Type, string Doc)> Setup { get; } =
    [
        ("skip", "string?", "Why this test does not run."),
        ("start", "boolean?", "`false`: the mod starts only at `t:start()`, so that storage and HTTP can be prepared."),
        ("players", "{ string }?", "Names of players who are there before the mod starts."),
        ("config", "{ [string]: any }?", "Settings of the mod, as an operator sets them."),
        ("grant", "{ string }?", "Permissions beyond those mod.toml asks for, which tests grant anyway."),
        ("deny", "{ string }?", "Permissions taken away."),
        ("limits", "{ [string]: number }?", "Limits, by the keys of limits.md."),
        ("core", "boolean?", "Whether the operator trusts the mod like the server itself."),
        ("storage", "{ [string]: { [string]: any } }?", "What is in storage at the start: values by store and key."),
        ("mods", "{ [string]: string | { [string]: string } }?", "Further mods, or stand-ins for dependencies: the source of `init.luau`, or files by path."),
        ("files", "{ [string]: string }?", "Files of the mod that are others in this test, by path."),
    ];

    /// <summary>Globals of a test file.</summary>
    public static IReadOnlyList<(string Name, string Signature, string Doc)> Globals { get; } =
    [
        ("test", "((name: string, fn: (t: Test) -> ()) -> ()) & ((name: string, setup: TestSetup, fn: (t: Test) -> ()) -> ())",
            "Names a test. It runs in a fresh start of the mod, with nobody there, nothing stored and the clock at zero."),
        ("before", "(fn: (t: Test) -> ()) -> ()", "Runs at the beginning of every test of this file."),
        ("require", "(path: string) -> any", "A file beside this one, or a module of the mod that needs nothing of the server: it runs in the test itself."),
        ("print", "(...any) -> ()", "Writes a line that is shown when the test fails, or with `--verbose`."),
    ];
}
