using GameServer.Scripting.Mods;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Mods;

public sealed class SnapshotTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    SnapshotResult Read(ModLimits? limits = null) => SnapshotReader.Read("m", Path.Combine(_folder.Path, "m"), limits ?? new ModLimits());

    [Fact]
    public void Only_scripts_aliases_and_the_manifest_count_and_editors_files_do_not()
    {
        _folder.Write("m/init.luau", "x");
        _folder.Write("m/mod.toml", "id = 'm'");
        _folder.Write("m/lib/a.luau", "y");
        _folder.Write("m/readme.md", "no");
        _folder.Write("m/.git/x.luau", "no");
        _folder.Write("m/.init.luau.swp", "no");
        _folder.Write("m/lib/.luaurc", "{}");
        Assert.Equal(["init.luau", "lib/.luaurc", "lib/a.luau", "mod.toml"], Read().Snapshot!.Files.Keys);
    }

    [Fact]
    public void The_hash_follows_names_and_contents_only()
    {
        _folder.Write("m/init.luau", "x");
        string first = Read().Snapshot!.Hash;
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "m/init.luau"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(first, Read().Snapshot!.Hash);
        _folder.Write("m/init.luau", "z");
        Assert.NotEqual(first, Read().Snapshot!.Hash);
        _folder.Write("m/init.luau", "x");
        _folder.Write("m/other.luau", "");
        Assert.NotEqual(first, Read().Snapshot!.Hash);
    }

    [Fact]
    public void Limits_are_named_with_their_key()
    {
        _folder.Write("m/init.luau", new string('-', 3000));
        _folder.Write("m/b.luau", new string('-', 3000));
        Assert.Contains("(source_kb)", Read(new ModLimits { SourceKb = 5 }).Problem!, StringComparison.Ordinal);
        Assert.Contains("(file_kb)", Read(new ModLimits { FileKb = 2 }).Problem!, StringComparison.Ordinal);
        Assert.Contains("(files)", Read(new ModLimits { Files = 0 }).Problem!, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_refused_wherever_they_are()
    {
        string outside = _folder.Write("outside/secret.luau", "x");
        _folder.Write("m/init.luau", "x");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "m/secret.luau"), outside);
        Assert.Contains("secret.luau is a link", Read().Problem!, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder.Path, "m/secret.luau"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "m/lib"), Path.Combine(_folder.Path, "outside"));
        Assert.Contains("lib is a link", Read().Problem!, StringComparison.Ordinal);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "n"), Path.Combine(_folder.Path, "outside"));
        Assert.Contains("is a link", SnapshotReader.Read("n", Path.Combine(_folder.Path, "n"), new ModLimits()).Problem!, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stamp_changes_when_a_file_is_added_written_or_removed()
    {
        string mod = Path.Combine(_folder.Path, "m");
        Assert.Equal(0, SnapshotReader.Stamp(mod));
        _folder.Write("m/init.luau", "x");
        long first = SnapshotReader.Stamp(mod);
        _folder.Write("m/lib/a.luau", "x");
        long second = SnapshotReader.Stamp(mod);
        _folder.Write("m/init.luau", "xy");
        long third = SnapshotReader.Stamp(mod);
        File.Delete(Path.Combine(mod, "lib/a.luau"));
        Assert.Equal(4, new HashSet<long> { first, second, third, SnapshotReader.Stamp(mod) }.Count);
    }
}
