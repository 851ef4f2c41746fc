using System.Text;

namespace GameServer.Server.Admin;

/// <summary>Every change that operators make, one line of JSON each, in a file per day: who, from where, what, when, and what came of it. Written before the
/// operator gets the answer. Nothing is deleted here.</summary>
/// <remarks>Any thread. Not on the tick thread: it waits for the disk.</remarks>
sealed class AuditLog
{
    /// <summary>Entries kept in memory for <c>gameserver audit</c>.</summary>
    public const int RecentMax = 200;

    readonly Lock _lock = new();
    readonly LinkedList<AuditEntry> _recent = new();
    readonly string? _folder;
    readonly TimeProvider _time;

    /// <summary>Makes the log.</summary>
    /// <param name="folder">Folder of the files <c>audit-YYYYMMDD.jsonl</c>; null keeps entries in memory alone.</param>
    /// <param name="time">Clock.</param>
    public AuditLog(string? folder, TimeProvider time) => (_folder, _time) = (folder, time);

    /// <summary>The last entries, the latest first.</summary>
    public IReadOnlyList<AuditEntry> Recent()
    {
        lock (_lock) return [.. _recent];
    }

    /// <summary>Writes an entry.</summary>
    /// <returns>Null, or why it is not in the file.</returns>
    public string? Add(string by, string from, string command, IReadOnlyDictionary<string, object> arguments, string outcome)
    {
        var entry = new AuditEntry(_time.GetUtcNow(), by, from, command, arguments, outcome);
        lock (_lock)
        {
            _recent.AddFirst(entry);
            if (_recent.Count > RecentMax) _recent.RemoveLast();
            if (_folder is null) return null;
            try
            {
                Directory.CreateDirectory(_folder);
                string file = Path.Combine(_folder, $"audit-{entry.At:yyyyMMdd}.jsonl");
                using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                stream.Write(Encoding.UTF8.GetBytes(AdminJson.Write(entry) + "\n"));
                return null;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return failure.Message;
            }
        }
    }
}
