using GameServer.Scripting.Profiling;
using Microsoft.AspNetCore.Http;

namespace GameServer.Server.Admin;

/// <summary>Server-sent events: the log with filters, a summary each second, and what handlers of hooks decide.</summary>
/// <remarks>Pool threads. A stream ends when its reader leaves or the server stops.</remarks>
sealed class AdminStreams(AdminEvents events, AdminQueue queue, TimeProvider time, CancellationToken stopping)
{
    static readonly TimeSpan TickWait = TimeSpan.FromMilliseconds(900);
    static readonly string[] Levels = ["debug", "info", "warn", "error"];

    /// <summary><c>/v1/events</c>: log lines and summaries.</summary>
    public Task EventsAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string topics = query["topics"].ToString(), mod = query["mod"].ToString(), word = query["level"].ToString();
        int level = word.Length == 0 ? 0 : Array.IndexOf(Levels, word);
        if (level < 0) return AdminHttp.Fail(context, 400, $"'level' must be one of {string.Join(", ", Levels)}");
        string[] wanted = topics.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (wanted.Any(topic => topic is not ("log" or "summary"))) return AdminHttp.Fail(context, 400, "'topics' must be log, summary, or both with a comma");
        return StreamAsync(context, Wants, null);

        bool Wants(AdminEvent next) =>
            (wanted.Length == 0 || wanted.Contains(next.Kind)) && (next.Kind != "log" || (next.Level >= level && (mod.Length == 0 || next.Mod == mod)));
    }

    /// <summary><c>/v1/trace</c>: what handlers do and decide.</summary>
    public async Task TraceAsync(HttpContext context)
    {
        string mod = context.Request.Query["mod"].ToString(), hook = context.Request.Query["hook"].ToString();
        AdminEvents.Watcher? watcher = null;
        var watch = new HookWatch(mod.Length == 0 ? null : mod, hook.Length == 0 ? null : hook, trace => watcher?.Offer(new AdminEvent("trace", AdminJson.Write(trace))));
        try
        {
            object? refusal = await queue.RunAsync(target => Begin(target, mod, hook, watch), TickWait, time).ConfigureAwait(false);
            if (refusal is string text) await AdminHttp.Fail(context, 404, text).ConfigureAwait(false);
            else await StreamAsync(context, next => next.Kind == "trace", opened => watcher = opened).ConfigureAwait(false);
        }
        catch (TimeoutException busy)
        {
            await AdminHttp.Fail(context, 503, busy.Message).ConfigureAwait(false);
        }
        finally
        {
            watch.Close();
        }
    }

    static string? Begin(IAdminTarget target, string mod, string hook, HookWatch watch)
    {
        if (mod.Length > 0 && target.Mods.Status(mod) is null) return $"there is no mod '{mod}'";
        if (hook.Length > 0 && !target.Mods.IsHook(hook)) return $"there is no hook '{hook}'";
        target.Mods.Watch(watch);
        return null;
    }

    async Task StreamAsync(HttpContext context, Func<AdminEvent, bool> wants, Action<AdminEvents.Watcher>? opened)
    {
        if (events.Open(wants) is not { } watcher)
        {
            await AdminHttp.Fail(context, 503, $"{AdminEvents.WatchersMax} streams are open").ConfigureAwait(false);
            return;
        }
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            opened?.Invoke(watcher);
            await context.Response.Body.FlushAsync(either.Token).ConfigureAwait(false);
            while (true)
            {
                AdminEvent next = await watcher.ReadAsync(either.Token).ConfigureAwait(false);
                if (watcher.TakeLost() is > 0 and long lost) await context.Response.WriteAsync($"event: lost\ndata: {lost}\n\n", either.Token).ConfigureAwait(false);
                await context.Response.WriteAsync($"event: {next.Kind}\ndata: {next.Data}\n\n", either.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The watcher left or the server stops: the stream ends.
        }
        finally
        {
            events.Close(watcher);
        }
    }
}
