using GameServer.Scripting.Ports;
using GameServer.Toml;

namespace GameServer.Server.Players;

/// <summary>Which player may what: rules of players and groups, kept in <c>config/permissions.toml</c> across restarts. Every change is on disk before the call
/// returns: written beside, flushed, renamed.</summary>
/// <remarks>Tick thread.</remarks>
sealed class PlayerRights : IPlayerRights
{
    /// <summary>The group everybody is in, behind all others.</summary>
    public const string DefaultGroup = "default";
    const int PlayersMax = 10_000, GroupsMax = 256, GroupsPerPlayerMax = 32;

    readonly string _file;
    readonly SortedDictionary<string, RightGroup> _groups = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, RightHolder> _players = new(StringComparer.Ordinal);
    // Own rules, then those of groups in the order they are asked; made when first needed.
    readonly Dictionary<string, List<(string From, RightRules Rules)>> _chains = new(StringComparer.Ordinal);
    readonly Queue<string?> _changed = new();

    PlayerRights(string file) => _file = file;

    /// <summary>Groups by name.</summary>
    public IReadOnlyCollection<RightGroup> Groups => _groups.Values;

    /// <summary>Players with rules or groups, by identity.</summary>
    public IReadOnlyCollection<RightHolder> Players => _players.Values;

    /// <summary>Reads the file; a missing one is empty.</summary>
    /// <param name="file">Path of permissions.toml.</param>
    /// <param name="problems">Every mistake in the file. What could be read is in force all the same.</param>
    public static PlayerRights Load(string file, ICollection<TomlError> problems)
    {
        PlayerRights rights = new(file);
        rights.Reload(problems);
        return rights;
    }

    /// <summary>Reads the file again.</summary>
    public void Reload(ICollection<TomlError> problems)
    {
        _groups.Clear();
        _players.Clear();
        if (File.Exists(_file))
        {
            TomlDocument document = TomlReader.Read(File.ReadAllBytes(_file));
            foreach (TomlError error in document.Errors) problems.Add(error);
            (List<RightGroup> groups, List<RightHolder> players) = RightsText.Read(document.Root, problems);
            foreach (RightGroup group in groups) _groups[group.Name] = group;
            foreach (RightHolder player in players) _players[player.Uid] = player;
        }
        if (!_groups.ContainsKey(DefaultGroup)) _groups[DefaultGroup] = new RightGroup(DefaultGroup);
        Forget(null);
    }

    /// <summary>What is wrong with a group's name; null when nothing.</summary>
    public static string? GroupProblem(string name) =>
        name.Length is > 0 and <= 32 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? null
            : $"'{name}' is no name of a group: letters, digits, '_' and '-', at most 32";

    public bool? Find(string uid, string right)
    {
        foreach ((_, RightRules rules) in ChainOf(uid))
        {
            if (rules.Find(right, out _) is { } granted) return granted;
        }
        return null;
    }

    public string Explain(string uid, string right)
    {
        foreach ((string from, RightRules rules) in ChainOf(uid))
        {
            if (rules.Find(right, out string rule) is { } granted) return $"{(granted ? "granted" : "refused")} by {from} ({(granted ? "" : "-")}{rule})";
        }
        return "";
    }

    public bool TryTakeChanged(out string? uid) => _changed.TryDequeue(out uid);

    /// <summary>The entry of a player; null when there is none.</summary>
    public RightHolder? FindPlayer(string uid) => _players.GetValueOrDefault(uid);

    /// <summary>The group of a name; null when there is none.</summary>
    public RightGroup? FindGroup(string name) => _groups.GetValueOrDefault(name);

    /// <summary>Sets a rule of a player.</summary>
    /// <param name="uid">Identity.</param>
    /// <param name="name">Name for reading; empty leaves what is there.</param>
    /// <param name="right">The rule's name.</param>
    /// <param name="granted">Granted or refused; null takes the rule away.</param>
    /// <returns>Null, or why not.</returns>
    public string? SetPlayer(string uid, string name, string right, bool? granted) => Change(uid, name, holder => SetRule(holder.Rules, right, granted));

    /// <summary>Sets a rule of a group; see <see cref="SetPlayer"/>.</summary>
    public string? SetGroup(string group, string right, bool? granted)
    {
        if (FindGroup(group) is not { } found) return NoGroup(group);
        if (SetRule(found.Rules, right, granted) is { } refusal) return refusal;
        Saved(null);
        return null;
    }

