using System.CommandLine;
using System.Text.Json;
using GameServer.Scripting.Mods;
using GameServer.Scripting.Testing;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Hosting;

namespace GameServer.Server.Cli.Modding;

/// <summary><c>gameserver mod update</c> and <c>mod rollback</c>: another version of a mod in its place, the one before kept.</summary>
static class ModUpdateCommand
{
    static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(15);
    static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>What a running server said about the swap.</summary>
    sealed record Outcome(bool Asked, bool Live, string Text);

    public static Command CreateUpdate()
    {
        Argument<string> id = new("ID") { Description = "Id of the mod." };
        Option<string> from = new("--from") { Description = "Folder or .zip of the new version.", HelpName = "FOLDER|ZIP", Required = true };
        Option<bool> trial = new("--try") { Description = "First start the new version apart from the server, with a made-up player and a reload; refuse it when anything fails." };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask, even when it wants more rights than before." };
        Option<bool> json = new("--json") { Description = "Print the outcome as JSON." };
        Command update = new(
            "update",
            "Put another version of a mod in its place. A running server swaps it in and keeps players; if it refuses the new version, the one before is put back."
            + "\n\nExample: gameserver mod update kits --from kits-1.4.1.zip --try")
        {
            id, from, trial, yes, json,
        };
        ConfigOptions config = new(update);
        update.SetAction(async (parsed, stop) =>
        {
            LoadedConfig loaded = config.Load(parsed);
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            ModPackages packages = new(loaded.Resolve(loaded.Config.Mods.Folder));
            try
            {
                string staged = packages.Stage(parsed.GetValue(from)!, parsed.GetValue(id));
                return await UpdateAsync(packages, staged, parsed.GetValue(id)!, parsed.GetValue(trial), parsed.GetValue(yes), parsed.GetValue(json), loaded, output, error, stop)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync(e.Message).ConfigureAwait(false);
                return ExitCodes.OperatorMistake;
            }
            finally
            {
                packages.ClearStaging();
            }
        });
        return update;
    }

