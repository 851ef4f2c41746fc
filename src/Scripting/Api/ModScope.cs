using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Profiling;
using GameServer.Scripting.Scheduling;
using GameServer.Scripting.World;

namespace GameServer.Scripting.Api;

/// <summary>Who a generation is.</summary>
/// <param name="Id">Id of the mod.</param>
/// <param name="Version">Version.</param>
/// <param name="Generation">Count of starts.</param>
/// <param name="Trust">Trust.</param>
sealed record ModIdentity(string Id, string Version, int Generation, ModTrust Trust);

/// <summary>One generation of a mod: its VM and everything the server holds for it. Every API function works on the scope of the VM it is in.</summary>
/// <remarks>Tick thread. <see cref="Dispose"/> is the one routine that releases everything, whatever ended the generation.</remarks>
sealed class ModScope : IDisposable
{
    (double Tokens, double Filled)? _bans;

    /// <summary>Makes the scope and fills its VM with the API; scripts have not run yet.</summary>
    public ModScope(
        ModIdentity identity, ModDeclarations declarations, Sandbox sandbox, ApiServices services, DeferredQueue queue, ModPlace place, ModLog log)
    {
        (Identity, Declarations, Sandbox, Services, Log) = (identity, declarations, sandbox, services, log);
        Players = new PlayerTable(this);
        Subscriber = new HookSubscriber(sandbox, Ownership, Players, queue, place) { Since = services.Registry.Latest };
        Scheduler = new ScriptScheduler(sandbox, Ownership, services.Clock);
        Egress = new Egress(services) { BytesPerSecond = sandbox.Limits.NetOutKbps * 1024, MessagesPerSecond = sandbox.Limits.NetMsgsS };
        Config = new ModConfig(this);
        Entities = new EntityTable(this);
    }

    /// <summary>Who it is.</summary>
    public ModIdentity Identity { get; }
    /// <summary>What its manifest declares.</summary>
    public ModDeclarations Declarations { get; }
    /// <summary>Its walls.</summary>
    public Sandbox Sandbox { get; }
    /// <summary>What all mods share.</summary>
    public ApiServices Services { get; }
    /// <summary>What it has registered.</summary>
    public Ownership Ownership => Sandbox.Ownership;
    /// <summary>It, as hooks see it.</summary>
    public HookSubscriber Subscriber { get; }
    /// <summary>Its timers and tasks.</summary>
    public ScriptScheduler Scheduler { get; }
    /// <summary>Its handles of players.</summary>
    public PlayerTable Players { get; }
    /// <summary>Its handles of entities, its own and others'.</summary>
    public EntityTable Entities { get; }
    /// <summary>The entities it owns; set by who starts it, before scripts run.</summary>
    public ModEntities OwnEntities { get; set; } = null!;
    /// <summary>Its translations; set by who starts it, before scripts run.</summary>
    public ModTexts Texts { get; set; } = ModTexts.None;
    /// <summary>What it sends.</summary>
    public Egress Egress { get; }
    /// <summary>Its settings.</summary>
    public ModConfig Config { get; }
    /// <summary>Its accounts.</summary>
    public ModCosts Costs => Sandbox.Costs;
    /// <summary>Its log.</summary>
    public ModLog Log { get; }
    /// <summary>Its exports by name.</summary>
    public Dictionary<string, ModExport> Exports { get; } = new(StringComparer.Ordinal);
    /// <summary>What <c>mod.use</c> gave, by the id of the mod it stands for.</summary>
    public Dictionary<string, LuauRef> Proxies { get; } = new(StringComparer.Ordinal);
    /// <summary>Its message handlers by name.</summary>
    public Dictionary<string, MessageRoute> Routes { get; } = new(StringComparer.Ordinal);
    /// <summary>Its data files by name; set by who starts it.</summary>
    public IReadOnlyDictionary<string, byte[]> Assets { get; set; } = new Dictionary<string, byte[]>();
    /// <summary>Its other files; set by who starts it, before scripts run.</summary>
    public IModuleSource Modules { get; set; } = null!;
    /// <summary>Its VM.</summary>
    public LuauVm Vm => Sandbox.Vm;
    /// <summary>Id of the mod.</summary>
    public string Id => Identity.Id;

    /// <summary>Puts limits into force, also for what runs already.</summary>
    public void EnforceLimits(ModLimits limits)
    {
        Sandbox.EnforceLimits(limits);
        Egress.BytesPerSecond = limits.NetOutKbps * 1024;
        Egress.MessagesPerSecond = limits.NetMsgsS;
    }

