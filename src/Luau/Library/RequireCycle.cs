namespace GameServer.Luau.Library;

/// <summary>The modules being loaded, outermost first: finds out when one requires itself through others, and names them.</summary>
public sealed class RequireCycle
{
    readonly List<string> _loading = [];

    /// <summary>Marks a module as being loaded.</summary>
    /// <param name="file">Identity of the module.</param>
    /// <param name="problem">Text of the script error when it is being loaded already: the modules of the cycle in order.</param>
    /// <returns>False for a cycle.</returns>
    public bool TryEnter(string file, out string problem)
    {
        int start = _loading.IndexOf(file);
        _loading.Add(file);
        problem = start < 0 ? "" : $"cyclic require: {string.Join(" -> ", _loading[start..])}";
        if (start >= 0) _loading.RemoveAt(_loading.Count - 1);
        return start < 0;
    }

    /// <summary>Ends what the last successful <see cref="TryEnter"/> began.</summary>
    public void Leave() => _loading.RemoveAt(_loading.Count - 1);
}