    public static Command CreateRollback()
    {
        Argument<string> id = new("ID") { Description = "Id of the mod." };
        Option<bool> json = new("--json") { Description = "Print the outcome as JSON." };
        Command rollback = new(
            "rollback", "Put the package back that the last update of a mod replaced; a running server swaps it in.\n\nExample: gameserver mod rollback kits") { id, json };
        ConfigOptions config = new(rollback);
        rollback.SetAction(async (parsed, stop) =>
        {
            LoadedConfig loaded = config.Load(parsed);
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            ModPackages packages = new(loaded.Resolve(loaded.Config.Mods.Folder));
            string mod = parsed.GetValue(id)!;
            string before = Directory.Exists(packages.FolderOf(mod)) ? ModDescription.Read(packages.FolderOf(mod)).Version : "nothing";
            if (!packages.Restore(mod, keepPresent: true))
            {
                await error.WriteLineAsync($"no package of '{mod}' was replaced by gameserver mod update").ConfigureAwait(false);
                return ExitCodes.OperatorMistake;
            }
            ModDescription present = ModDescription.Read(packages.FolderOf(mod));
            string after = present.Version;
            Outcome outcome = await ReloadAsync(loaded, mod, present.Hash, stop).ConfigureAwait(false);
            await ReportAsync(mod, before, after, outcome, parsed.GetValue(json), output).ConfigureAwait(false);
            return !outcome.Asked || outcome.Live ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return rollback;
    }

    static async Task<int> UpdateAsync(ModPackages packages, string staged, string id, bool trial, bool yes, bool json, LoadedConfig loaded, TextWriter output, TextWriter error,
        CancellationToken stop)
    {
        string place = packages.FolderOf(id);
        if (!Directory.Exists(place))
        {
            await error.WriteLineAsync($"there is no mod '{id}'; gameserver mod add takes new ones").ConfigureAwait(false);
            return ExitCodes.OperatorMistake;
        }
        ModDescription before = ModDescription.Read(place), after = ModDescription.Read(staged);
        if (!json) ModSummary.Print(after, before, output);
        IReadOnlyList<string> problems = after.Problems.Count > 0 ? after.Problems : NotGranted(after, loaded.Config);
        if (problems.Count == 0 && trial)
        {
            problems = ModTrial.Run(staged, Path.GetDirectoryName(place)!, ServerPort.ProgramVersion, TimeProvider.System);
            if (!json) await output.WriteLineAsync(problems.Count == 0 ? "trial     it starts, takes a player and survives a reload" : "trial     it fails").ConfigureAwait(false);
        }
        if (problems.Count > 0)
        {
            // The summary has told those of the package itself.
            foreach (string problem in json || problems != after.Problems ? problems : []) await error.WriteLineAsync(problem).ConfigureAwait(false);
            await error.WriteLineAsync($"{id} {after.Version} refused; {before.Version} stays").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
        bool wantsMore = after.Required.Concat(after.Optional).Except(before.Required.Concat(before.Optional)).Any();
        if (wantsMore && !yes && !Question.Ask("it asks for more rights than before; update?", output))
        {
            await error.WriteLineAsync("it asks for more rights than before; nothing was changed (--yes takes it all the same)").ConfigureAwait(false);
            return ExitCodes.OperatorMistake;
        }
        packages.Swap(staged);
        Outcome outcome = await ReloadAsync(loaded, id, after.Hash, stop).ConfigureAwait(false);
        if (outcome.Asked && !outcome.Live)
        {
            packages.Restore(id, keepPresent: false);
            await error.WriteLineAsync($"{id} {after.Version} refused: {outcome.Text}; {before.Version} stays").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
        await ReportAsync(id, before.Version, after.Version, outcome, json, output).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    /// <summary>Rights without which it does not start, and which the settings do not give it.</summary>
    static string[] NotGranted(ModDescription mod, ServerConfig config)
    {
        if (config.Core.Mods.Any(entry => entry.Split('@')[0] == mod.Id)) return [];
        IReadOnlyList<string> granted = config.PerMod.TryGetValue(mod.Id, out ModSection? section) ? section.Grant : [];
        string[] missing = [.. mod.Required.Intersect([.. mod.MustBeGranted, .. mod.CoreOnly]).Except(granted)];
        return missing.Length == 0 ? [] : [$"it requires {string.Join(", ", missing)}, which server.toml does not grant"];
    }

    static Task ReportAsync(string id, string before, string after, Outcome outcome, bool json, TextWriter output) => output.WriteLineAsync(json
        ? AdminJson.Write(new { Id = id, From = before, To = after, Live = outcome.Live, Server = outcome.Text })
        : $"{id} {before} -> {after} {outcome.Text}");

    /// <summary>Tells the running server and waits until it has judged exactly these files.</summary>
    static async Task<Outcome> ReloadAsync(LoadedConfig loaded, string id, string hash, CancellationToken stop)
    {
        if (AdminConnection.Open(loaded, TextWriter.Null) is not { } client) return new Outcome(false, false, "in place; no server is running");
        using AdminClient _ = client;
        TimeProvider time = TimeProvider.System;
        long began = time.GetTimestamp();
        try
        {
            AdminReply order = await client.RunAsync(RowOf("mod reload"), new Dictionary<string, object> { ["id"] = id }).ConfigureAwait(false);
            if (!order.Ok && order.Status != 404) return new Outcome(true, false, order.Message);
            using PeriodicTimer timer = new(AskEvery);
            while (time.GetElapsedTime(began) < AnswerMax && await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                if (await ShowAsync(loaded, id).ConfigureAwait(false) is not { } mod) continue;
                if (mod.GetProperty("files_hash").GetString() != hash) continue;
                string state = mod.GetProperty("state").GetString() ?? "", reason = mod.GetProperty("reason").GetString() ?? "";
                if (mod.GetProperty("stale").GetBoolean()) return new Outcome(true, false, reason.Length > 0 ? reason : "it does not load; the server's log says why");
                if (state is "invalid" or "blocked" or "broken" or "backoff") return new Outcome(true, false, reason);
                if (state != "running" || mod.GetProperty("hash").GetString() != hash) continue;
                double took = time.GetElapsedTime(began).TotalMilliseconds;
                string players = await PlayersAsync(client).ConfigureAwait(false);
                return new Outcome(true, true, $"live in {took:0} ms, {players} (gen {mod.GetProperty("generation").GetInt32()})");
            }
            return new Outcome(true, false, "the server did not take it in time");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            return new Outcome(false, false, "in place; no server is running");
        }
    }

    static async Task<JsonElement?> ShowAsync(LoadedConfig loaded, string id)
    {
        if (AdminConnection.Open(loaded, TextWriter.Null) is not { } client) return null;
        using AdminClient _ = client;
        try
        {
            AdminReply reply = await client.RunAsync(RowOf("mod show"), new Dictionary<string, object> { ["id"] = id }).ConfigureAwait(false);
            return reply.Ok ? reply.Body : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            return null;
        }
    }

    static async Task<string> PlayersAsync(AdminClient client)
    {
        AdminReply status = await client.RunAsync(RowOf("status"), new Dictionary<string, object>()).ConfigureAwait(false);
        int players = status.Ok && status.Body.TryGetProperty("players", out JsonElement count) ? count.GetInt32() : 0;
        return $"{players} {(players == 1 ? "player" : "players")} untouched";
    }

    static AdminCommand RowOf(string name) => AdminCommands.All.First(row => row.Name == name);
}
