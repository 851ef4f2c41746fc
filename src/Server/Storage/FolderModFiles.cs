using System.Collections.Concurrent;
using GameServer.Scripting.Ports;

namespace GameServer.Server.Storage;

/// <summary>Limits of the files of mods.</summary>
public sealed record FolderModFilesOptions
{
    /// <summary>Folder with one folder per mod; made when it is first needed.</summary>
    public required string Folder { get; init; }
    /// <summary>Bytes one mod may keep; default 64 MiB.</summary>
    public long QuotaBytes { get; init; } = 64L << 20;
    /// <summary>Longest file; default 1 MiB.</summary>
    public int FileBytesMax { get; init; } = 1 << 20;
    /// <summary>Files one mod may keep; default 1000.</summary>
    public int FilesMax { get; init; } = 1000;
    /// <summary>Operations of one mod that may wait at a time; default 64.</summary>
    public int PendingPerModMax { get; init; } = 64;
}

/// <summary>Files of mods on this machine's disk, one folder per mod, on a thread of their own. Never through a link.</summary>
sealed class FolderModFiles : IModFiles, IDisposable
{
    // Not a name a mod can use: a dot in front.
    const string Beside = ".writing";

    static readonly TimeSpan WarnInterval = TimeSpan.FromSeconds(10);

    readonly FolderModFilesOptions _options;
    readonly Action<string> _warn;
    readonly Thread _thread;
    readonly BlockingCollection<ModFileOperation> _submitted = [];
    readonly ConcurrentQueue<ModFileOperation> _completed = new();
    readonly ConcurrentDictionary<string, int> _pending = new(StringComparer.Ordinal);
    readonly TimeProvider _time;
    long _warnedAt;
    bool _closed;

    /// <summary>Starts the thread; the disk is not touched before a mod asks.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="warn">Gets what the disk refuses, at most once in ten seconds. Any thread.</param>
    /// <param name="time">Clock for that.</param>
    public FolderModFiles(FolderModFilesOptions options, Action<string> warn, TimeProvider time)
    {
        _time = time;
        _options = options;
        _warn = warn;
        _thread = new Thread(Work) { Name = "files", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool Submit(ModFileOperation operation)
    {
        operation.Outcome = operation.Content.Length > _options.FileBytesMax ? ModFileOutcome.TooLarge
            : _closed ? ModFileOutcome.Failed
            : _pending.GetValueOrDefault(operation.ModId) >= _options.PendingPerModMax ? ModFileOutcome.Busy
            : ModFileOutcome.Pending;
        if (operation.Outcome != ModFileOutcome.Pending) return false;
        _pending.AddOrUpdate(operation.ModId, 1, static (_, count) => count + 1);
        _submitted.Add(operation);
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeCompleted(out ModFileOperation operation)
    {
        if (!_completed.TryDequeue(out operation!)) return false;
        _pending.AddOrUpdate(operation.ModId, 0, static (_, count) => count - 1);
        return true;
    }

    /// <summary>Finishes what was submitted.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _submitted.CompleteAdding();
        _thread.Join();
        _submitted.Dispose();
    }

    void Work()
    {
        foreach (ModFileOperation operation in _submitted.GetConsumingEnumerable())
        {
            try
            {
                operation.Outcome = Carry(operation);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.SecurityException)
            {
                // Boundary: the disk.
                operation.Outcome = ModFileOutcome.Failed;
                Warn($"files of mod {operation.ModId}: {error.Message}");
            }
            _completed.Enqueue(operation);
        }
    }

    // A mod can make the disk refuse as often as it likes; nobody wants to read that as often.
    void Warn(string text)
    {
        if (_warnedAt != 0 && _time.GetElapsedTime(_warnedAt) < WarnInterval) return;
        _warnedAt = _time.GetTimestamp();
        _warn(text);
    }

    ModFileOutcome Carry(ModFileOperation operation)
    {
        string root = Path.Combine(_options.Folder, operation.ModId);
        if (HasLink(root, operation.Path)) return ModFileOutcome.Link;
        string path = Path.Combine(root, operation.Path);
        switch (operation.Kind)
        {
            case ModFileKind.Read:
                var file = new FileInfo(path);
                if (!file.Exists) return ModFileOutcome.Missing;
                if (file.Length > _options.FileBytesMax) return ModFileOutcome.TooLarge;
                operation.Content = File.ReadAllBytes(path);
                return ModFileOutcome.Done;
            case ModFileKind.Write:
                return Write(operation, root, path);
            case ModFileKind.Remove:
                if (!File.Exists(path)) return ModFileOutcome.Missing;
                File.Delete(path);
                return ModFileOutcome.Done;
            default:
                operation.Found = [.. Walk(root, operation.Path).Select(found => (Path.GetRelativePath(root, found.FullName).Replace('\\', '/'), found.Length))
                    .OrderBy(found => found.Item1, StringComparer.Ordinal)];
                return ModFileOutcome.Done;
        }
    }

    ModFileOutcome Write(ModFileOperation operation, string root, string path)
    {
        if (Directory.Exists(path)) return ModFileOutcome.Failed;
        long bytes = operation.Content.Length, files = 1;
        foreach (FileInfo other in Walk(root, ""))
        {
            if (other.FullName == Path.GetFullPath(path)) continue;
            bytes += other.Length;
            files++;
        }
        if (bytes > _options.QuotaBytes || files > _options.FilesMax) return ModFileOutcome.Quota;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = Path.Combine(root, Beside);
        using (FileStream stream = new(beside, FileMode.Create, FileAccess.Write))
        {
            stream.Write(operation.Content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
        return ModFileOutcome.Done;
    }

    /// <summary>The files of a mod below a folder, without links and without what the server itself writes.</summary>
    static IEnumerable<FileInfo> Walk(string root, string below)
    {
        var folder = new DirectoryInfo(Path.Combine(root, below));
        if (!folder.Exists) return [];
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return folder.EnumerateFiles("*", options).Where(file => file.Name[0] != '.');
    }

    /// <summary>Whether the mod's folder or anything on the way is a link: then it might lead anywhere.</summary>
    static bool HasLink(string root, string path)
    {
        string at = root;
        if (new DirectoryInfo(at).LinkTarget is not null) return true;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, name);
            if (new FileInfo(at).LinkTarget is not null) return true;
        }
        return false;
    }
}