    /// <summary>Puts a player into a group, behind those it is in.</summary>
    public string? Join(string uid, string name, string group)
    {
        if (FindGroup(group) is null) return NoGroup(group);
        return Change(uid, name, holder =>
        {
            if (holder.Groups.Contains(group)) return $"the player is in '{group}' already";
            if (holder.Groups.Count >= GroupsPerPlayerMax) return $"a player is in at most {GroupsPerPlayerMax} groups";
            holder.Groups.Add(group);
            return null;
        });
    }

    /// <summary>Takes a player out of a group.</summary>
    public string? Leave(string uid, string group) => Change(uid, "", holder => holder.Groups.Remove(group) ? null : $"the player is not in '{group}'");

    /// <summary>Makes a group, or settles anew what it inherits.</summary>
    public string? CreateGroup(string name, IReadOnlyList<string> inherits)
    {
        if (GroupProblem(name) is { } wrong) return wrong;
        if (inherits.FirstOrDefault(parent => FindGroup(parent) is null) is { } unknown) return NoGroup(unknown);
        if (inherits.Any(parent => parent == name || Inherited(parent).Contains(name))) return $"'{name}' would inherit from itself";
        if (FindGroup(name) is not { } group)
        {
            if (_groups.Count >= GroupsMax) return $"there are at most {GroupsMax} groups";
            _groups.Add(name, group = new RightGroup(name));
        }
        group.Inherits.Clear();
        group.Inherits.AddRange(inherits.Distinct());
        Saved(null);
        return null;
    }

    /// <summary>Removes a group from everywhere.</summary>
    public string? DeleteGroup(string name)
    {
        if (name == DefaultGroup) return "everybody is in the group default; it stays";
        if (!_groups.Remove(name)) return NoGroup(name);
        foreach (RightGroup group in _groups.Values) group.Inherits.Remove(name);
        foreach (RightHolder player in _players.Values) player.Groups.Remove(name);
        foreach (string empty in _players.Where(player => player.Value.IsEmpty).Select(player => player.Key).ToArray()) _players.Remove(empty);
        Saved(null);
        return null;
    }

    string? Change(string uid, string name, Func<RightHolder, string?> change)
    {
        if (uid.Length is 0 or > 256 || uid.Any(char.IsControl)) return "an identity has 1 to 256 characters";
        if (!_players.TryGetValue(uid, out RightHolder? holder)) holder = new RightHolder(uid);
        if (holder.IsEmpty && _players.Count >= PlayersMax) return $"there are at most {PlayersMax} players with rights";
        if (change(holder) is { } refusal) return refusal;
        if (name.Length > 0) holder.Name = name;
        if (holder.IsEmpty) _players.Remove(uid);
        else _players[uid] = holder;
        Saved(uid);
        return null;
    }

    static string? SetRule(RightRules rules, string right, bool? granted)
    {
        if (RightRules.Problem(right) is { } wrong) return wrong;
        if (granted is not { } value) return rules.Remove(right) ? null : $"there is no rule '{right}'";
        if (rules.Set(right, value)) return null;
        return rules.All.ContainsKey(right) ? $"'{right}' is {(value ? "granted" : "refused")} already" : $"at most {RightRules.RulesMax} rules";
    }

    List<(string From, RightRules Rules)> ChainOf(string uid)
    {
        // Players without rules of their own share one.
        RightHolder? holder = FindPlayer(uid);
        string key = holder is null ? "" : uid;
        if (_chains.TryGetValue(key, out List<(string, RightRules)>? chain)) return chain;
        chain = [];
        if (holder is not null) chain.Add(("the player", holder.Rules));
        IEnumerable<string> groups = (holder?.Groups ?? []).Append(DefaultGroup).SelectMany(Inherited).Distinct();
        chain.AddRange(groups.Select(name => ($"group {name}", _groups[name].Rules)));
        return _chains[key] = chain;
    }

    /// <summary>A group and what it inherits, in the order they are asked. A circle in a file written by hand ends where it began.</summary>
    List<string> Inherited(string group)
    {
        List<string> found = [];
        Add(group);
        return found;

        void Add(string name)
        {
            if (found.Contains(name) || FindGroup(name) is not { } known) return;
            found.Add(name);
            foreach (string parent in known.Inherits) Add(parent);
        }
    }

    void Saved(string? uid)
    {
        Forget(uid);
        PlayerFile.Write(_file, RightsText.Write(_groups.Values, _players.Values));
    }

    void Forget(string? uid)
    {
        _chains.Clear();
        if (_changed.Count >= 100)
        {
            // Nobody asks at the moment: everybody's may have changed is true as well.
            _changed.Clear();
            uid = null;
        }
        _changed.Enqueue(uid);
    }

    static string NoGroup(string name) => $"there is no group '{name}'";
}