    /// <summary>Encodes values of this VM.</summary>
    /// <returns>Null, or why not.</returns>
    public string? TryEncode(ReadOnlySpan<LuauValue> values, string root, out EncodedValues encoded)
    {
        encoded = EncodedValues.None;
        if (values.Length == 0) return null;
        if (TryEncode(values, root) is { } refusal) return refusal;
        encoded = new EncodedValues(Services.Encoder.Encoded.ToArray(), values.Length);
        return null;
    }

    /// <summary>Encodes values of this VM into the shared encoder, from where they are to be taken at once.</summary>
    /// <returns>Null, or why not.</returns>
    public string? TryEncode(ReadOnlySpan<LuauValue> values, string root)
    {
        ValueEncoder encoder = Services.Encoder;
        encoder.Begin(Vm, ValueFormat.Internal, ValueLimits.Of(Sandbox.Limits), Players);
        for (int i = 0; i < values.Length; i++)
        {
            if (!encoder.TryAdd(values[i], root, i + 1)) return encoder.Refusal;
        }
        return null;
    }

    /// <summary>Makes encoded values in this VM.</summary>
    /// <exception cref="LuauException">No memory for them.</exception>
    public LuauValue[] Decode(EncodedValues encoded)
    {
        if (encoded.Count == 0) return [];
        var values = new LuauValue[encoded.Count];
        Decode(encoded.Bytes, values);
        return values;
    }

    /// <summary>Makes as many encoded values in this VM as there is room for.</summary>
    /// <exception cref="LuauException">No memory for them.</exception>
    public void Decode(ReadOnlySpan<byte> encoded, Span<LuauValue> into)
    {
        var reader = new ValueReader(encoded, ValueFormat.Internal);
        ValueLimits limits = new(int.MaxValue, ValueLimits.DepthMax, int.MaxValue, ushort.MaxValue);
        for (int i = 0; i < into.Length; i++)
        {
            if (!ValueDecoder.TryDecode(ref reader, Vm, limits, Players, out into[i])) return;
        }
    }

    /// <summary>Registers a handler.</summary>
    /// <returns>The handler, or why not.</returns>
    public (Handler? Handler, string? Refusal) AddHandler(string hook, LuauFunction function, Permission mask, string? id = null, double priority = 0,
        (int, HookValue)[]? filter = null, bool once = false, bool observes = false)
    {
        if (Services.Registry.FindOrAdd(hook) is not { } list) return (null, "too many hooks on this server");
        var handler = new Handler(list, Subscriber, Vm.CreateRef(function), Costs[hook], mask)
        {
            Id = id, Priority = priority, Filter = filter, Once = once, Observes = observes,
        };
        string? refusal = Services.Registry.Add(handler, Sandbox.Limits.Hooks);
        return refusal is null ? (handler, null) : (null, refusal);
    }

    /// <summary>Counts a ban of this mod: ten at once, one per second.</summary>
    public bool TakeBan()
    {
        const double burst = 10;
        double now = Services.Clock.Now;
        (double tokens, double filled) = _bans ?? (burst, now);
        tokens = Math.Min(burst, tokens + (now - filled));
        _bans = (tokens < 1 ? tokens : tokens - 1, now);
        return tokens >= 1;
    }

    /// <summary>A connection that scripts can hold.</summary>
    public LuauValue ToConnection(Registration registration) => Vm.CreateUserdata(registration, ConnectionClass.Tag, HostAccount.RegistrationBytes);

    /// <summary>The error for a call without the right to it.</summary>
    public LuauException Denied(ref CallContext call, string name, Permission needs)
    {
        Permission missing = needs & ~(Permission)call.Thread.HostMask;
        return call.Error($"permission denied: {PermissionCatalog.Text(missing)} ({name}, mod '{Id}', hook '{Services.Stack.CurrentSource}')");
    }

    /// <summary>Ends the generation: everything it registered, then its VM.</summary>
    public void Dispose()
    {
        Ownership.ReleaseAll();
        Services.Outside.Http?.CancelAll(Id);
        foreach (string field in Services.QueryFields.Keys.Where(name => name.StartsWith($"{Id}.", StringComparison.Ordinal)).ToArray()) Services.QueryFields.Remove(field);
        Exports.Clear();
        Routes.Clear();
        Players.Clear();
        Entities.Clear();
        Services.Encoder.Forget(Vm);
        Sandbox.Dispose();
    }
}
