using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Support;
using Xunit.Abstractions;

namespace GameServer.Luau.Tests.Fuzz;

/// <summary>
/// Whatever the source, it ends soon in a result, a script error, a kill or the memory limit: nothing else leaves the VM. Parser, compiler, verifier and
/// interpreter in one go, on a thread with a small stack.
/// </summary>
/// <remarks>A failure names its seed and program and shows the source. To run more, or one again: <c>LUAU_FUZZ=seed:first:count</c>. Should the process
/// itself die, <c>artifacts/fuzz/SEED</c> holds the number of the program (8 bytes).</remarks>
public class VmFuzzTests(ITestOutputHelper output)
{
    const int ProgramsPerSeed = 52_000;
    const long MemoryBytesMax = 1 << 20;
    const int StackBytes = 512 << 10;
    /// <summary>A VM serves so many programs: making one takes longer than running most.</summary>
    const int ProgramsPerVm = 40;
    static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(3);
    static readonly TimeSpan HangsAfter = TimeSpan.FromSeconds(20);

    public static TheoryData<int, int, int> Runs
    {
        get
        {
            if (Environment.GetEnvironmentVariable("LUAU_FUZZ") is { } wanted)
            {
                int[] run = [.. wanted.Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
                return new() { { run[0], run.ElementAtOrDefault(1), run.ElementAtOrDefault(2) is > 0 and var count ? count : 1 } };
            }
            return new() { { 1, 0, ProgramsPerSeed }, { 2, 0, ProgramsPerSeed } };
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Any_program_ends_as_a_script_may_end(int seed, int first, int count)
    {
        var fuzzer = new Fuzzer(seed, first, count);
        var thread = new Thread(fuzzer.Run, StackBytes);
        thread.Start();
        while (!thread.Join(1)) fuzzer.Watch();
        output.WriteLine(fuzzer.Summary);
        Assert.True(fuzzer.Failure == null, fuzzer.Failure);
        // The programs are worth something: they compile, run, fail in many ways and have to be stopped at times.
        if (count >= ProgramsPerSeed) fuzzer.AssertVariety();
    }

    sealed class Fuzzer(int seed, int first, int count)
    {
        readonly Dictionary<ResumeStatus, int> _ends = [];
        readonly HashSet<string> _messages = [];
        readonly Lock _gate = new();
        LuauVm? _vm;
        long _started;
        bool _isKilled;
        int _index;
        int _uncompilable;
        byte[] _source = [];

        public string? Failure { get; private set; }

        public string Summary => $"seed {seed}: {_uncompilable} do not compile, {string.Join(", ", _ends.Select(end => $"{end.Value} {end.Key}"))}, {_messages.Count} messages";

        public void AssertVariety()
        {
            Assert.True(_messages.Count > 300, Summary);
            Assert.True(_ends.GetValueOrDefault(ResumeStatus.Finished) > count / 20, Summary);
            Assert.True(_ends.GetValueOrDefault(ResumeStatus.Killed) > 0, Summary);
        }

        public void Run()
        {
            string folder = Repository.PathOf("artifacts", "fuzz");
            Directory.CreateDirectory(folder);
            using var file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, seed.ToString(CultureInfo.InvariantCulture)), FileMode.Create, null, sizeof(long));
            using MemoryMappedViewAccessor progress = file.CreateViewAccessor();
            try
            {
                for (_index = first; _index < first + count; _index++)
                {
                    progress.Write(0, (long)_index);
                    var random = new Random(HashOf(seed, _index));
                    _source = random.Next(3) == 0 ? new MutatedProgram(random).Make() : Encoding.UTF8.GetBytes(new ChaosProgram(random).Make());
                    RunOne(random);
                }
            }
            catch (Exception e)
            {
                Failure ??= Describe(e.ToString());
            }
            finally
            {
                _vm?.Dispose();
            }
        }

        void RunOne(Random random)
        {
            CompiledChunk chunk;
            try
            {
                chunk = LuauVm.Compile(_source, "=fuzz", new LuauCompileOptions { OptimizationLevel = random.Next(3) });
            }
            catch (LuauCompileException error)
            {
                _uncompilable++;
                Note(error.Message);
                return;
            }

            LuauVm vm = VmFor(_index);
            long memory = vm.MeasureLive();
            LuauThread thread = vm.CreateThread(vm.Load(chunk, vm.CreateEnvironment()));
            lock (_gate)
            {
                _started = Stopwatch.GetTimestamp();
                _isKilled = false;
            }
            ResumeStatus status = vm.Resume(thread);
            lock (_gate)
            {
                _started = 0;
                // A kill that came when the program had ended counts for nobody.
                if (_isKilled) vm.ClearKill();
            }
            _ends[status] = _ends.GetValueOrDefault(status) + 1;
            if (status == ResumeStatus.Failed) Note(thread.Error.ToString());
            if (status == ResumeStatus.Killed && !_isKilled && !vm.IsDoomed) Failure ??= Describe("killed by nobody");
            if (vm.MemoryUsed > MemoryBytesMax + (16 << 10)) Failure ??= Describe($"{vm.MemoryUsed} bytes, {memory} before");
            if (Failure != null) throw new InvalidOperationException();
            if (!vm.IsDoomed) return;
            vm.Dispose();
            _vm = null;
        }

        LuauVm VmFor(int index)
        {
            if (_vm != null && index % ProgramsPerVm != 0) return _vm;
            LuauVm? old = _vm;
            lock (_gate)
            {
                _vm = new LuauVm(new LuauVmOptions
                {
                    MemoryBytesMax = MemoryBytesMax,
                    OnMemoryLimit = index / ProgramsPerVm % 2 == 0 ? MemoryFault.Error : MemoryFault.Kill,
                    RandomSeed = seed,
                    RunnerLibrary = true,
                    Print = _ => { },
                    Time = new ManualTime(),
                });
            }
            old?.Dispose();
            _vm.Seal();
            return _vm;
        }

        /// <summary>Called every millisecond from another thread: stops what runs long.</summary>
        public void Watch()
        {
            lock (_gate)
            {
                if (_started == 0) return;
                TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
                if (elapsed > Deadline && !_isKilled)
                {
                    _isKilled = true;
                    _vm!.RequestKill();
                }
                if (elapsed > HangsAfter && Failure == null)
                {
                    Failure = Describe("does not stop");
                    Environment.FailFast(Failure);
                }
            }
        }

        /// <summary>Messages without what differs from program to program.</summary>
        void Note(string message)
        {
            if (_messages.Count >= 5000) return;
            var plain = new StringBuilder();
            foreach (char c in message.AsSpan(0, Math.Min(message.Length, 100)))
                if (!char.IsAsciiDigit(c)) plain.Append(c);
            _messages.Add(plain.ToString());
        }

        string Describe(string what) => $"LUAU_FUZZ={seed}:{_index} {what}\n{Encoding.UTF8.GetString(_source)}";

        static int HashOf(int seed, int index) => unchecked((seed * 486_187_739) + (index * 16_777_619) + 12_345);
    }
}
