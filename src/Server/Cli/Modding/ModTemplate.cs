using GameServer.Scripting.Api;
using GameServer.Scripting.Testing;

namespace GameServer.Server.Cli.Modding;

/// <summary>The files of a new mod, by path. Everything in them works as it is: the mod starts, its tests pass, and the types are those of this very program.</summary>
static class ModTemplate
{
    /// <summary>Folder of the type definitions. Folders that begin with a dot are no part of a mod.</summary>
    public const string TypesFolder = ".types";

    /// <summary>Makes the files.</summary>
    /// <param name="id">Id of the mod.</param>
    public static IReadOnlyDictionary<string, string> Files(string id) => new Dictionary<string, string>
    {
        ["mod.toml"] = Fill(Manifest, id),
        ["init.luau"] = Fill(Entry, id),
        [$"tests/{id}.luau"] = Fill(Test, id),
        ["README.md"] = Fill(Readme, id),
        [".luaurc"] = LuauRc,
        [".vscode/settings.json"] = EditorSettings,
        [$"{TypesFolder}/gameserver.d.luau"] = TypeDefinitions.Write(),
        [$"{TypesFolder}/tests.d.luau"] = TestReference.Definitions(),
    };

    // A command of its own, so that two new mods do not want the same word; commands have at most 32 characters.
    static string Fill(string text, string id) =>
        text.Replace("{ID}", id, StringComparison.Ordinal).Replace("{COMMAND}", id.Length <= 25 ? $"{id}-visits" : "visits", StringComparison.Ordinal);

    const string Manifest = """
        id = "{ID}"
        name = "{ID}"
        description = "Greets players and counts how often each was here."
        version = "0.1.0"
        api = 1

        # What this mod may do. Operators see this list before they install it.
        [permissions]
        required = ["player.read", "chat.send", "console.command"]

        # Typed by players as /{COMMAND}, by operators as `gameserver command {COMMAND}`.
        [commands.{COMMAND}]
        args = "[who:player]"
        help = "tells how often somebody was here"

        """;

    const string Entry = """
        -- Save this file while the server runs: the mod is reloaded, and everybody stays connected.

        local visits: { [string]: number } = {}

        -- Settings an operator can change while the server runs.
        config.define({
        	greeting = config.string("Welcome", { doc = "what newcomers read before their name" }),
        })

        -- What OnUnload returned comes back here, so the count survives a reload.
        function OnLoad(info)
        	if info.state then
        		visits = info.state.visits
        	end
        end

        function OnUnload()
        	return { visits = visits }
        end

        function PlayerConnect(player)
        	visits[player.uid] = (visits[player.uid] or 0) + 1
        	player:chat(`{config.get("greeting")}, {player.name}! Visit {visits[player.uid]}.`)
        end

        commands.add("{COMMAND}", function(ctx)
        	local who = ctx.args.who or ctx.player
        	if who then
        		ctx.reply(`{who.name} was here {visits[who.uid] or 0} times.`)
        	else
        		ctx.reply("Whose visits?")
        	end
        end)

        """;

    const string Test = """
        -- Run with: gameserver mod test {ID}

        test("greets newcomers and counts their visits", function(t)
        	local ada = t.players:join({ name = "Ada" })
        	t:expect(ada.chat):toBe({ "Welcome, Ada! Visit 1." })
        	ada:leave()

        	local again = t.players:join({ name = "Ada" })
        	t:expect(again.chat):toBe({ "Welcome, Ada! Visit 2." })
        	t:expect(again:command("{COMMAND}")):toBe({ "Ada was here 2 times." })
        end)

        test("the count survives a reload", function(t)
        	local ada = t.players:join({ name = "Ada" })
        	t:reload()
        	t:expect(ada:command("{COMMAND}")):toBe({ "Ada was here 1 times." })
        end)

        test("operators choose the greeting", { config = { greeting = "Hi" } }, function(t)
        	t:expect(t.players:join({ name = "Bo" }).chat[1]):toBe("Hi, Bo! Visit 1.")
        	t:setConfig("greeting", "Moin")
        	t:expect(t.players:join({ name = "Cyd" }).chat[1]):toBe("Moin, Cyd! Visit 1.")
        end)

        """;

    const string Readme = """
        # {ID}

        | Do | With |
        |---|---|
        | check it without running it | `gameserver mod check {ID}` |
        | run its tests, again at every save | `gameserver mod test {ID} --watch` |
        | try it with eight bots | `gameserver run --dev --bots 8` |
        | make an archive to share | `gameserver mod pack {ID}` |

        Your editor completes and checks the API when it has luau-lsp: open this folder, `.vscode/settings.json` does the rest.
        The types in `.types` are those of the server that made them; `gameserver mod new {ID} --types` writes them again after an update of the server.

        """;

    const string LuauRc = """
        {
        	"languageMode": "nonstrict",
        	"lint": { "*": true },
        	"lintErrors": false
        }

        """;

    const string EditorSettings = """
        {
        	"luau-lsp.platform.type": "standard",
        	"luau-lsp.sourcemap.enabled": false,
        	"luau-lsp.types.definitionFiles": [".types/gameserver.d.luau", ".types/tests.d.luau"],
        	"files.associations": { "*.luau": "luau" }
        }

        """;
}
