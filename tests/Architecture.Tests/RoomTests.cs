using System.Text.RegularExpressions;

namespace GameServer.Architecture.Tests;

/// <summary>Who may touch whom: the room table of docs/architecture.md as data, held against the <c>using</c> lines, which IDE0005 keeps exact.</summary>
public class RoomTests
{
    /// <summary>Room → rooms whose types it may name. A room is a folder below src/; a project's root folder is its face. Types in a
    /// project's root (options, exceptions, logs) are open to all rooms of that project.</summary>
    static readonly Dictionary<string, string[]> May = new()
    {
        ["Luau.Values"] = [],
        ["Luau.Syntax"] = [],
        ["Luau.Bytecode"] = ["Luau.Values"],
        ["Luau.Compiler"] = ["Luau.Syntax", "Luau.Bytecode", "Luau.Values"],
        ["Luau.Runtime"] = ["Luau.Values", "Luau.Bytecode"],
        ["Luau.Library"] = ["Luau.Values", "Luau.Runtime", "Luau.Bytecode"],
        // What tools may know of a source without running it.
        ["Luau.Analysis"] = ["Luau.Syntax"],
        ["Luau"] = ["Luau.Values", "Luau.Syntax", "Luau.Bytecode", "Luau.Compiler", "Luau.Runtime", "Luau.Library"],

        ["Toml"] = [],

        ["Net.Payloads"] = [],
        ["Net.Wire"] = [],
        // Datagram sizes come from the wire format.
        ["Net.Sockets"] = ["Net.Wire"],
        ["Net.Channels"] = ["Net.Wire"],
        // Limits and peers know NetAddress, the socket-free form of an address; nothing there touches a socket.
        ["Net.Limits"] = ["Net.Sockets"],
        ["Net.Peers"] = ["Net.Channels", "Net.Wire", "Net.Limits", "Net.Sockets", "Net.Payloads"],
        ["Net"] = ["Net.Payloads", "Net.Sockets", "Net.Wire", "Net.Channels", "Net.Peers", "Net.Limits"],

        ["Scripting.Ports"] = [],
        ["Scripting.Isolation"] = ["Scripting.Profiling", .. Luau],
        ["Scripting.Marshalling"] = [.. Luau],
        ["Scripting.Scheduling"] = ["Scripting.Isolation", "Scripting.Profiling", .. Luau],
        ["Scripting.Profiling"] = [.. Luau],
        ["Scripting.Hooks"] = ["Scripting.Isolation", "Scripting.Marshalling", "Scripting.Profiling", .. Luau],
        ["Scripting.World"] = ["Scripting.Ports", "Scripting.Hooks", "Scripting.Isolation", "Scripting.Marshalling", "Scripting.Scheduling"],
        ["Scripting.Api"] = ["Scripting.World", "Scripting.Ports", "Scripting.Hooks", "Scripting.Isolation", "Scripting.Marshalling", "Scripting.Scheduling", "Scripting.Profiling", .. Luau],
        ["Scripting.Mods"] = ["Luau.Library", "Scripting.World", "Scripting.Ports", "Scripting.Hooks", "Scripting.Isolation", "Scripting.Marshalling", "Scripting.Scheduling", "Scripting.Profiling", "Scripting.Api", "Toml", .. Luau],
        ["Scripting.Reload"] = ["Scripting.Mods"],
        // The harness of mods' own tests stands where the server stands: it builds a whole mod host and answers its ports.
        ["Scripting.Testing"] =
        [
            "Scripting.Ports", "Scripting.Hooks", "Scripting.Isolation", "Scripting.Marshalling", "Scripting.Api", "Scripting.Mods", "Toml", .. Luau,
        ],
        ["Scripting.Checking"] =
        [
            "Luau.Analysis", "Scripting.Hooks", "Scripting.Isolation", "Scripting.Api", "Scripting.Mods", "Scripting.Testing", "Toml", .. Luau,
        ],
        ["Scripting"] = ["Scripting.World", "Scripting.Ports", "Scripting.Hooks", "Scripting.Isolation", "Scripting.Marshalling", "Scripting.Scheduling", "Scripting.Profiling", "Scripting.Api", "Scripting.Mods", "Scripting.Reload", "Toml", .. Luau],

        ["Server.Config"] = ["Toml", "Scripting"], // Scripting owns the list of limits.
        ["Server.Storage"] = ["Scripting.Ports", "Toml"],
        ["Server.Http"] = ["Scripting.Ports"],
        ["Server.Players"] = ["Net", "Scripting.Ports", "Server.Config", "Toml", .. NetFace],
        ["Server.Observability"] = ["Server.Config"],
        ["Server.Admin"] = ["Server.Players", "Server.Config", "Server.Observability", "Scripting", .. ScriptingFace],
        ["Server.Hosting"] = ["*"],
        ["Server.Cli"] = ["*"],
        ["Server"] = ["Server.Cli"],
    };

