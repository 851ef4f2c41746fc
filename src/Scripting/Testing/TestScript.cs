using System.Text;
using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Api;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Mods;
using GameServer.Scripting.Testing.Api;
using GameServer.Scripting.Testing.Doubles;

namespace GameServer.Scripting.Testing;

/// <summary>A test of a file.</summary>
/// <param name="Name">Name.</param>
/// <param name="Line">Line of the call that named it.</param>
/// <param name="Setup">Its second argument; null when there was none.</param>
/// <param name="Function">What to run.</param>
sealed record TestCase(string Name, int Line, LuauTable? Setup, LuauFunction Function);

/// <summary>A test file in a VM of its own, apart from the mods: first to see which tests there are, then anew for each of them.</summary>
/// <remarks>One thread.</remarks>
sealed class TestScript : IHandleTable, IDisposable
{
    const long MemoryBytesMax = 256L << 20;
    static readonly ValueLimits Unbounded = new(1 << 26, ValueLimits.DepthMax, int.MaxValue, ushort.MaxValue);

    readonly TestSubject _subject;
    readonly IReadOnlyDictionary<string, byte[]> _tests;
    readonly string _file;
    readonly ModuleResolver _resolver;
    readonly Dictionary<string, LuauValue> _modules = new(StringComparer.Ordinal);
    readonly Dictionary<int, LuauValue> _playerObjects = [];
    readonly ValueEncoder _encoder = new();
    readonly List<LuauFunction> _before = [];
    LuauTable _environment = null!;
    string _case = "";
    int _snapshots;

    /// <summary>Makes the VM; nothing runs yet.</summary>
    public TestScript(TestSubject subject, IReadOnlyDictionary<string, byte[]> tests, string file, Snapshots snapshots, TimeProvider time)
    {
        (_subject, _tests, _file, Snapshots) = (subject, tests, file, snapshots);
        _resolver = new ModuleResolver(subject.Files, tests);
        Vm = new LuauVm(new LuauVmOptions { MemoryBytesMax = MemoryBytesMax, Time = time, RandomSeed = 1, Print = line => Printed.Add(Encoding.UTF8.GetString(line)) });
        Text = new ValueText(Vm);
        Install();
    }

    /// <summary>The VM of the test.</summary>
    public LuauVm Vm { get; }
    /// <summary>Values as text.</summary>
    public ValueText Text { get; }
    /// <summary>Values of earlier runs.</summary>
    public Snapshots Snapshots { get; }
    /// <summary>The server around the mod; only while a test runs.</summary>
    public TestWorld World { get => field ?? throw new LuauException("only a test can do this, not the file around it"); set; }
    /// <summary>Tests of the file, in order.</summary>
    public List<TestCase> Cases { get; } = [];
    /// <summary>What was printed.</summary>
    public List<string> Printed { get; } = [];
    /// <summary>Whether faults of mods are waited for, instead of failing the test.</summary>
    public bool HoldsFaults { get; set; }
    /// <summary>An error of the test's own code while mods were running; null when there was none.</summary>
    public string? LateError { get; set; }

