using System.IO.Compression;
using GameServer.Scripting.Ports;
using GameServer.Server.Cli;
using GameServer.Server.Storage;
using GameServer.Support;

namespace GameServer.Server.Tests.Cli;

/// <summary>Backup of a server that runs, and putting it back.</summary>
public sealed class BackupVerbTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string PathOf(string name) => Path.Combine(_folder.Path, name);

    (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new(), error = new();
        int code = CommandLine.Run([.. args, "--config", PathOf("server.toml")], output, error);
        return (code, output.ToString(), error.ToString());
    }

    string Server()
    {
        _folder.Write("server.toml", "[admin]\nport = 1\n");
        _folder.Write("mods/kits/init.luau", "-- one");
        _folder.Write("mods/.previous/kits/1-/init.luau", "-- zero");
        _folder.Write("config/bans.toml", "# bans");
        _folder.Write("config/admin.token", "secret");
        return PathOf("backup.zip");
    }

    static void Store(SqliteModStorage storage, string key, byte value)
    {
        Assert.True(storage.Submit(new StorageOperation { Kind = StorageKind.Set, ModId = "kits", Store = "s", Key = [1, (byte)key[0]], Value = [1, value] }));
        Assert.True(storage.Flush(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void A_backup_made_while_the_storage_is_open_holds_what_was_stored_and_can_be_put_back()
    {
        string file = Server();
        using (SqliteModStorage storage = new(new SqliteModStorageOptions { File = PathOf("data/storage.db") }, TimeProvider.System))
        {
            Store(storage, "a", 1);
            (int made, string text, string problem) = Run("backup", "--out", file);
            Assert.True(made == ExitCodes.Ok, problem);
            Assert.Contains("1 mods, verified", text, StringComparison.Ordinal);
            Store(storage, "a", 2);
        }
        using (ZipArchive archive = ZipFile.OpenRead(file))
        {
            Assert.Equal(
                ["backup.json", "config/bans.toml", "data/storage.db", "mods/kits/init.luau", "server.toml"],
                archive.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
        }
        _folder.Write("mods/kits/init.luau", "-- two");
        _folder.Write("mods/later/init.luau", "");

        (int code, string output, _) = Run("restore", file, "--dry-run");
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("0 new, 2 changed, 1 removed, 2 as they are", output, StringComparison.Ordinal);
        Assert.Equal("-- two", File.ReadAllText(PathOf("mods/kits/init.luau")));
        Assert.Equal(ExitCodes.OperatorMistake, Run("restore", file).Code);

        (code, output, string error) = Run("restore", file, "--yes");
        Assert.True(code == ExitCodes.Ok, error);
        Assert.Equal("-- one", File.ReadAllText(PathOf("mods/kits/init.luau")));
        Assert.Equal("secret", File.ReadAllText(PathOf("config/admin.token")));
        Assert.False(Directory.Exists(PathOf("mods/later")));
        using SqliteModStorage after = new(new SqliteModStorageOptions { File = PathOf("data/storage.db") }, TimeProvider.System);
        Assert.True(after.Submit(new StorageOperation { Kind = StorageKind.Get, ModId = "kits", Store = "s", Key = [1, (byte)'a'] }));
        Assert.True(after.Flush(TimeSpan.FromSeconds(30)));
        Assert.True(after.TryTakeCompleted(out StorageOperation got));
        Assert.Equal([1, 1], got.Result!);
    }

    [Fact]
    public void A_damaged_archive_changes_nothing()
    {
        string file = Server();
        Assert.Equal(ExitCodes.Ok, Run("backup", "--out", file).Code);
        using (ZipArchive archive = ZipFile.Open(file, ZipArchiveMode.Update))
        {
            archive.GetEntry("mods/kits/init.luau")!.Delete();
            using StreamWriter other = new(archive.CreateEntry("mods/kits/init.luau").Open());
            other.Write("-- evil");
        }
        (int code, _, string error) = Run("restore", file, "--yes");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("'mods/kits/init.luau' is damaged", error, StringComparison.Ordinal);
        Assert.Equal("-- one", File.ReadAllText(PathOf("mods/kits/init.luau")));
        _folder.Write("no.zip", "x");
        Assert.Equal(ExitCodes.Failed, Run("restore", PathOf("no.zip"), "--yes").Code);
    }

    [Fact]
    public void Old_backups_are_thinned()
    {
        Server();
        for (int day = 1; day < 5; day++) _folder.Write($"backups/2020-01-0{day}T00-00-00Z.zip", "");
        _folder.Write("backups/mine.zip", "");
        Assert.Equal(ExitCodes.Ok, Run("backup", "--keep", "2").Code);
        string[] kept = [.. Directory.GetFiles(PathOf("backups")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.Equal(3, kept.Length);
        Assert.Equal("2020-01-04T00-00-00Z.zip", kept[0]);
        Assert.Equal("mine.zip", kept[2]);
    }
}
