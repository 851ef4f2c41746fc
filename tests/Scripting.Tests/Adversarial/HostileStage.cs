using System.Runtime.CompilerServices;
using GameServer.Luau;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Tests.Mods;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Adversarial;

/// <summary>A server with a hostile mod <c>bad</c> and two others: <c>canary</c>, which counts ticks, and <c>peer</c>, which has dealings with <c>bad</c>. The stage
/// goes through everything a server can do to a mod and says what must hold whatever the mod does about it.</summary>
sealed class HostileStage : IDisposable
{
    const string Canary = "local n = 0 function Think() n += 1 end commands.add('n', function(ctx) ctx.reply(tostring(n)) end)";

    const string Peer = """
        hook.define("Notify") hook.define("Decide", { kind = "decide" }) hook.define("Transform", { kind = "transform" }) hook.define("Collect", { kind = "collect" })
        mod.export("echo", function(_, ...) return ... end)
        mod.export("slow", function(_, ...) task.wait(0) return ... end)
        mod.export("back", function(caller) return pcall(mod.call, caller, "f") end)
        commands.add("peer", function()
            events.emit("news", { x = 1 })
            for _, name in { "Notify", "Decide", "Transform", "Collect" } do hook.call(name, { value = 1 }) end
            pcall(mod.call, "bad", "f", { 1, 2, 3 })
            task.spawn(function() pcall(mod.callAsync, "bad", "f", { 1, 2, 3 }) end)
            for _, p in players.all() do p:kick("test") end
        end)
        """;

    readonly HostFixture _host;
    long _ticks;
    double _longestTick;
    int _verdicts;

    /// <summary>Writes the mods and starts them.</summary>
    /// <param name="source">Entry of the hostile mod; parts behind a line <c>--! file NAME</c> are other files.</param>
    /// <param name="limits">Limits of the hostile mod, by key.</param>
    /// <param name="manifest">Its manifest beside the id.</param>
    public HostileStage(string source, IReadOnlyDictionary<string, double>? limits = null, string manifest = "")
    {
        _host = new HostFixture(options => options with { ReloadInterval = TimeSpan.Zero, ConnectDecisionMax = TimeSpan.FromSeconds(0.2) })
            .Mod("canary", Canary).Mod("peer", Peer).Manifest("peer", "[optional_dependencies]\nbad = \"*\"").Grant("peer", "player.kick");
        WriteBad(source, manifest);
        _host.Grant("bad", "connect.decide", "net.filter", "chat.filter", "player.kick", "storage.kv", "net.http");
        var small = new Dictionary<string, double>
        {
            ["tick_hard_ms"] = 20, ["event_hard_ms"] = 20, ["call_hard_ms"] = 20, ["load_ms"] = 80, ["onload_ms"] = 80, ["unload_ms"] = 40, ["memory_hard_mb"] = 2,
            ["restarts_window"] = 1000,
        };
        foreach ((string key, double value) in limits ?? new Dictionary<string, double>()) small[key] = value;
        foreach ((string key, double value) in small) _host.Limit("bad", key, value);
        _host.Load();
    }

    public HostFixture Host => _host;

