using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Marshalling;

namespace GameServer.Server.Cli.Bots;

/// <summary>What bots do, as a Luau file: its global function <c>Bot(bot)</c> runs once for each bot that is in, on a thread of its own.</summary>
/// <remarks>Thread of the <see cref="BotCrowd"/>; one VM for all bots, so globals are shared.</remarks>
sealed class BotScript : IDisposable
{
    const int Tag = 1;
    const long MemoryBytesMax = 512L << 20;

    readonly WireValues _wire;
    readonly LuauFunction _main;
    readonly TimeProvider _time;

    BotScript(LuauVm vm, LuauFunction main, TimeProvider time) => (Vm, _main, _time, _wire) = (vm, main, time, new WireValues(vm));

    /// <summary>The VM.</summary>
    public LuauVm Vm { get; }

    /// <summary>Errors of the script so far.</summary>
    public int Errors { get; private set; }

    /// <summary>The first of them.</summary>
    public string FirstError { get; private set; } = "";

    /// <summary>Loads a script.</summary>
    /// <param name="file">The file.</param>
    /// <param name="seed">Seed of <c>math.random</c>.</param>
    /// <param name="output">Where <c>print</c> writes.</param>
    /// <param name="time">Clock.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static BotScript? Load(string file, int seed, TextWriter output, TimeProvider time, out string problem)
    {
        problem = "";
        LuauVm vm = new(new LuauVmOptions
        {
            MemoryBytesMax = MemoryBytesMax, RandomSeed = seed, Time = time, Print = line => output.WriteLine(System.Text.Encoding.UTF8.GetString(line)),
        });
        try
        {
            vm.RegisterUserdataClass(Class());
            LuauThread thread = vm.CreateThread(vm.Load(LuauVm.Compile(LuauScript.ReadSource(file), $"@{Path.GetFileName(file)}")));
            if (vm.Resume(thread) != ResumeStatus.Finished) problem = thread.Error.ToString() ?? "the script cannot wait outside of Bot";
            else if (vm.Get(vm.Globals, "Bot").As<LuauFunction>() is { } main) return new BotScript(vm, main, time);
            else problem = "it has no global function Bot(bot)";
        }
        catch (Exception e) when (e is LuauCompileException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }
        vm.Dispose();
        return null;
    }

    /// <summary>Starts the script for a bot that is in.</summary>
    public Run Start(Bot bot)
    {
        Run run = new(this, bot);
        run.Begin(_main, [Vm.CreateUserdata(run, Tag)]);
        return run;
    }

    public void Dispose() => Vm.Dispose();

    static UserdataClass Class() => new(Tag, "Bot")
    {
        Members = new Dictionary<string, LuauValue>
        {
            ["say"] = Method("say", (Run run, ref CallContext call) => call.Return(run.Bot.Client.Chat(call.String(1).ToString()))),
            ["send"] = Method("send", (Run run, ref CallContext call) =>
            {
                byte[] value = run.Script._wire.Encode(call[2], out string refusal) ?? throw call.Error($"this cannot be sent: {refusal}");
                return call.Return(run.Bot.Client.Message(call.String(1).ToString(), value));
            }),
            ["leave"] = Method("leave", (Run run, ref CallContext call) =>
            {
                run.Bot.Client.Leave();
                return call.Return();
            }),
            ["on"] = Method("on", (Run run, ref CallContext call) =>
            {
                run.Handlers[call.String(1).ToString()] = call.Callable(2);
                return call.Return();
            }),
            ["onChat"] = Method("onChat", (Run run, ref CallContext call) =>
            {
                run.ChatHandler = call.Callable(1);
                return call.Return();
            }),
            ["wait"] = Method("wait", (Run run, ref CallContext call) =>
            {
                run.WaitFor(call.Number(1, 0));
                return call.Yield();
            }),
        },
        Index = (ref CallContext call) =>
        {
            Run run = call.Userdata<Run>(0, Tag);
            return call[1].ToString() switch
            {
                "number" => call.Return(run.Bot.Number),
                "id" => call.Return(run.Bot.Id),
                "name" => call.Return(run.Script.Vm.CreateString(run.Bot.Name)),
                "ping" => call.Return(run.Bot.Client.RoundTrip.TotalSeconds),
                "entities" => call.Return(run.Bot.Client.Entities.Entities.Count),
                _ => throw call.Error($"a bot has no '{call[1]}': number, id, name, ping, entities, say, send, wait, on, onChat, leave"),
            };
        },
    };

    delegate HostResult MethodBody(Run run, ref CallContext call);

    static LuauValue Method(string name, MethodBody body) => new HostFunction(name, (ref CallContext call) => body(call.Userdata<Run>(0, Tag), ref call));

    void Failed(string message)
    {
        if (Errors++ == 0) FirstError = message;
    }

    /// <summary>The script as one bot runs it.</summary>
    public sealed class Run(BotScript script, Bot bot)
    {
        readonly List<(LuauThread Thread, long Due)> _waiting = [];
        long _wait;

        public BotScript Script { get; } = script;

        public Bot Bot { get; } = bot;

        public Dictionary<string, LuauFunction> Handlers { get; } = new(StringComparer.Ordinal);

        public LuauFunction? ChatHandler { get; set; }

        /// <summary>Starts a thread.</summary>
        public void Begin(LuauFunction function, ReadOnlySpan<LuauValue> args) => Continue(Script.Vm.CreateThread(function), args);

        /// <summary>A message came.</summary>
        public void Message(string name, ReadOnlySpan<byte> value)
        {
            if (Handlers.TryGetValue(name, out LuauFunction? handler)) Begin(handler, [Script._wire.Decode(value)]);
        }

        /// <summary>A line of chat came.</summary>
        public void Chat(string speaker, string text)
        {
            if (ChatHandler is { } handler) Begin(handler, [Script.Vm.CreateString(speaker), Script.Vm.CreateString(text)]);
        }

        /// <summary>Continues what is due.</summary>
        public void Update()
        {
            long now = Script._time.GetTimestamp();
            for (int i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Due > now) continue;
                LuauThread thread = _waiting[i].Thread;
                _waiting.RemoveAt(i);
                Continue(thread, []);
            }
        }

        /// <summary>How long the running thread waits.</summary>
        public void WaitFor(double seconds) => _wait = Script._time.GetTimestamp() + (long)(Math.Clamp(seconds, 0, 86_400) * Script._time.TimestampFrequency);

        void Continue(LuauThread thread, ReadOnlySpan<LuauValue> args)
        {
            _wait = 0;
            switch (Script.Vm.Resume(thread, args))
            {
                case ResumeStatus.Yielded:
                    _waiting.Add((thread, _wait));
                    break;
                case ResumeStatus.Failed or ResumeStatus.Killed:
                    Script.Failed(thread.Error.ToString() ?? "out of memory");
                    break;
            }
        }
    }
}
