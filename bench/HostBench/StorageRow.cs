using System.Diagnostics;
using GameServer.Scripting.Ports;
using GameServer.Server.Storage;

namespace GameServer.HostBench;

/// <summary>Writes to storage that are acknowledged, so on the disk: one mod with many writers, asked about at the pace of ticks, as in a server.</summary>
static class StorageRow
{
    const int Writers = 400;
    const int TickRate = 30;
    const double Seconds = 5;

    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("hostbench-storage-").FullName;
        using (var storage = new SqliteModStorage(new SqliteModStorageOptions { File = Path.Combine(folder, "storage.db") }, TimeProvider.System))
        {
            Write(storage, 1);
            long commits = storage.Commits;
            (long acknowledged, double p50, double p99) = Write(storage, Seconds);
            Rows.Print(
                $"storage, {Writers} writers of 100 B at {TickRate} Hz", ">= 5 000 /s",
                $"{acknowledged / Seconds:0} acknowledged writes/s, {acknowledged / (double)(storage.Commits - commits):0} per commit, answered after p50 {p50:0.0} ms, p99 {p99:0.0} ms");
        }
        Directory.Delete(folder, recursive: true);
    }

    static (long Acknowledged, double P50, double P99) Write(SqliteModStorage storage, double seconds)
    {
        var waits = new List<double>();
        var since = new Dictionary<StorageOperation, long>();
        long begin = Stopwatch.GetTimestamp(), next = begin, number = 0;
        for (int i = 0; i < Writers; i++) Submit();
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            next += Stopwatch.Frequency / TickRate;
            TimeSpan rest = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next);
            if (rest > TimeSpan.Zero) Thread.Sleep(rest);
            int done = 0;
            while (storage.TryTakeCompleted(out StorageOperation operation))
            {
                if (operation.Outcome != StorageOutcome.Done) throw new InvalidOperationException($"{operation.Outcome}");
                waits.Add(Stopwatch.GetElapsedTime(since[operation]).TotalMilliseconds);
                since.Remove(operation);
                done++;
            }
            for (int i = 0; i < done; i++) Submit();
        }
        storage.Flush(TimeSpan.FromSeconds(10));
        while (storage.TryTakeCompleted(out _))
        {
            // Of a round that is over.
        }
        waits.Sort();
        return (waits.Count, waits[waits.Count / 2], waits[(int)(waits.Count * 0.99)]);

        void Submit()
        {
            var operation = new StorageOperation
            {
                ModId = "bench", Store = "main", Kind = StorageKind.Set, Key = System.Text.Encoding.UTF8.GetBytes($"key-{number++ % 10_000}"), Value = new byte[100],
            };
            since.Add(operation, Stopwatch.GetTimestamp());
            storage.Submit(operation);
        }
    }
}
