using GameServer.Scripting;

namespace GameServer.Server.Tests.Scripts;

/// <summary>The library <c>files</c> as scripts see it, over a real folder.</summary>
public sealed class FilesScriptTests : IDisposable
{
    readonly ScriptServer _server = new ScriptServer().Settings("m", new ModSettings { Grant = ["storage.file"] });

    public void Dispose() => _server.Dispose();

    string FolderOf(string mod) => Path.Combine(_server.Root, "files", mod);

    IReadOnlyList<string> Run(string source, int lines)
    {
        _server.Mod("m", $$"""
            local function show(a, b) print(a, b and b.kind) end
            task.spawn(function()
            {{source}}
            end)
            """).Start();
        return _server.Printed("m", lines);
    }

    [Fact]
    public void Files_are_written_read_listed_and_removed()
    {
        Assert.Equal(["true nil", "hello nil", "bytes nil", "a.txt:5 maps/dust.bin:5", "maps/dust.bin", "true nil", "nil missing", "false missing", "new nil"], Run("""
                show(files.writeAsync("a.txt", "hello"))
                files.writeAsync("maps/dust.bin", buffer.fromstring("bytes"))
                show(files.readAsync("a.txt"))
                show(files.readAsync("maps/dust.bin"))
                local parts = {}
                for _, f in files.listAsync() do table.insert(parts, f.path .. ":" .. f.bytes) end
                print(table.concat(parts, " "))
                for _, f in files.listAsync("maps") do print(f.path) end
                show(files.removeAsync("a.txt"))
                show(files.readAsync("a.txt"))
                show(files.removeAsync("a.txt"))
                files.writeAsync("maps/dust.bin", "new")
                show(files.readAsync("maps/dust.bin"))
            """, 9));
        Assert.Equal("new", File.ReadAllText(Path.Combine(FolderOf("m"), "maps", "dust.bin")));
    }

    [Theory]
    [InlineData("../other/secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/.writing")]
    [InlineData("A.txt")]
    [InlineData("a.")]
    [InlineData("nul.txt")]
    [InlineData("com1")]
    [InlineData("a\\\\b")]
    [InlineData("c:x")]
    [InlineData("a/b/c/d/e/f/g/h/i")]
    public void No_path_leads_out_of_the_folder(string path)
    {
        IReadOnlyList<string> printed = Run($"""
                for _, fn in ({"{ files.readAsync, files.removeAsync, files.listAsync, function(p) return files.writeAsync(p, 'x') end }"}) do
                    local ok, e = pcall(fn, "{path}")
                    print(ok, (string.find(tostring(e), "a path has")) ~= nil)
                end
            """, 4);
        Assert.All(printed, line => Assert.Equal("false true", line));
        Assert.False(Directory.Exists(Path.Combine(_server.Root, "files")));
    }

    [Fact]
    public void Links_are_not_followed()
    {
        Directory.CreateDirectory(FolderOf("m"));
        Directory.CreateDirectory(Path.Combine(_server.Root, "outside"));
        File.WriteAllText(Path.Combine(_server.Root, "outside", "secret"), "secret");
        Directory.CreateSymbolicLink(Path.Combine(FolderOf("m"), "away"), Path.Combine(_server.Root, "outside"));
        File.CreateSymbolicLink(Path.Combine(FolderOf("m"), "file"), Path.Combine(_server.Root, "outside", "secret"));
        Assert.Equal(["nil link", "nil link", "false link", "false link", "0"], Run("""
                show(files.readAsync("away/secret"))
                show(files.readAsync("file"))
                show(files.writeAsync("away/new", "x"))
                show(files.removeAsync("file"))
                print(#files.listAsync())
            """, 5));
        Assert.Equal("secret", File.ReadAllText(Path.Combine(_server.Root, "outside", "secret")));
        Assert.False(File.Exists(Path.Combine(_server.Root, "outside", "new")));
    }

    [Fact]
    public void Sizes_numbers_and_calls_under_way_are_bounded() => Assert.Equal(["false too large", "false quota", "true nil", "false quota", "false failed", "true"], Run("""
                show(files.writeAsync("big", string.rep("x", 1001)))
                files.writeAsync("a", string.rep("x", 900))
                files.writeAsync("b", string.rep("x", 900))
                show(files.writeAsync("c", string.rep("x", 900)))
                show(files.writeAsync("b", string.rep("x", 1000)))
                for i = 1, 3 do files.writeAsync("n" .. i, "") end
                show(files.writeAsync("n4", ""))
                files.removeAsync("n3")
                show(files.writeAsync("a/b", ""))
                local busy, open = 0, 200
                for i = 1, 200 do
                    task.spawn(function()
                        local _, err = files.readAsync("a")
                        if err and err.kind == "busy" then busy += 1 end
                        open -= 1
                        if open == 0 then print(busy == 136) end
                    end)
                end
            """, 6));

    [Fact]
    public void Mods_have_folders_of_their_own_and_need_the_right()
    {
        _server.Settings("n", new ModSettings { Grant = ["storage.file"] })
            .Mod("n", "task.spawn(function() task.wait(1) print((files.readAsync('a'))) end)").Mod("o", "print(pcall(files.readAsync, 'a'))");
        Assert.Equal(["true nil"], Run("show(files.writeAsync('a', 'x'))", 1));
        Assert.Equal(["nil"], _server.Printed("n", 1));
        Assert.Equal(["false permission denied: storage.file (files.readAsync, mod 'o', hook 'main chunk')"], _server.Printed("o", 1));
    }
}