    /// <summary>Runs the file itself, which names its tests.</summary>
    /// <returns>Null, or the error.</returns>
    public string? Load()
    {
        try
        {
            return Run(Vm.Load(LuauVm.Compile(_tests[_file], $"@{_subject.Id}/{_file}"), _environment), []);
        }
        catch (LuauCompileException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>Runs a test in a world.</summary>
    /// <returns>Null, or the error with what led to it.</returns>
    public string? Run(TestCase test, TestWorld world)
    {
        World = world;
        (_case, _snapshots) = (test.Name, 0);
        LuauValue t = Object(this, WorldClass.Tag);
        foreach (LuauFunction function in _before.Append(test.Function))
        {
            if (Run(function, [t]) is { } error) return error;
        }
        return LateError ?? Faults(world);
    }

    /// <summary>Reads the second argument of <c>test</c>.</summary>
    /// <exception cref="LuauException">Something in it is wrong.</exception>
    public TestSetup SetupOf(TestCase test) => test.Setup is { } table ? new SetupReader(this, table).Read() : TestSetup.None;

    /// <summary>Name of the next snapshot of the running test.</summary>
    public string NextSnapshot(string name) => name.Length > 0 ? $"{_case}: {name}" : $"{_case} {++_snapshots}";

    /// <summary>Fails the running test when a mod has failed since the last time this was asked.</summary>
    /// <exception cref="LuauException">One has.</exception>
    public void RaiseFaults(ref CallContext call)
    {
        if (HoldsFaults) return;
        if (LateError is { } late) throw call.Error(late);
        if (Faults(World) is { } fault) throw call.Error(fault);
    }

    /// <summary>An object of a class without state of its own, or of one that is its target.</summary>
    public LuauValue Object(object target, int tag) => Vm.CreateUserdata(target, tag);

    /// <summary>A mod.</summary>
    public LuauValue ModObject(string id) => Vm.CreateUserdata(new ModHandle(id), ModClass.Tag);

    /// <summary>A player: the same object every time.</summary>
    public LuauValue PlayerObject(TestPlayer player)
    {
        if (!_playerObjects.TryGetValue(player.Id, out LuauValue known))
            _playerObjects[player.Id] = known = Vm.CreateRef(Vm.CreateUserdata(player, Testing.Api.PlayerClass.Tag)).Value;
        return known;
    }

    /// <summary>Text, or nil for null.</summary>
    public LuauValue TextOrNil(string? text) => text is null ? LuauValue.Nil : Vm.CreateString(text);

    /// <summary>A list of texts.</summary>
    public LuauValue TextList(IEnumerable<string> texts)
    {
        LuauTable list = Vm.CreateTable();
        int count = 0;
        foreach (string text in texts) Vm.Set(list, ++count, Vm.CreateString(text));
        return list;
    }

    /// <summary>A boolean, a double or a string; null for anything else.</summary>
    public static object? Plain(in LuauValue value) => value.Type switch
    {
        LuauType.Boolean => value.IsTruthy,
        LuauType.Number => value.AsNumber(),
        LuauType.String => value.ToString(),
        _ => null,
    };

    /// <summary>A value as a client sends it; null and why not.</summary>
    public byte[]? ToWire(in LuauValue value, out string refusal) => Bytes(value, ValueFormat.Wire, [], out refusal);

    /// <summary>A value as it was sent.</summary>
    public LuauValue FromWire(byte[] value) => Read(value, ValueFormat.Wire);

    /// <summary>A value as it is stored; null and why not.</summary>
    public byte[]? ToStored(in LuauValue value, out string refusal) => Bytes(value, ValueFormat.Internal, [StorageRequest.FormatVersion], out refusal);

    /// <summary>A value that was stored.</summary>
    public LuauValue FromStored(byte[] value) => value.Length == 0 ? LuauValue.Nil : Read(value.AsSpan(1), ValueFormat.Internal);

    /// <summary>Values on their way to a mod.</summary>
    public EncodedValues Encode(ReadOnlySpan<LuauValue> values, ref CallContext call)
    {
        _encoder.Begin(Vm, ValueFormat.Internal, Unbounded, this);
        for (int i = 0; i < values.Length; i++)
        {
            if (!_encoder.TryAdd(values[i], $"argument {i + 1}")) throw call.Error($"this cannot be copied: {_encoder.Refusal}");
        }
        return new EncodedValues(_encoder.Encoded.ToArray(), values.Length);
    }

    /// <summary>Values from a mod.</summary>
    public LuauValue[] Decode(EncodedValues encoded)
    {
        var values = new LuauValue[encoded.Count];
        var reader = new ValueReader(encoded.Bytes, ValueFormat.Internal);
        for (int i = 0; i < values.Length; i++)
        {
            if (!ValueDecoder.TryDecode(ref reader, Vm, Unbounded, this, out values[i])) break;
        }
        return values;
    }

    /// <inheritdoc/>
    public bool TryGetHandle(Userdata userdata, out byte kind, out int id)
    {
        (kind, id) = (PlayerHandles.Kind, (userdata.Target as TestPlayer)?.Id ?? 0);
        return id != 0;
    }

    /// <inheritdoc/>
    public LuauValue FromHandle(byte kind, int id) => kind == PlayerHandles.Kind && World.Players.Anybody(id) is { } player ? PlayerObject(player) : LuauValue.Nil;

    /// <inheritdoc/>
    public void Dispose() => Vm.Dispose();

    byte[]? Bytes(in LuauValue value, ValueFormat format, ReadOnlySpan<byte> head, out string refusal)
    {
        _encoder.Begin(Vm, format, Unbounded, null);
        bool done = _encoder.TryAdd(value, "value");
        refusal = done ? "" : _encoder.Refusal;
        return done ? [.. head, .. _encoder.Encoded] : null;
    }

    LuauValue Read(ReadOnlySpan<byte> bytes, ValueFormat format)
    {
        var reader = new ValueReader(bytes, format);
        return ValueDecoder.TryDecode(ref reader, Vm, Unbounded, this, out LuauValue value) ? value : LuauValue.Nil;
    }

    static string? Faults(TestWorld world)
    {
        if (world.TakeFaults() is [var first, ..]) return $"a mod failed: {first.Text}";
        if (world.Http.Unanswered is not [var request, ..]) return null;
        world.Http.Unanswered.Clear();
        return $"a mod asked for {request}, and the test has no answer: t.http:on(\"{request}\", {{ body = \"…\" }})";
    }

    string? Run(LuauFunction function, ReadOnlySpan<LuauValue> args)
    {
        LuauThread thread = Vm.CreateThread(function);
        switch (Vm.Resume(thread, args))
        {
            case ResumeStatus.Finished:
                return null;
            case ResumeStatus.Yielded:
                return "a test cannot wait by itself; use t:advance(seconds) or t:waitUntil(function)";
            case ResumeStatus.Killed:
                return Vm.IsDoomed ? "the test needs too much memory" : "the test takes too long (--timeout)";
            default:
                string message = thread.Error.As<LuauString>()?.ToString()
                    ?? $"an error that is a {thread.Error.Type.ToString().ToLowerInvariant()}: {Text.Of(thread.Error)}";
                string[] frames = [.. Vm.GetTraceback(thread).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Where(frame => frame.Contains(".luau:", StringComparison.Ordinal))];
                // The position of the error is the first frame: worth showing only when there are more.
                return frames.Length > 1 ? $"{message}\n{string.Join('\n', frames.Select(frame => $"  at {frame.Trim()}"))}" : message;
        }
    }

    void Install()
    {
        foreach (TestClass type in TestCatalog.Classes)
        {
            Dictionary<string, TestBody> fields = type.Fields.ToDictionary(row => row.Name, row => row.Body);
            Vm.RegisterUserdataClass(new UserdataClass(type.Tag, type.Name)
            {
                Members = type.Methods.ToDictionary(row => row.Name, row => (LuauValue)new HostFunction(row.Name, (ref CallContext call) => row.Body(this, ref call))),
                Index = (ref CallContext call) =>
                {
                    string name = call[1].ToString() ?? "";
                    if (fields.TryGetValue(name, out TestBody? read)) return read(this, ref call);
                    throw call.Error($"'{name}' is no field or method of {type.Name}{Toml.Suggestion.For(name, type.Fields.Concat(type.Methods).Select(row => row.Name))}");
                },
            });
        }
        Set("test", Test);
        Set("before", (ref CallContext call) =>
        {
            _before.Add(call.Callable(0));
            return call.Return();
        });
        Set("require", Require);
        Vm.Seal();
        _environment = Vm.CreateEnvironment(ownG: true);
    }

    void Set(string name, HostBody body) => Vm.Set(Vm.Globals, name, new HostFunction(name, body));

    HostResult Test(ref CallContext call)
    {
        string name = call.String(0).ToString();
        LuauTable? setup = call.ArgCount > 2 ? call.Table(1) : null;
        LuauFunction function = call.Callable(setup is null ? 1 : 2);
        if (name.Length == 0 || name.Any(char.IsControl)) throw call.ArgumentError(0, "a test needs a name of one line");
        if (Cases.Any(other => other.Name == name)) throw call.Error($"there are two tests named '{name}' in this file");
        string position = call.Error("").Message;
        string[] parts = position.Split(':');
        int line = parts.Length > 2 && int.TryParse(parts[^2], out int number) ? number : 0;
        // Kept alive by the VM's references: the collector of the VM looks at nothing else that the host holds.
        Vm.CreateRef(function);
        if (setup is not null) Vm.CreateRef(setup);
        Cases.Add(new TestCase(name, line, setup, function));
        return call.Return();
    }

    HostResult Require(ref CallContext call)
    {
        string path = call.String(0).ToString();
        string requirer = FileOf(call.Error("").Message);
        if (!_resolver.TryResolve(requirer, path, out string file, out string problem)) throw call.Error($"error requiring module \"{path}\": {problem}");
        if (_modules.TryGetValue(file, out LuauValue known)) return call.Return(known);
        LuauFunction main;
        try
        {
            byte[] source = _tests.TryGetValue(file, out byte[]? test) ? test : _subject.Files[file];
            main = Vm.Load(LuauVm.Compile(source, $"@{_subject.Id}/{file}"), _environment);
        }
        catch (LuauCompileException wrong)
        {
            throw call.Error(wrong.Message);
        }
        ReadOnlySpan<LuauValue> results = Vm.Call(main);
        if (results.Length != 1) throw call.Error($"error requiring module \"{path}\": module must return a single value");
        LuauValue value = results[0];
        _modules[file] = Vm.CreateRef(value).Value;
        return call.Return(value);
    }

    string FileOf(string position)
    {
        string prefix = $"{_subject.Id}/";
        int end = position.IndexOf(".luau:", StringComparison.Ordinal);
        return end > 0 && position.StartsWith(prefix, StringComparison.Ordinal) ? position[prefix.Length..(end + ".luau".Length)] : _file;
    }
}
