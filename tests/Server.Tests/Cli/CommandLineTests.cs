using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using GameServer.Server.Admin;
using GameServer.Server.Cli;
using GameServer.Support;

namespace GameServer.Server.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_reference_page_equals_the_verbs() => Golden.Matches(CommandReference.Write(), "docs", "reference", "cli.md");

    [Fact]
    public void Every_verb_says_what_it_does_with_an_example_and_every_option_what_it_means()
    {
        foreach (Command command in AllCommands(CommandLine.Build()))
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            if (command.Subcommands.Count == 0)
                Assert.Contains("\n\nExample: gameserver ", command.Description, StringComparison.Ordinal);
            Assert.All(command.Options, o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"{command.Name} {o.Name}"));
            Assert.All(command.Arguments, a => Assert.False(string.IsNullOrWhiteSpace(a.Description), $"{command.Name} {a.Name}"));
        }
    }

    [Fact]
    public void Every_example_can_be_pasted()
    {
        RootCommand root = CommandLine.Build();
        foreach (Command command in AllCommands(root))
        {
            string? example = command.Description!.Split("\n\nExample: gameserver").ElementAtOrDefault(1);
            if (example is null) continue;
            ParseResult parsed = root.Parse([.. CommandLineParser.SplitCommandLine(example)]);
            Assert.True(parsed.Errors.Count == 0, $"gameserver{example}: {string.Join("; ", parsed.Errors.Select(e => e.Message))}");
            Assert.True(parsed.CommandResult.Command == command || command == root, $"gameserver{example} is not about {command.Name}");
            Assert.DoesNotMatch("(^| )[A-Z]{2,}( |$)", example);
        }
    }

    [Fact]
    public void Every_command_of_a_running_server_has_a_verb_and_prints_json()
    {
        RootCommand root = CommandLine.Build();
        foreach (AdminCommand row in AdminCommands.All)
        {
            Command command = root;
            foreach (string word in row.Name.Split(' ')) command = command.Subcommands.FirstOrDefault(sub => sub.Name == word) ?? command;
            Assert.NotSame(root, command);
            Assert.Contains(command.Options, option => option.Name == "--json");
        }
    }

    [Fact]
    public void Every_verb_that_answers_can_answer_in_JSON()
    {
        // These run something that has its own output, or a terminal.
        string[] others = ["run", "repl", "dump", "console"];
        RootCommand root = CommandLine.Build();
        string[] without = [.. AllCommands(root).Where(command => command.Subcommands.Count == 0 && !others.Contains(command.Name))
            .Where(command => command.Options.All(option => option.Name != "--json")).Select(command => CommandLine.PathOf(command, root))];
        Assert.Empty(without);
    }

    [Fact]
    public void Every_exit_code_is_documented_once()
    {
        int[] codes = [.. typeof(ExitCodes).GetFields().Where(f => f.IsLiteral).Select(f => (int)f.GetRawConstantValue()!)];
        Assert.Equal(codes.Order(), ExitCodes.All.Select(c => c.Code).Order());
    }

    [Theory]
    [InlineData("--hlep", "--hlep")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("bots --players 0", "--players must be 1 to 2000")]
    [InlineData("bots --players many", "many")]
    [InlineData("luau run --memory-limit 5 x.luau", "--memory-limit must be at least")]
    [InlineData("luau run -O 7 x.luau", "7")]
    [InlineData("luau run", "run")]
    public void A_wrong_command_line_is_an_operator_mistake_and_named(string arguments, string named)
    {
        (int code, string output, string error) = Run(arguments.Split(' '));

        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("--help", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public void Help_shows_usage_and_the_example()
    {
        (int code, string output, _) = Run("bots", "--help");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("--players", output, StringComparison.Ordinal);
        Assert.Contains("Example: gameserver bots", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_with_bad_settings_prints_every_mistake_and_ends_with_2()
    {
        string file = _folder.Write("server.toml", "[net]\nport = 99999\nkee = \"x\"\n");

        (int code, _, string error) = Run("run", "--config", file, "--set", "server.tick_hz=1");

        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains(":2:8: 'net.port' must be an integer from 0 to 65535", error, StringComparison.Ordinal);
        Assert.Contains(":3:1: unknown key 'net.kee', did you mean 'key'?", error, StringComparison.Ordinal);
        Assert.Contains("--set: 'server.tick_hz' must be an integer from 10 to 128", error, StringComparison.Ordinal);
        Assert.Contains("mods.folder: there is no folder", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_of_a_good_server_says_what_it_found_and_ends_with_0()
    {
        (string file, _) = Server();
        _folder.Write("mods/alpha/init.luau", "function Think(dt) end");

        (int code, string output, _) = Run("check", "--config", file);

        Assert.True(code == ExitCodes.Ok, output);
        Assert.Contains("1 would start: alpha", output, StringComparison.Ordinal);
        Assert.Contains("ok    watch: ", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "logs")), "a check leaves nothing behind");
        Assert.Equal(["alpha"], Directory.GetDirectories(Path.Combine(_folder.Path, "mods")).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void Check_reports_every_mistake_of_settings_and_mods_and_a_taken_port_with_exit_code_2()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Any, 0));
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        string file = _folder.Write("server.toml", $"[net]\nport = {port}\n[admin]\nport = 0\n[log]\nlevel = \"loud\"\n[mods.beto]\n");
        _folder.Write("mods/alpha/init.luau", "local x = = 1");
        _folder.Write("mods/beta/mod.toml", "id = \"other\"\nversionn = 1\n");
        _folder.Write("mods/beta/init.luau", "");
        _folder.Write("mods/gamma/mod.toml", "id = \"gamma\"\nversion = \"1.0.0\"\n[dependencies]\nbeta = \"*\"\n");
        _folder.Write("mods/gamma/init.luau", "");
        _folder.Write("mods/empty/readme.txt", "");

        (int code, string output, _) = Run("check", "--config", file);

        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains("'log.level' must be \"debug\", \"info\", \"warn\", \"error\", found 'loud'", output, StringComparison.Ordinal);
        Assert.Contains("alpha/init.luau:1:", output, StringComparison.Ordinal);
        Assert.Contains("beta/mod.toml:1:", output, StringComparison.Ordinal);
        Assert.Contains("versionn", output, StringComparison.Ordinal);
        Assert.Contains("gamma: ", output, StringComparison.Ordinal);
        Assert.Contains("empty: ", output, StringComparison.Ordinal);
        Assert.Contains($"WRONG UDP port {port}", output, StringComparison.Ordinal);
        Assert.Contains("did you mean 'beta'?", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_as_json_can_be_read_by_machines()
    {
        (string file, _) = Server();

        (_, string output, _) = Run("check", "--config", file, "--json");

        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(output);
        Assert.All(json.RootElement.EnumerateArray(), f => Assert.True(f.GetProperty("good").GetBoolean()));
    }

    [Fact]
    public void Check_live_without_a_server_ends_with_4()
    {
        (string file, _) = Server();

        (int code, string output, _) = Run("check", "--live", "--config", file, "--set", "admin.port=1");

        Assert.Equal(ExitCodes.NotRunning, code);
        Assert.Contains("no server answers", output, StringComparison.Ordinal);
    }

    (string File, string Mods) Server()
    {
        string mods = Directory.CreateDirectory(Path.Combine(_folder.Path, "mods")).FullName;
        return (_folder.Write("server.toml", "[net]\nport = 0\n[admin]\nport = 0\n"), mods);
    }

    static IEnumerable<Command> AllCommands(Command command) => command.Subcommands.SelectMany(AllCommands).Prepend(command);

    static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = CommandLine.Run(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