    public void WriteBad(string source, string manifest = "")
    {
        string[] parts = source.Split("--! file ");
        _host.Mod("bad", parts[0]).Manifest("bad", manifest.Contains("dependencies", StringComparison.Ordinal) ? manifest : $"{manifest}\n[optional_dependencies]\npeer = \"*\"");
        // Line breaks keep the line numbers of what follows.
        foreach (string part in parts.Skip(1)) _host.Mod("bad", part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..], part[..part.IndexOf('\n', StringComparison.Ordinal)].Trim());
    }

    public void Tick(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            long begin = TimeProvider.System.GetTimestamp();
            _host.Tick();
            _longestTick = Math.Max(_longestTick, TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds);
            _ticks++;
        }
    }

    /// <summary>Everything that can happen to a mod.</summary>
    public void PlayAll()
    {
        _host.Host.ServerStart();
        Tick(2);
        _host.Host.PlayerConnecting(new JoinCandidate("Ada", "u", "192.0.2.1", PlayerTrust.Guest, "en"), _ => _verdicts++);
        Tick(2);
        TestPlayer ada = _host.Join("Ada");
        _host.Host.PlayerMessage(ada, "bad:m", [0]);
        _host.Host.PlayerChat(ada, "hello");
        _host.Host.PlayerChat(ada, "/bad");
        _host.Host.PlayerChat(ada, "/peer");
        _host.Host.ConsoleCommand("console", "bad", _ => { });
        _host.Config.Set("bad", "x", 2.0);
        Tick(2);
        _host.Host.ConsoleCommand("console", "peer", _ => { });
        _host.Host.TickOverrun(50);
        Tick(3);
        _host.Host.Reload("peer");
        WaitForReload("peer");
        Tick(2);
        _host.Leave(ada);
        Tick();
        _host.Host.ServerShutdown("test", TimeSpan.FromSeconds(1));
        Tick(2);
        if (_host.StateOf("bad") is ModState.Running or ModState.Suspended)
        {
            _host.Host.Reload("bad");
            WaitForReload("bad");
        }
        // Long enough for answers that are given up.
        Tick(8);
    }

    /// <summary>What must hold whatever the hostile mod did.</summary>
    public void AssertUnharmed(bool collect)
    {
        string count = "";
        _host.Host.ConsoleCommand("console", "n", text => count = text);
        Assert.Equal(_ticks.ToString(), count);
        Assert.Equal(1, _verdicts);
        // The limits are 20 to 80 ms; the rest is for a busy machine.
        Assert.True(_longestTick < 5000, $"a tick took {_longestTick:0} ms");
        foreach (string id in (string[])["canary", "peer"])
        {
            ModStatus status = _host.Host.Status(id)!;
            Assert.True((status.State, status.Kills, status.Errors) == (ModState.Running, 0, 0), $"{id}: {status.State} {status.LastError}\n{Lines}");
        }
        Assert.DoesNotContain(_host.Log.Lines, line => line.Contains("the server itself failed", StringComparison.Ordinal));
        // Nobody but the hostile mod is named for anything.
        Assert.DoesNotContain(_host.Log.Lines, line => (line.StartsWith("Mod peer,", StringComparison.Ordinal) && !line.Contains("its caller 'bad'", StringComparison.Ordinal)) || line.StartsWith("Mod canary,", StringComparison.Ordinal));
        // And no line of a log is anything but what the server wrote or a line with the writer's name.
        Assert.All(_host.Log.Lines, line => Assert.False(line.Contains('\u001b') || line.Contains('\0'), line));

        WeakReference? vm = Stop();
        if (vm is not null && collect)
        {
            for (int i = 0; i < 10 && vm.IsAlive; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Tick();
            }
            Assert.False(vm.IsAlive, "the VM of the stopped mod is still held by something");
        }
        _host.Host.Start("bad");
        WriteBad("local thought = false function Think() thought = true end commands.add('recovered', function(ctx) ctx.reply(tostring(thought)) end)");
        _host.Host.Reload("bad");
        string recovered = "";
        for (int i = 0; i < 3000 && recovered != "true"; i++)
        {
            Tick();
            _host.Host.ConsoleCommand("console", "recovered", text => recovered = text);
            Thread.Sleep(1);
        }
        Assert.True(recovered == "true", $"no recovery: {_host.StateOf("bad")} {_host.Host.Status("bad")!.Reason}\n{Lines}");
    }

    /// <summary>Whether the log blames the hostile mod with a text and a place in its files.</summary>
    public bool IsBlamed(params string[] texts) => _host.Log.Lines.Any(line => line.StartsWith("Mod bad, ", StringComparison.Ordinal)
        && texts.Any(text => line.Contains(text, StringComparison.Ordinal)) && line.Contains("bad/", StringComparison.Ordinal) && line.Contains(".luau:", StringComparison.Ordinal));

    public string Lines => string.Join('\n', _host.Log.Lines.Select(line => line.Length > 400 ? line[..400] : line).TakeLast(60));

    public void Dispose() => _host.Dispose();

    void WaitForReload(string id)
    {
        int generation = _host.Host.Status(id)!.Generation;
        for (int i = 0; i < 3000 && _host.Host.Status(id)!.Generation == generation && _host.StateOf(id) is ModState.Running or ModState.Suspended; i++)
        {
            Tick();
            Thread.Sleep(1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    WeakReference? Stop()
    {
        Scripting.Api.ModScope? scope = _host.Host.Status("bad")!.State == ModState.Running ? ModHostAccess.ScopeOf(_host.Host, "bad", out LuauVm _) : null;
        _host.Host.Stop("bad");
        Tick();
        if (scope is null) return null;
        Assert.Equal((0, 0L), (scope.Ownership.Count, scope.Sandbox.Account.Bytes));
        Assert.True(scope.Sandbox.IsClosed);
        return new WeakReference(scope.Vm);
    }
}
