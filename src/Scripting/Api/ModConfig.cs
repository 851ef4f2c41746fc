using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;
using Serilog.Events;

namespace GameServer.Scripting.Api;

/// <summary>The settings of one generation of a mod: what it defined, what the operator set, who wants to hear of changes.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ModConfig(ModScope mod)
{
    /// <summary>Settings a mod may define.</summary>
    public const int SettingsMax = 256;

    readonly Dictionary<string, ConfigSpec> _specs = new(StringComparer.Ordinal);
    readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    readonly List<ConfigListener> _listeners = [];

    /// <summary>Takes definitions in and reads their values.</summary>
    /// <returns>Null, or why not.</returns>
    public string? Define(IReadOnlyDictionary<string, ConfigSpec> specs)
    {
        if (_specs.Count + specs.Count > SettingsMax) return $"a mod has at most {SettingsMax} settings";
        foreach ((string name, ConfigSpec spec) in specs) _specs[name] = spec;
        IModConfig? config = mod.Services.Config;
        config?.Define(mod.Id, [.. specs.Select(row => new ModSettingRow(row.Key, row.Value.Default, row.Value.Doc, row.Value.Allowed))]);
        Read(config?.Values(mod.Id) ?? new Dictionary<string, object>());
        return null;
    }

    /// <summary>The value of a setting; null when the mod has not defined it.</summary>
    public object? Get(string name) => _values.GetValueOrDefault(name);

    /// <summary>Whether the mod has defined a setting.</summary>
    public bool Has(string name) => _specs.ContainsKey(name);

    /// <summary>Adds a listener.</summary>
    /// <returns>Null, or why not.</returns>
    public string? Add(ConfigListener listener)
    {
        if (mod.Ownership.Add(listener, mod.Sandbox.Limits.Hooks) is { } refusal) return refusal;
        _listeners.RemoveAll(old => !old.IsLive);
        _listeners.Add(listener);
        return null;
    }

    /// <summary>Whether the operator changed something the mod has not been told of.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>The operator changed something.</summary>
    public void Touch() => IsTouched = true;

    /// <summary>Reads anew and tells the listeners.</summary>
    public void Refresh()
    {
        IsTouched = false;
        var before = new Dictionary<string, object>(_values);
        Read(mod.Services.Config!.Values(mod.Id));
        string[] changed = [.. _values.Where(row => !row.Value.Equals(before.GetValueOrDefault(row.Key))).Select(row => row.Key).Order(StringComparer.Ordinal)];
        foreach (ConfigListener listener in _listeners.ToArray())
        {
            if (!listener.IsLive || !_values.TryGetValue(listener.Name, out object? now) || now.Equals(before.GetValueOrDefault(listener.Name))) continue;
            LuauValue[] args;
            try
            {
                args = [ToLuau(now), ToLuau(before.GetValueOrDefault(listener.Name))];
            }
            catch (LuauException)
            {
                // Boundary: the VM has no room for the values.
                mod.Sandbox.OutOfMemory("config.onChange");
                return;
            }
            mod.Sandbox.Start(listener.Function, args, new Entry("config.onChange", mod.Sandbox.Limits.EventHardMs, MayYield: true, listener.Mask));
        }
        if (changed.Length > 0)
            mod.Services.Hooks.NotifyOne(HookCatalog.ConfigChanged, mod.Subscriber, HookValue.List([.. changed.Select(key => (HookValue)key)]));
    }

    /// <summary>A value in the mod's VM.</summary>
    public LuauValue ToLuau(object? value) => value switch
    {
        bool flag => flag,
        double number => number,
        string text => mod.Vm.CreateString(text),
        _ => LuauValue.Nil,
    };

    void Read(IReadOnlyDictionary<string, object> set)
    {
        foreach ((string name, ConfigSpec spec) in _specs)
        {
            object value = spec.Default;
            if (set.TryGetValue(name, out object? wanted))
            {
                if (spec.Accepts(wanted)) value = wanted;
                else mod.Log.Line(LogEventLevel.Warning, $"setting '{name}' must be {spec.Allowed}, found {wanted}; the default {spec.Default} is used", mod.Sandbox.Limits);
            }
            _values[name] = value;
        }
    }
}
