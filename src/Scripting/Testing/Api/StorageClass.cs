using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Testing.Api;

/// <summary>The storage of a test.</summary>
static class StorageClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 5;

    static readonly (string Word, StorageOutcome Outcome)[] Failures =
    [
        ("failed", StorageOutcome.Failed), ("quota", StorageOutcome.Quota), ("busy", StorageOutcome.Busy), ("closed", StorageOutcome.Closed),
        ("conflict", StorageOutcome.Conflict), ("too large", StorageOutcome.TooLarge),
    ];

    /// <summary>Fields and methods.</summary>
    public static TestClass Class { get; } = new("TestStorage", Tag, "What the mod under test keeps: in memory, and failing when the test says so.",
    [
        new("calls", "number", "Calls of mods so far.", (TestScript script, ref CallContext call) => call.Return(script.World.Storage.Calls)),
    ],
    [
        new("get", "(self: TestStorage, store: string, key: string) -> any", "What is stored.", (TestScript script, ref CallContext call) =>
            call.Return(script.World.Storage.Read(script.World.ModId, call.String(1).ToString(), Key(ref call)) is { } bytes ? script.FromStored(bytes) : LuauValue.Nil)),
        new("set", "(self: TestStorage, store: string, key: string, value: any) -> ()", "Stores a value.", (TestScript script, ref CallContext call) =>
        {
            byte[] value = script.ToStored(call.Any(3), out string refusal) ?? throw call.ArgumentError(3, refusal);
            script.World.Storage.Write(script.World.ModId, call.String(1).ToString(), Key(ref call), value);
            return call.Return();
        }),
        new("keys", "(self: TestStorage, store: string) -> { string }", "Keys of a store, in order.", (TestScript script, ref CallContext call) =>
        {
            LuauTable list = script.Vm.CreateTable();
            int count = 0;
            foreach (byte[] key in script.World.Storage.Keys(script.World.ModId, call.String(1).ToString())) script.Vm.Set(list, ++count, script.Vm.CreateString(key));
            return call.Return(list);
        }),
        new("fail", "(self: TestStorage, kind: (\"failed\" | \"quota\" | \"busy\" | \"closed\" | \"conflict\" | \"too large\")?, times: number?) -> ()",
            "From now on calls fail with this kind of error, `failed` if none is named: so many times, or until `recover`.", Fail),
        new("recover", "(self: TestStorage) -> ()", "Calls work again.", (TestScript script, ref CallContext call) =>
        {
            script.World.Storage.Fail(StorageOutcome.Done, 0);
            return call.Return();
        }),
        new("delay", "(self: TestStorage, seconds: number) -> ()", "Answers take so long from now on; 0 answers within the tick.", (TestScript script, ref CallContext call) =>
        {
            script.World.Storage.DelayTicks = (long)Math.Ceiling(Math.Max(0, call.Number(1)) * script.World.Server.TickRate);
            return call.Return();
        }),
        new("file", "(self: TestStorage, path: string) -> string?", "Content of a file of the mod; nil when there is none.", (TestScript script, ref CallContext call) =>
            call.Return(script.World.Files.Read(script.World.ModId, call.String(1).ToString()) is { } bytes ? script.Vm.CreateString(bytes) : LuauValue.Nil)),
        new("writeFile", "(self: TestStorage, path: string, content: string) -> ()", "Makes a file of the mod.", (TestScript script, ref CallContext call) =>
        {
            script.World.Files.Write(script.World.ModId, call.String(1).ToString(), call.String(2).Span.ToArray());
            return call.Return();
        }),
        new("failFiles", "(self: TestStorage, failing: boolean) -> ()", "Whether operations on files fail from now on.", (TestScript script, ref CallContext call) =>
        {
            script.World.Files.IsFailing = call[1].IsTruthy;
            return call.Return();
        }),
    ]);

    static byte[] Key(ref CallContext call) => call.String(2).Span.ToArray();

    static HostResult Fail(TestScript script, ref CallContext call)
    {
        string kind = call.OptionalString(1)?.ToString() ?? "failed";
        int at = Array.FindIndex(Failures, failure => failure.Word == kind);
        if (at < 0) throw call.ArgumentError(1, $"unknown kind '{kind}'{Toml.Suggestion.For(kind, Failures.Select(failure => failure.Word))}");
        script.World.Storage.Fail(Failures[at].Outcome, call.Number(2, double.PositiveInfinity));
        return call.Return();
    }
}
