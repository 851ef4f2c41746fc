using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Testing.Doubles;

/// <summary>Files of mods of a test: in memory, answered in the same tick.</summary>
sealed class TestFiles : IModFiles
{
    readonly SortedDictionary<(string Mod, string Path), byte[]> _files = [];
    readonly Queue<ModFileOperation> _waiting = new();

    /// <summary>Whether operations fail.</summary>
    public bool IsFailing { get; set; }

    /// <summary>Content of a file; null when there is none.</summary>
    public byte[]? Read(string mod, string path) => _files.GetValueOrDefault((mod, path));

    /// <summary>Writes a file, whatever is failing.</summary>
    public void Write(string mod, string path, byte[] content) => _files[(mod, path)] = content;

    /// <inheritdoc/>
    public bool Submit(ModFileOperation operation)
    {
        _waiting.Enqueue(operation);
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeCompleted(out ModFileOperation operation)
    {
        if (!_waiting.TryDequeue(out operation!)) return false;
        operation.Outcome = IsFailing ? ModFileOutcome.Failed : Apply(operation);
        return true;
    }

    ModFileOutcome Apply(ModFileOperation operation)
    {
        (string, string) key = (operation.ModId, operation.Path);
        switch (operation.Kind)
        {
            case ModFileKind.Read:
                if (!_files.TryGetValue(key, out byte[]? content)) return ModFileOutcome.Missing;
                operation.Content = content;
                return ModFileOutcome.Done;
            case ModFileKind.Write:
                _files[key] = operation.Content;
                return ModFileOutcome.Done;
            case ModFileKind.Remove:
                return _files.Remove(key) ? ModFileOutcome.Done : ModFileOutcome.Missing;
            default:
                string prefix = operation.Path.Length == 0 ? "" : $"{operation.Path}/";
                operation.Found = [.. _files.Where(file => file.Key.Mod == operation.ModId && file.Key.Path.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(file => (file.Key.Path, (long)file.Value.Length))];
                return ModFileOutcome.Done;
        }
    }
}
