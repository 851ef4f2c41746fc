using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>A command of a mod.</summary>
sealed class ModCommand(ModScope mod, string name, LuauRef function, LuauRef? complete, Permission mask, CommandTable table) : Registration(RegistrationKind.Command)
{
    /// <summary>Whose.</summary>
    public ModScope Mod { get; } = mod;

    /// <summary>What is typed.</summary>
    public string Name { get; } = name;

    /// <summary>What the manifest says; null when nothing.</summary>
    public CommandDeclaration? Declaration { get; } = mod.Declarations.Commands.GetValueOrDefault(name);

    /// <summary>Rights it runs with.</summary>
    public Permission Mask { get; } = mask;

    /// <summary>The function.</summary>
    public LuauFunction Function => function.Value.As<LuauFunction>()!;

    /// <summary>Offers words for an argument; null when it has nothing to offer.</summary>
    public LuauFunction? Complete => complete?.Value.As<LuauFunction>();

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        table.Remove(this);
        function.Dispose();
        complete?.Dispose();
    }
}

/// <summary>Commands of all mods: by full name <c>mod:name</c>, and by the bare name for the mod that had it first.</summary>
/// <remarks>Tick thread.</remarks>
sealed class CommandTable
{
    readonly SortedDictionary<string, ModCommand> _byName = new(StringComparer.Ordinal);

    /// <summary>Bare and full names.</summary>
    public IEnumerable<KeyValuePair<string, ModCommand>> All => _byName;

    /// <summary>Each command once, under the shortest name it has.</summary>
    public IEnumerable<KeyValuePair<string, ModCommand>> Shortest => _byName.Where(entry => !(entry.Key.Contains(':') && Find(entry.Value.Name) == entry.Value));

    /// <summary>The command of a name, bare or full.</summary>
    public ModCommand? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Adds a command; the same name of the same mod is replaced.</summary>
    /// <returns>The mod that has the bare name already; null when this one has it now.</returns>
    public string? Add(ModCommand command)
    {
        string full = FullName(command);
        Find(full)?.Release();
        _byName[full] = command;
        if (_byName.TryAdd(command.Name, command)) return null;
        return _byName[command.Name].Mod.Id;
    }

    /// <summary>Takes a command out.</summary>
    public void Remove(ModCommand command)
    {
        foreach (string name in (string[])[command.Name, FullName(command)])
        {
            if (_byName.TryGetValue(name, out ModCommand? current) && current == command) _byName.Remove(name);
        }
    }

    static string FullName(ModCommand command) => $"{command.Mod.Id}:{command.Name}";
}
