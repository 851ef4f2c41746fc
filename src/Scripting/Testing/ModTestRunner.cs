using GameServer.Luau;
using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Testing;

// A test file runs in a VM of its own and reaches the mod only as the server and players do; the mod runs in the real host. Each test gets a fresh VM for
// itself and a fresh world, so that no test can depend on another.

/// <summary>Runs the tests of a mod without a server: <c>tests/*.luau</c> and <c>*.test.luau</c> in its folder.</summary>
/// <remarks>Any thread; one test after another on the caller's.</remarks>
public sealed class ModTestRunner
{
    const int OutputLinesMax = 200;

    readonly string _id;
    readonly string _folder;
    readonly ModTestOptions _options;
    readonly TimeProvider _time;
    readonly List<string> _problems = [];
    readonly List<ModTestResult> _results = [];
    readonly Action<ModTestResult> _finished;
    IReadOnlyDictionary<string, byte[]> _tests = new Dictionary<string, byte[]>();
    TestSubject _subject = null!;
    IReadOnlyList<TestSubject> _dependencies = [];

    ModTestRunner(string folder, ModTestOptions options, Action<ModTestResult> finished, TimeProvider time)
    {
        _folder = Path.GetFullPath(folder);
        _id = Path.GetFileName(Path.TrimEndingDirectorySeparator(_folder));
        (_options, _finished, _time) = (options, finished, time);
    }

    /// <summary>Runs all tests of a mod.</summary>
    /// <param name="folder">The mod's folder; mods it needs are looked for beside it.</param>
    /// <param name="options">How.</param>
    /// <param name="finished">Told of each test when it has ended.</param>
    /// <param name="time">Real time.</param>
    public static ModTestReport Run(string folder, ModTestOptions options, Action<ModTestResult> finished, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        var runner = new ModTestRunner(folder, options, finished, time);
        if (runner.Read())
        {
            foreach (string file in runner._tests.Keys.Where(IsEntry)) runner.RunFile(file);
        }
        return new ModTestReport(runner._id, runner._problems, runner._results);
    }

    /// <summary>Whether a file is run by itself, and not only when another test requires it.</summary>
    static bool IsEntry(string name) => name.EndsWith(".test.luau", StringComparison.Ordinal) || (name.EndsWith(".luau", StringComparison.Ordinal) && name.Split('/').Length == 2);

    bool Read()
    {
        var limits = ModLimits.Core;
        if (ModId.Problem(_id) is { } wrong)
        {
            _problems.Add($"{_folder}: folder {wrong}");
            return false;
        }
        SnapshotResult mod = SnapshotReader.Read(_id, _folder, limits), tests = SnapshotReader.ReadTests(_id, _folder, limits);
        if (mod.Snapshot is null || tests.Snapshot is null)
        {
            _problems.Add($"{_id}: {mod.Problem ?? tests.Problem ?? "cannot be read"}");
            return false;
        }
        PrepareResult prepared = ModLoader.Prepare(mod.Snapshot);
        _problems.AddRange(prepared.Problems);
        _subject = new TestSubject(_id, mod.Snapshot.Files, prepared.Manifest);
        _tests = tests.Snapshot.Files;
        _dependencies = Dependencies(_subject, Path.GetDirectoryName(_folder)!);
        return _problems.Count == 0;
    }

    /// <summary>The mods that this one needs, and those they need, as far as they are there.</summary>
    internal static List<TestSubject> Dependencies(TestSubject subject, string modsFolder)
    {
        var found = new List<TestSubject>();
        var open = new Queue<TestSubject>([subject]);
        while (open.TryDequeue(out TestSubject? mod))
        {
            foreach (ModDependency dependency in mod.Manifest?.Dependencies ?? [])
            {
                if (dependency.Id == subject.Id || found.Any(other => other.Id == dependency.Id)) continue;
                string folder = Path.Combine(modsFolder, dependency.Id);
                if (!Directory.Exists(folder) || SnapshotReader.Read(dependency.Id, folder, ModLimits.Core).Snapshot is not { } snapshot) continue;
                var other = new TestSubject(dependency.Id, snapshot.Files, ModLoader.Prepare(snapshot).Manifest);
                found.Add(other);
                open.Enqueue(other);
            }
        }
        return found;
    }

    void RunFile(string file)
    {
        string name = Path.GetFileName(file)[..^".luau".Length];
        var snapshots = new Snapshots(Path.Combine(_folder, "tests", "snapshots", $"{name}.snap"), _options.Update);
        string[] names;
        using (TestScript script = Open(file, snapshots))
        {
            if (script.Load() is { } error)
            {
                _problems.Add(error);
                return;
            }
            names = [.. script.Cases.Select(test => test.Name)];
        }
        for (int i = 0; i < names.Length; i++)
        {
            if (IsWanted(file, names[i])) RunTest(file, i, snapshots);
        }
        snapshots.Save();
    }

    bool IsWanted(string file, string name) => _options.Only.Count == 0
        || _options.Only.Any(text => name.Contains(text, StringComparison.OrdinalIgnoreCase) || file.Contains(text, StringComparison.OrdinalIgnoreCase));

    TestScript Open(string file, Snapshots snapshots) => new(_subject, _tests, file, snapshots, _time);

    void RunTest(string file, int index, Snapshots snapshots)
    {
        long began = _time.GetTimestamp();
        using TestScript script = Open(file, snapshots);
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using CancellationTokenRegistration kill = timeout.Token.Register(script.Vm.RequestKill);
        string? error = script.Load();
        TestCase? test = error is null && index < script.Cases.Count ? script.Cases[index] : null;
        if (test is null)
        {
            _problems.Add(error ?? $"{_id}/{file}: names other tests each time it is run");
            return;
        }
        List<string> output = script.Printed;
        ModTestOutcome outcome = ModTestOutcome.Passed;
        try
        {
            TestSetup setup = script.SetupOf(test);
            if (setup.Skip is { } why) (outcome, error) = (ModTestOutcome.Skipped, why);
            else error = RunIn(script, test, setup, output);
        }
        catch (Exception wrong) when (wrong is LuauException or ArgumentException or IOException)
        {
            // Boundary: a setup that cannot be read, or a file of it that cannot be written.
            error = $"{_id}/{file}:{test.Line}: {wrong.Message}";
        }
        if (error is not null && outcome != ModTestOutcome.Skipped) outcome = ModTestOutcome.Failed;
        double milliseconds = Math.Round(_time.GetElapsedTime(began).TotalMilliseconds, 1);
        var result = new ModTestResult(_id, file, test.Line, test.Name, outcome, error ?? "", milliseconds, output);
        _results.Add(result);
        _finished(result);
    }

    string? RunIn(TestScript script, TestCase test, TestSetup setup, List<string> output)
    {
        using var world = new TestWorld(_subject, _dependencies, setup, _options.ServerVersion, _time);
        script.World = world;
        string? error = null;
        if (setup.Start)
        {
            world.Start();
            if (world.TakeFaults() is [var fault, ..]) error = $"the mod does not start as it should: {fault.Text}";
        }
        error ??= script.Run(test, world);
        output.AddRange(world.Log.Lines.Where(line => line.Level >= Serilog.Events.LogEventLevel.Information).Take(OutputLinesMax)
            .Select(line => $"{line.Level.ToString().ToLowerInvariant()}: {line.Text}"));
        return error;
    }
}
