using System.Text;
using GameServer.Luau.Library;

namespace GameServer.Luau.Tests.Library;

public sealed class RequireResolverTests
{
    /// <summary>Files in memory; <c>.config.luau</c> files hold one alias per line, name=target.</summary>
    sealed class MemoryFiles(string root, params (string Path, string Content)[] files) : IModuleFiles
    {
        readonly Dictionary<string, string> _files = files.ToDictionary(f => f.Path, f => f.Content);

        public string Root => root;

        public bool HasFile(string path) => _files.ContainsKey(path);

        public bool HasFolder(string path) => path.Length == 0 || _files.Keys.Any(file => file.StartsWith(path + "/", StringComparison.Ordinal));

        public ReadOnlyMemory<byte> Read(string path) => Encoding.UTF8.GetBytes(_files[path]);

        public IReadOnlyDictionary<string, string>? RunConfiguration(string path) =>
            _files[path].Split('\n', StringSplitOptions.RemoveEmptyEntries).ToDictionary(line => line.Split('=')[0], line => line.Split('=')[1]);
    }

    static RequireResolver Project(params string[] files) => new(new MemoryFiles("", [.. files.Select(f => (f, ""))]));

    static string Resolve(RequireResolver resolver, string requirer, string path) =>
        resolver.TryResolve(requirer, path, out string file, out string problem) ? file : "! " + problem;

    [Fact]
    public void Long_paths_and_long_chains_of_aliases_end_at_once()
    {
        string aliases = string.Join(", ", Enumerable.Range(0, 20_000).Select(i => $"\"a{i}\": \"@a{i + 1}\""));
        var resolver = new RequireResolver(new MemoryFiles("", (".luaurc", "{ \"aliases\": { " + aliases + " } }"), ("main.luau", ""), ("x.luau", "")));
        Assert.Equal("! error requiring module \"@a0/x\": @a0 leads through more than 16 aliases", Resolve(resolver, "main.luau", "@a0/x"));
        Assert.Contains("longer than 1024 characters", Resolve(resolver, "main.luau", string.Concat(Enumerable.Repeat("./", 100_000)) + "x"), StringComparison.Ordinal);
        Assert.Equal("x.luau", Resolve(resolver, "main.luau", string.Concat(Enumerable.Repeat("./", 500)) + "x"));
    }

    [Theory]
    [InlineData("main.luau", "./lib", "lib.luau")]
    [InlineData("main.luau", "./folder/a", "folder/a.luau")]
    [InlineData("main.luau", "./folder", "folder/init.luau")]
    [InlineData("main.luau", ".\\folder\\a", "folder/a.luau")]
    [InlineData("main.luau", "././/folder//a", "folder/a.luau")]
    [InlineData("main.luau", "./folder/../lib", "lib.luau")]
    [InlineData("main.luau", "./old", "old.lua")]
    [InlineData("folder/a.luau", "./b", "folder/b.lua")]
    [InlineData("folder/a.luau", "../lib", "lib.luau")]
    [InlineData("folder/init.luau", "./lib", "lib.luau")]
    [InlineData("folder/init.luau", "@self/a", "folder/a.luau")]
    [InlineData("folder/init.luau", "@SELF/a", "folder/a.luau")]
    [InlineData("init.luau", "@self/lib", "lib.luau")]
    public void A_path_leads_to_the_file_of_its_module(string requirer, string path, string file)
    {
        RequireResolver resolver = Project("main.luau", "lib.luau", "old.lua", "folder/init.luau", "folder/a.luau", "folder/b.lua");

        Assert.Equal(file, Resolve(resolver, requirer, path));
    }

