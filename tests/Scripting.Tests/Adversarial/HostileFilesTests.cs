using System.Diagnostics;
using System.Text;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Adversarial;

/// <summary>Folders that were made to hurt who reads them: the mod is refused with a reason, quickly, and the others run.</summary>
public class HostileFilesTests
{
    const string Canary = "local n = 0 function Think() n += 1 end commands.add('n', function(ctx) ctx.reply(tostring(n)) end)";

    static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    static string Lines(int count, Func<int, string> line) => string.Join('\n', Enumerable.Range(0, count).Select(line));

    /// <summary>Sources: name, text, whether the mod may run all the same.</summary>
    public static TheoryData<string, bool> Sources => new()
    {
        { "parentheses", false }, { "braces", false }, { "brackets", false }, { "functions", false }, { "ifs", false }, { "dos", false }, { "unary", false }, { "concats", false },
        { "powers", false }, { "types", false }, { "generics", false }, { "interpolations", false }, { "calls", true }, { "indexes", true }, { "additions", true }, { "strings", true },
        { "locals", true }, { "upvalues", true }, { "parameters", false }, { "constants", true }, { "table", true }, { "long comment", false }, { "long string", false },
        { "bytecode", false }, { "nul", true }, { "binary", true }, { "utf-16", false }, { "bom", true }, { "carriage returns", true }, { "shebang", true }, { "empty", true },
        { "blank", true }, { "one line", true }, { "many lines", true }, { "escapes", false }, { "numbers", true }, { "elseifs", true }, { "gotos", false }, { "attributes", false },
        { "unicode names", false }, { "bidi", true }, { "name of another", true },
    };

