using System.Text;
using GameServer.Scripting.Ports;
using GameServer.Server.Storage;
using GameServer.Support;

namespace GameServer.Server.Tests.Storage;

public sealed class SqliteModStorageTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    string DatabaseFile => Path.Combine(_folder.Path, "storage.db");

    SqliteModStorage Open(Func<SqliteModStorageOptions, SqliteModStorageOptions>? change = null)
    {
        var options = new SqliteModStorageOptions { File = DatabaseFile };
        return new SqliteModStorage(change?.Invoke(options) ?? options, _time);
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static StorageOperation Set(string key, string value, long? ifVersion = null, TimeSpan? life = null, string mod = "a") =>
        new() { Kind = StorageKind.Set, ModId = mod, Store = "s", Key = Bytes(key), Value = Bytes(value), IfVersion = ifVersion, TimeToLive = life };

    static StorageOperation Get(string key, string mod = "a") => new() { Kind = StorageKind.Get, ModId = mod, Store = "s", Key = Bytes(key) };

    static StorageOperation Remove(string key) => new() { Kind = StorageKind.Remove, ModId = "a", Store = "s", Key = Bytes(key) };

    static StorageOperation Run(SqliteModStorage storage, StorageOperation operation)
    {
        if (!storage.Submit(operation)) return operation;
        Assert.True(storage.Flush(TimeSpan.FromSeconds(30)));
        Assert.True(storage.TryTakeCompleted(out StorageOperation completed));
        Assert.Same(operation, completed);
        return operation;
    }

    static string? Text(StorageOperation operation) => operation.Result is { } value ? Encoding.UTF8.GetString(value) : null;

    [Fact]
    public void A_value_written_is_read_back_by_its_own_mod_only()
    {
        using SqliteModStorage storage = Open();
        Assert.Equal(StorageOutcome.Done, Run(storage, Set("k", "v")).Outcome);
        Assert.Equal("v", Text(Run(storage, Get("k"))));
        Assert.Null(Text(Run(storage, Get("k", mod: "b"))));
    }

    [Fact]
    public void Acknowledged_values_are_there_after_the_file_is_opened_again()
    {
        using (SqliteModStorage storage = Open())
            for (int i = 0; i < 100; i++) Run(storage, Set($"k{i}", $"v{i}"));
        using SqliteModStorage again = Open();
        for (int i = 0; i < 100; i++) Assert.Equal($"v{i}", Text(Run(again, Get($"k{i}"))));
    }

    [Fact]
    public void Versions_guard_a_write_and_are_never_used_twice()
    {
        using SqliteModStorage storage = Open();
        long first = Run(storage, Set("k", "1", ifVersion: 0)).Version;
        Assert.Equal(StorageOutcome.Conflict, Run(storage, Set("k", "2", ifVersion: 0)).Outcome);
        long second = Run(storage, Set("k", "2", ifVersion: first)).Version;
        Assert.True(second > first);
        Assert.Equal(StorageOutcome.Done, Run(storage, Remove("k")).Outcome);
        Assert.True(Run(storage, Set("k", "3", ifVersion: 0)).Version > second);
    }

    [Fact]
    public void A_value_with_a_time_to_live_is_gone_when_the_time_is_over()
    {
        using SqliteModStorage storage = Open();
        Run(storage, Set("k", "v", life: TimeSpan.FromSeconds(10)));
        Assert.Equal("v", Text(Run(storage, Get("k"))));
        _time.Advance(TimeSpan.FromSeconds(11));
        StorageOperation late = Run(storage, Get("k"));
        Assert.Null(late.Result);
        Assert.Equal(0, late.Version);
        Assert.Empty(Run(storage, new() { Kind = StorageKind.List, ModId = "a", Store = "s" }).Keys);
    }

    [Fact]
    public void Keys_are_listed_by_prefix_in_byte_order_page_by_page()
    {
        using SqliteModStorage storage = Open();
        foreach (string key in (string[])["b1", "a2", "a1", "a3", "c"]) Run(storage, Set(key, "v"));
        StorageOperation page = Run(storage, new() { Kind = StorageKind.List, ModId = "a", Store = "s", Key = Bytes("a"), LimitKeys = 2 });
        Assert.Equal(["a1", "a2"], page.Keys.Select(Encoding.UTF8.GetString));
        StorageOperation rest = Run(storage, new() { Kind = StorageKind.List, ModId = "a", Store = "s", Key = Bytes("a"), LimitKeys = 2, After = page.Keys[^1] });
        Assert.Equal(["a3"], rest.Keys.Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void A_batch_is_carried_out_whole_or_not_at_all()
    {
        using SqliteModStorage storage = Open();
        Run(storage, Set("from", "10"));
        StorageOperation Batch(params StorageOperation[] parts) => new() { Kind = StorageKind.Batch, ModId = "a", Store = "s", Parts = parts };
        Assert.Equal(StorageOutcome.Conflict, Run(storage, Batch(Set("from", "5"), Set("to", "5", ifVersion: 99))).Outcome);
        Assert.Equal("10", Text(Run(storage, Get("from"))));
        Assert.Equal(StorageOutcome.Done, Run(storage, Batch(Set("from", "5"), Set("to", "5", ifVersion: 0))).Outcome);
        Assert.Equal("5", Text(Run(storage, Get("from"))));
        Assert.Equal("5", Text(Run(storage, Get("to"))));
    }

    [Fact]
    public void The_quota_counts_keys_and_values_and_is_given_back_on_removal()
    {
        using SqliteModStorage storage = Open(options => options with { QuotaBytes = 10 });
        Assert.Equal(StorageOutcome.Done, Run(storage, Set("k", "123456789")).Outcome);
        Assert.Equal(10, storage.UsedBytes("a"));
        Assert.Equal(StorageOutcome.Quota, Run(storage, Set("l", "1")).Outcome);
        Assert.Equal(StorageOutcome.Done, Run(storage, Set("k", "1")).Outcome);
        Assert.Equal(StorageOutcome.Done, Run(storage, Set("l", "1")).Outcome);
        Run(storage, Remove("k"));
        Assert.Equal(2, storage.UsedBytes("a"));
    }

    [Fact]
    public void Too_long_keys_and_values_are_refused_before_they_are_queued()
    {
        using SqliteModStorage storage = Open(options => options with { KeyBytesMax = 4, ValueBytesMax = 4 });
        Assert.Equal(StorageOutcome.TooLarge, Run(storage, Set("12345", "v")).Outcome);
        Assert.Equal(StorageOutcome.TooLarge, Run(storage, Set("k", "12345")).Outcome);
    }

    [Fact]
    public void A_mod_with_too_many_waiting_operations_is_refused_and_others_are_not()
    {
        using SqliteModStorage storage = Open(options => options with { PendingPerModMax = 3 });
        for (int i = 0; i < 3; i++) Assert.True(storage.Submit(Set($"k{i}", "v")));
        StorageOperation fourth = Set("k4", "v");
        Assert.False(storage.Submit(fourth));
        Assert.Equal(StorageOutcome.Busy, fourth.Outcome);
        Assert.Equal(1, storage.RefusedBusy);
        Assert.True(storage.Submit(Set("k", "v", mod: "b")));
        Assert.True(storage.Flush(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Operations_that_wait_together_are_committed_together_and_come_back_in_order()
    {
        using SqliteModStorage storage = Open(options => options with { PendingPerModMax = 10_000 });
        var all = Enumerable.Range(0, 2000).Select(i => Set($"k{i % 50}", $"{i}")).ToList();
        foreach (StorageOperation operation in all) Assert.True(storage.Submit(operation));
        Assert.True(storage.Flush(TimeSpan.FromSeconds(60)));
        foreach (StorageOperation expected in all)
        {
            Assert.True(storage.TryTakeCompleted(out StorageOperation completed));
            Assert.Same(expected, completed);
        }
        Assert.True(storage.Commits < all.Count, $"{storage.Commits} commits for {all.Count} writes");
        Assert.Equal("1999", Text(Run(storage, Get("k49"))));
    }

    [Fact]
    public void Any_bytes_make_a_key_and_a_value()
    {
        using SqliteModStorage storage = Open();
        byte[] odd = [0, 255, 1, 0, 128];
        Run(storage, new() { Kind = StorageKind.Set, ModId = "a", Store = "s", Key = odd, Value = odd });
        Run(storage, new() { Kind = StorageKind.Set, ModId = "a", Store = "s", Key = [], Value = [] });
        Assert.Equal(odd, Run(storage, new() { Kind = StorageKind.Get, ModId = "a", Store = "s", Key = odd }).Result);
        Assert.Equal([], Run(storage, new() { Kind = StorageKind.Get, ModId = "a", Store = "s", Key = [] }).Result!);
    }

    [Fact]
    public void A_closed_storage_refuses_and_says_so()
    {
        SqliteModStorage storage = Open();
        storage.Dispose();
        StorageOperation late = Set("k", "v");
        Assert.False(storage.Submit(late));
        Assert.Equal(StorageOutcome.Closed, late.Outcome);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_with_its_name()
    {
        File.WriteAllText(DatabaseFile, new string('x', 4096));
        Assert.Throws<SqliteException>(() => Open().Dispose());
    }
}