    /// <summary>What an embedder of the VM may name.</summary>
    static string[] Luau => ["Luau", "Luau.Values", "Luau.Runtime"];
    /// <summary>What a user of the transport may name.</summary>
    static string[] NetFace => ["Net.Payloads", "Net.Peers"];
    /// <summary>What an admin front may name of the mod host.</summary>
    static string[] ScriptingFace => ["Scripting.Mods", "Scripting.Profiling"];

    /// <summary>Rooms every room of their project may name.</summary>
    static readonly Dictionary<string, string[]> Open = new() { ["Server"] = ["Server.Observability"] };


    static string RoomOf(string file)
    {
        string[] parts = file.Split('/');
        return parts.Length == 3 ? parts[1] : $"{parts[1]}.{parts[2]}";
    }

    static string? RoomOfUsing(string line)
    {
        Match match = Regex.Match(line, @"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?GameServer\.([\w.]+)\s*;");
        if (!match.Success) return null;
        string[] parts = match.Groups[1].Value.Split('.');
        string two = parts.Length >= 2 ? $"{parts[0]}.{parts[1]}" : parts[0];
        return May.ContainsKey(two) ? two : parts[0];
    }

    [Fact]
    public void Every_folder_is_a_known_room()
    {
        string[] unknown = [.. Sources.CSharp().Select(RoomOf).Distinct().Where(room => !May.ContainsKey(room))];
        Sources.AssertNone(unknown);
    }

    [Fact]
    public void Rooms_name_only_the_rooms_they_may()
    {
        var broken = new List<string>();
        foreach (string file in Sources.CSharp())
        {
            string room = RoomOf(file);
            string project = room.Split('.')[0];
            if (!May.TryGetValue(room, out string[]? may) || may.Contains("*")) continue;
            foreach (string line in Sources.Lines(file))
            {
                string? used = RoomOfUsing(line);
                if (used == null || used == room || used == project || may.Contains(used)) continue;
                if (Open.TryGetValue(project, out string[]? open) && open.Contains(used)) continue;
                broken.Add($"{file}: {room} may not use {used}");
            }
        }
        Sources.AssertNone(broken);
    }

    [Fact]
    public void Rooms_below_a_face_form_no_cycle()
    {
        var visiting = new HashSet<string>();
        var done = new HashSet<string>();
        foreach (string room in May.Keys) Visit(room, []);

        void Visit(string room, List<string> path)
        {
            if (done.Contains(room) || !May.TryGetValue(room, out string[]? may) || may.Contains("*")) return;
            Assert.True(visiting.Add(room), $"cycle: {string.Join(" -> ", path)} -> {room}");
            foreach (string next in may)
            {
                // The face of the own project is open to its rooms for options and exceptions; that is not an edge of the design.
                if (next != room.Split('.')[0]) Visit(next, [.. path, room]);
            }
            visiting.Remove(room);
            done.Add(room);
        }
    }

    [Fact]
    public void No_global_using_hides_who_touches_whom()
    {
        string[] hidden = [.. Sources.CSharp().Where(file => Sources.Lines(file).Any(line => line.StartsWith("global using GameServer", StringComparison.Ordinal)))];
        Sources.AssertNone(hidden);
    }
}