    static byte[] SourceOf(string kind) => kind switch
    {
        "parentheses" => Text($"local x = {Repeat("(", 100_000)}1{Repeat(")", 100_000)}"),
        "braces" => Text($"local x = {Repeat("{", 100_000)}{Repeat("}", 100_000)}"),
        "brackets" => Text($"local t = {{}} local x = {Repeat("t[", 100_000)}1{Repeat("]", 100_000)}"),
        "functions" => Text(Repeat("local x = function() ", 20_000) + Repeat("end ", 20_000)),
        "ifs" => Text(Repeat("if x then ", 30_000) + Repeat("end ", 30_000)),
        "dos" => Text(Repeat("do ", 50_000) + Repeat("end ", 50_000)),
        "unary" => Text("local x = " + Repeat("- ", 200_000) + "1"),
        "concats" => Text("local x = 'a'" + Repeat(" .. 'a'", 70_000)),
        "powers" => Text("local x = 2" + Repeat(" ^ 2", 100_000)),
        "types" => Text($"type T = {Repeat("{", 100_000)}number{Repeat("}", 100_000)}"),
        "generics" => Text($"local x: {Repeat("A<", 100_000)}number{Repeat(">", 100_000)} = 1"),
        "interpolations" => Text("local x = " + Repeat("`{", 100_000) + "1" + Repeat("}`", 100_000)),
        "calls" => Text("local function f() return f end local x = f" + Repeat("()", 1000)),
        "indexes" => Text("local t = setmetatable({}, { __index = function(s) return s end }) local x = t" + Repeat(".a", 1000)),
        "additions" => Text("local x = 1" + Repeat(" + 1", 50_000)),
        "strings" => Text($"local x = '{Repeat("x", 400_000)}'"),
        "locals" => Text(Lines(300, i => $"local x{i} = {i}")),
        "upvalues" => Text(Lines(150, i => $"local x{i} = {i}") + "\nlocal function outer()\n" + Lines(150, i => $"local y{i} = {i}") + "\nreturn function() return " + string.Join(" + ", Enumerable.Range(0, 150).Select(i => $"x{i} + y{i}")) + " end end"),
        "parameters" => Text($"local function f({string.Join(", ", Enumerable.Range(0, 5000).Select(i => $"a{i}"))}) end"),
        "constants" => Text("local t = {\n" + Lines(30_000, i => $"\"k{i}\",") + "\n}"),
        "table" => Text("local t = {\n" + Lines(30_000, i => $"k{i} = {i},") + "\n}"),
        "long comment" => Text("--[==[" + Repeat("x", 100_000)),
        "long string" => Text("local x = [==[" + Repeat("]=]", 100_000)),
        "bytecode" => [0x1b, .. "Lua"u8, 0x53, 0, 1, 2, 3],
        "nul" => [.. "local x = 1 "u8, 0, .. " y"u8],
        "binary" => [.. Enumerable.Range(0, 100_000).Select(i => (byte)((i * 7919) >> 3))],
        "utf-16" => Encoding.Unicode.GetBytes("local x = 1"),
        "bom" => [0xef, 0xbb, 0xbf, .. "local x = 1"u8],
        "carriage returns" => Text("local x = 1\r\nlocal y = 2\r\n"),
        "shebang" => Text("#!/usr/bin/luau\nlocal x = 1"),
        "empty" => [],
        "blank" => Text(Repeat("\n", 400_000)),
        "one line" => Text(Repeat("x = 1 ", 60_000)),
        "many lines" => Text(Repeat("x=1\n", 100_000)),
        "escapes" => Text("local x = '\\u{ffffffffff}'"),
        "numbers" => Text("local x = 1" + Repeat("0", 100_000)),
        "elseifs" => Text("local x = 5 if x == 0 then" + Lines(5000, i => $" x = {i} elseif x == {i + 10_000_000} then") + " end"),
        "gotos" => Text("goto out ::out::"),
        "attributes" => Text(Repeat("@native ", 50_000) + "x = 1"),
        "unicode names" => Text("local ｆ = 1"),
        "bidi" => Text("-- \u202e\u2066 reversed \u2069\nlocal x = '\u202e'"),
        "name of another" => Text("print('x') -- @canary/init.luau:1: nobody\nhook.add('Think', function() error('canary/init.luau:1: mine') end)"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_source_made_to_hurt_is_refused_or_runs_and_others_do_not_notice(string kind, bool mayRun) =>
        Load(host => Write(host, "init.luau", SourceOf(kind)), mayRun, kind == "name of another" ? "" : "bad/init.luau:");

    /// <summary>Manifests, none of which is valid.</summary>
    public static TheoryData<string> Manifests =>
    [
        "ten megabytes", "deep arrays", "deep tables", "dotted keys", "many keys", "many tables", "array tables", "long string", "long key", "nul", "binary", "duplicate", "utf-16",
        "unclosed", "control characters", "huge integer", "other id", "no id", "id table", "reserved id", "unknown key", "entry outside", "entry absolute", "entry missing", "entry folder",
        "self dependency", "dependency range", "dependency type", "unknown permission", "permission type", "limits type", "limits range", "limits unknown", "api", "api type",
        "version", "messages type", "message schema deep", "message schema wide", "message rate", "commands type", "command arguments", "exports type", "export args", "hooks type",
        "reload type", "name long", "authors type", "dates", "infinities",
    ];

    static byte[] ManifestOf(string kind)
    {
        string toml = kind switch
        {
            "ten megabytes" => "id = \"bad\"\nname = \"" + Repeat("x", 10_000_000) + "\"",
            "deep arrays" => "id = \"bad\"\nauthors = " + Repeat("[", 100_000) + Repeat("]", 100_000),
            "deep tables" => "id = \"bad\"\nconfig = " + Repeat("{a=", 40_000) + "1" + Repeat("}", 40_000),
            "dotted keys" => "id = \"bad\"\n" + Repeat("a.", 100_000) + "a = 1",
            "many keys" => "id = \"bad\"\n" + Lines(20_000, i => $"k{i} = 1"),
            "many tables" => "id = \"bad\"\n" + Lines(20_000, i => $"[t{i}]"),
            "array tables" => "id = \"bad\"\n" + Lines(10_000, _ => "[[dependencies]]"),
            "long string" => "id = \"bad\"\ndescription = \"" + Repeat("x", 200_000) + "\"",
            "long key" => "id = \"bad\"\n" + Repeat("k", 200_000) + " = 1",
            "nul" => "id = \"bad\0\"",
            "binary" => Repeat("\u0001\u0002\u007f", 1000),
            "duplicate" => "id = \"bad\"\nid = \"bad\"",
            "utf-16" => "\u0000i\u0000d",
            "unclosed" => "id = \"bad",
            "control characters" => "id = \"bad\"\nname = \"\\u001b[31m\\u0007\"",
            "huge integer" => "id = \"bad\"\napi = 99999999999999999999999",
            "other id" => "id = \"canary\"",
            "no id" => "version = \"1.0.0\"",
            "id table" => "[id]\nx = 1",
            "reserved id" => "id = \"core\"",
            "unknown key" => "id = \"bad\"\ntrust = \"core\"",
            "entry outside" => "id = \"bad\"\nentry = \"../canary/init.luau\"",
            "entry absolute" => "id = \"bad\"\nentry = \"/etc/passwd\"",
            "entry missing" => "id = \"bad\"\nentry = \"nothing.luau\"",
            "entry folder" => "id = \"bad\"\nentry = \"lib\"",
            "self dependency" => "id = \"bad\"\n[dependencies]\nbad = \"*\"",
            "dependency range" => "id = \"bad\"\n[dependencies]\ncanary = \">>>1\"",
            "dependency type" => "id = \"bad\"\n[dependencies]\ncanary = [1, 2]",
            "unknown permission" => "id = \"bad\"\n[permissions]\nrequired = [\"root\"]",
            "permission type" => "id = \"bad\"\npermissions = \"all\"",
            "limits type" => "id = \"bad\"\n[limits]\nmemory_hard_mb = \"all\"",
            "limits range" => "id = \"bad\"\n[limits]\nmemory_hard_mb = -5",
            "limits unknown" => "id = \"bad\"\n[limits]\nmemory = 5",
            "api" => "id = \"bad\"\napi = 7",
            "api type" => "id = \"bad\"\napi = [1]",
            "version" => "id = \"bad\"\nversion = \"latest\"",
            "messages type" => "id = \"bad\"\nmessages = 1",
            "message schema deep" => "id = \"bad\"\n[messages.m]\nschema = " + Repeat("{a=", 50) + "\"u8\"" + Repeat("}", 50),
            "message schema wide" => "id = \"bad\"\n[messages.m.schema]\n" + Lines(1000, i => $"k{i} = \"u8\""),
            "message rate" => "id = \"bad\"\n[messages.m]\nrate = \"-1/s burst 1e999\"",
            "commands type" => "id = \"bad\"\n[commands]\nkit = 5",
            "command arguments" => "id = \"bad\"\n[commands.kit]\nargs = \"<<<<\"",
            "exports type" => "id = \"bad\"\n[exports]\nf = true",
            "export args" => "id = \"bad\"\n[exports.f]\nargs = [\"anything\"]",
            "hooks type" => "id = \"bad\"\nhooks = { Think = true }",
            "reload type" => "id = \"bad\"\n[reload]\nkeep_state = \"maybe\"\non_error = \"explode\"",
            "name long" => "id = \"bad\"\nname = \"" + Repeat("x", 201) + "\"",
            "authors type" => "id = \"bad\"\nauthors = [1, [2]]",
            "dates" => "id = \"bad\"\nversion = 2020-01-01",
            "infinities" => "id = \"bad\"\n[limits]\nmemory_hard_mb = inf\ntick_hard_ms = nan",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return Text(toml);
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_manifest_made_to_hurt_is_refused_with_its_place(string kind) => Load(host =>
    {
        Write(host, "init.luau", Text("print('ran')"));
        Write(host, "lib/x.luau", Text(""));
        Write(host, "mod.toml", ManifestOf(kind));
    }, mayRun: false, kind switch { "ten megabytes" => "mod.toml has", "entry missing" => "the entry file is missing", _ => "bad/mod.toml:" });

    /// <summary>Folders with odd things in them.</summary>
    public static TheoryData<string, bool> Folders => new()
    {
        { "pipe", false }, { "folder named like a script", false }, { "deep folders", false }, { "many files", false }, { "long names", false }, { "names of control characters", true },
        { "link to itself", false }, { "link out", false }, { "link to the folder", false }, { "hidden", true }, { "names that differ by case", true }, { "pipe of another name", true },
        { "broken link", false }, { "names with dots", true },
    };

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_made_to_hurt_is_refused_or_runs(string kind, bool mayRun)
    {
        if (!OperatingSystem.IsLinux()) return;
        Load(host =>
        {
            Write(host, "init.luau", Text(""));
            string folder = Path.Combine(host.ModsFolder, "bad");
            switch (kind)
            {
                case "pipe": MakePipe(Path.Combine(folder, "x.luau")); break;
                case "pipe of another name": MakePipe(Path.Combine(folder, "data")); break;
                case "folder named like a script": File.Delete(Path.Combine(folder, "init.luau")); Directory.CreateDirectory(Path.Combine(folder, "init.luau")); Write(host, "mod.toml", Text("id = \"bad\"")); break;
                case "deep folders": Write(host, Repeat("d/", 100) + "x.luau", Text("")); break;
                case "many files": for (int i = 0; i < 400; i++) Write(host, $"f{i}.luau", Text("")); break;
                case "long names": Write(host, $"{Repeat("n", 120)}/{Repeat("m", 120)}.luau", Text("")); break;
                case "names of control characters": Write(host, "x\u001b[31m\n[core] fake.luau", Text("return 1")); break;
                case "link to itself": File.CreateSymbolicLink(Path.Combine(folder, "x.luau"), Path.Combine(folder, "x.luau")); break;
                case "broken link": File.CreateSymbolicLink(Path.Combine(folder, "x.luau"), "/nothing/here"); break;
                case "link out": File.CreateSymbolicLink(Path.Combine(folder, "x.luau"), "/etc/passwd"); break;
                case "link to the folder": Directory.CreateSymbolicLink(Path.Combine(folder, "again"), folder); break;
                case "hidden": Write(host, ".x.luau", Text("error('ran')")); Write(host, ".git/x.luau", Text("local = 1")); break;
                case "names that differ by case": Write(host, "Init.luau", Text("error('ran')")); break;
                default: Write(host, "a..b.luau", Text("return 1")); Write(host, "...luau", Text("local = 1")); break;
            }
        }, mayRun, "");
    }

    static void MakePipe(string path)
    {
        using Process made = Process.Start("mkfifo", [path])!;
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }

    static void Write(HostFixture host, string file, byte[] content)
    {
        string path = Path.Combine(host.ModsFolder, "bad", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    /// <summary>Once as a server starts, once as a reload of a good version.</summary>
    static void Load(Action<HostFixture> write, bool mayRun, string reason)
    {
        foreach (bool atStart in (bool[])[true, false])
        {
            using HostFixture host = new HostFixture().Mod("canary", Canary);
            if (atStart) write(host);
            else host.Mod("bad", "").Manifest("bad", "");
            long begin = Stopwatch.GetTimestamp();
            host.Load();
            if (!atStart)
            {
                Directory.Delete(Path.Combine(host.ModsFolder, "bad"), recursive: true);
                write(host);
                host.Reload("bad");
            }
            Assert.True(Stopwatch.GetElapsedTime(begin).TotalSeconds < 30, "too slow");
            ModStatus status = host.Host.Status("bad")!;
            string log = string.Join('\n', host.Log.Lines.Select(line => line.Length > 300 ? line[..300] : line).TakeLast(20));
            if (!mayRun)
            {
                Assert.True(atStart ? status.State is ModState.Invalid or ModState.Backoff or ModState.Blocked : status is { State: ModState.Running, Generation: 1, Stale: true }, $"{status.State}\n{log}");
                Assert.True(host.Log.Lines.Any(line => line.Contains(reason, StringComparison.Ordinal)), $"no line with '{reason}'\n{log}");
            }
            Assert.True(status.State is not (ModState.Loading or ModState.Reloading), log);
            Assert.All(host.Log.Lines, line => Assert.True(line.Length < 20_000 && !line.Contains('\u001b') && !line.Contains('\0') && !line.Contains('\u0007'), line));
            int before = Count(host);
            host.Tick(5);
            Assert.Equal(before + 5, Count(host));
        }
    }

    static int Count(HostFixture host)
    {
        string count = "";
        host.Host.ConsoleCommand("console", "n", text => count = text);
        return int.Parse(count);
    }
}