    [Theory]
    [InlineData("main.luau", "lib", "! error requiring module \"lib\": require path must start with a valid prefix: ./, ../, or @")]
    [InlineData("main.luau", "", "! error requiring module \"\": require path must start with a valid prefix: ./, ../, or @")]
    [InlineData("main.luau", "./nothing", "! error requiring module \"./nothing\": could not resolve child component \"nothing\"")]
    [InlineData("main.luau", "./both", "! error requiring module \"./both\": could not resolve child component \"both\" (ambiguous)")]
    [InlineData("main.luau", "./twice", "! error requiring module \"./twice\": could not resolve child component \"twice\" (ambiguous)")]
    [InlineData("main.luau", "./empty", "! no module present at resolved path")]
    [InlineData("main.luau", "./empty/init", "! error requiring module \"./empty/init\": could not resolve child component \"init\"")]
    [InlineData("main.luau", "./.config", "! error requiring module \"./.config\": could not resolve child component \".config\"")]
    [InlineData("main.luau", "../x", "! error requiring module \"../x\": could not get parent of component \"\"")]
    [InlineData("init.luau", "./x", "! error requiring module \"./x\": could not get parent of requiring context")]
    [InlineData("main.luau", "@nowhere/x", "! error requiring module \"@nowhere/x\": @nowhere is not a valid alias")]
    [InlineData("main.luau", "@", "! error requiring module \"@\": @ is not a valid alias")]
    public void A_path_without_module_says_why(string requirer, string path, string problem)
    {
        RequireResolver resolver = Project("main.luau", "both.luau", "both.lua", "twice.luau", "twice/a.luau", "empty/x.luau", ".config.luau");

        Assert.Equal(problem, Resolve(resolver, requirer, path));
    }

    [Theory]
    [InlineData("src/app/main.luau", "@lib", "lib/init.luau")]
    [InlineData("src/app/main.luau", "@LIB/a", "lib/a.luau")]
    [InlineData("src/app/main.luau", "@near/b", "src/app/here/b.luau")]
    [InlineData("src/main.luau", "@near/a", "lib/a.luau")]
    [InlineData("src/app/main.luau", "@chain/a", "lib/a.luau")]
    [InlineData("src/app/main.luau", "@absolute", "lib/a.luau")]
    [InlineData("src/app/main.luau", "@loop/a", "! error requiring module \"@loop/a\": detected alias cycle (@loop -> @pool -> @loop)")]
    [InlineData("src/app/main.luau", "@broken/a", "! error requiring module \"@broken/a\": could not resolve child component \"a\"")]
    public void Aliases_come_from_the_nearest_configuration_that_defines_them(string requirer, string path, string expected)
    {
        RequireResolver resolver = new(new MemoryFiles("",
            (".luaurc", "// comment\n{\"aliases\": {\"lib\": \"./lib\", \"near\": \"lib\", \"chain\": \"@lib\", "
                + "\"loop\": \"@pool\", \"pool\": \"@loop\", \"absolute\": \"lib/a\", \"broken\": \"./nowhere\",},}"),
            ("src/app/.config.luau", "near=./here"),
            ("src/app/main.luau", ""), ("src/main.luau", ""), ("src/app/here/b.luau", ""), ("lib/init.luau", ""), ("lib/a.luau", "")));

        Assert.Equal(expected, Resolve(resolver, requirer, path));
    }

    [Fact]
    public void Two_configurations_in_one_folder_are_ambiguous()
    {
        RequireResolver resolver = new(new MemoryFiles("", (".luaurc", "{}"), (".config.luau", "a=./b"), ("main.luau", "")));

        Assert.Equal("! error requiring module \"@a\": could not resolve alias \"a\" (ambiguous configuration file)", Resolve(resolver, "main.luau", "@a"));
    }

    [Fact]
    public void Absolute_paths_stay_absolute()
    {
        RequireResolver resolver = new(new MemoryFiles("/",
            ("/top.luau", ""), ("/home/x/main.luau", ""), ("/home/x/.luaurc", "{\"aliases\":{\"t\":\"/top\"}}"), ("/home/y.luau", "")));

        Assert.Equal("/home/y.luau", Resolve(resolver, "/home/x/main.luau", "../y"));
        Assert.Equal("/top.luau", Resolve(resolver, "/home/x/main.luau", "../../top"));
        Assert.Equal("/top.luau", Resolve(resolver, "/home/x/main.luau", "@t"));
    }

    [Fact]
    public void A_cycle_is_named_from_its_first_module()
    {
        RequireCycle cycle = new();
        Assert.True(cycle.TryEnter("main", out _));
        Assert.True(cycle.TryEnter("a", out _));
        Assert.True(cycle.TryEnter("b", out _));

        Assert.False(cycle.TryEnter("a", out string problem));
        Assert.Equal("cyclic require: a -> b -> a", problem);

        cycle.Leave();
        cycle.Leave();
        Assert.True(cycle.TryEnter("b", out _));
    }
}
