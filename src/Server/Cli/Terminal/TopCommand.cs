using System.CommandLine;
using System.Text.Json;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Terminal;

/// <summary><c>gameserver top</c>: ticks, traffic, players and the most expensive mods, drawn again each second.</summary>
static class TopCommand
{
    static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    static readonly int[] Windows = [1, 10, 60];

    public static Command Create()
    {
        Option<bool> once = new("--once") { Description = "Print the page once and end." };
        Option<bool> json = new("--json") { Description = "One JSON object per second, or a single one with --once." };
        Option<int> window = new("--window") { Description = "Costs of mods over the last so many seconds, 1 to 60.", HelpName = "N", DefaultValueFactory = _ => 10 };
        Option<string> sort = new("--sort") { Description = $"Order of the mods: {string.Join(", ", TopView.Orders)}.", HelpName = "BY", DefaultValueFactory = _ => "self" };
        window.Require(seconds => seconds is >= 1 and <= 60, "must be from 1 to 60");
        sort.Require(order => TopView.Orders.Contains(order), $"must be one of {string.Join(", ", TopView.Orders)}");
        Command top = new(
            "top",
            "Shows ticks, traffic, players and what mods cost, each second. On a terminal: q ends, s changes the order, w the window."
            + "\n\nExample: gameserver top --once")
        {
            once, json, window, sort,
        };
        ConfigOptions config = new(top);
        top.SetAction((parsed, stop) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            Page page = new(parsed.GetValue(window), parsed.GetValue(sort)!, parsed.GetValue(json));
            bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && !Console.IsInputRedirected;
            return AdminConnection.UseAsync(config.Load(parsed), error, client =>
                parsed.GetValue(once) ? PrintAsync(client, page, output, error)
                : isTerminal && !page.Json ? LiveAsync(client, page, output)
                : PrintOnAsync(client, page, output, error, stop));
        });
        return top;
    }

    /// <summary>What is shown.</summary>
    sealed record Page(int Window, string Order, bool Json);

    static async Task<int> PrintAsync(AdminClient client, Page page, TextWriter output, TextWriter error)
    {
        AdminReply reply = await AskAsync(client, page).ConfigureAwait(false);
        if (!reply.Ok)
        {
            error.WriteLine(reply.Message);
            return ExitCodes.Failed;
        }
        if (reply.IsStale) error.WriteLine("the tick is busy: this is what the server last published");
        if (page.Json) output.WriteLine(reply.Body.GetRawText());
        else foreach (string line in TopView.Lines(reply.Body, page.Order, int.MaxValue, int.MaxValue, colours: false)) output.WriteLine(line);
        return ExitCodes.Ok;
    }

    // No terminal: page after page, until the reader or the server goes.
    static async Task<int> PrintOnAsync(AdminClient client, Page page, TextWriter output, TextWriter error, CancellationToken stop)
    {
        using PeriodicTimer timer = new(Refresh);
        while (true)
        {
            int code = await PrintAsync(client, page, output, error).ConfigureAwait(false);
            if (code != ExitCodes.Ok) return code;
            if (!page.Json) output.WriteLine();
            output.Flush();
            await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
        }
    }

    static async Task<int> LiveAsync(AdminClient client, Page page, TextWriter output)
    {
        using Screen screen = new(output);
        JsonElement? last = null;
        string trouble = "asking the server";
        Task<AdminReply>? asked = null;
        long due = 0;
        while (true)
        {
            // Asking goes on beside the keys: a server that hangs must not keep the user in here.
            if (asked is null && TimeProvider.System.GetTimestamp() >= due)
            {
                asked = AskAsync(client, page).WaitAsync(Patience);
                due = TimeProvider.System.GetTimestamp() + (long)(Refresh.TotalSeconds * TimeProvider.System.TimestampFrequency);
            }
            if (asked is { IsCompleted: true })
            {
                (last, trouble) = await TakeAsync(asked, last).ConfigureAwait(false);
                asked = null;
            }
            screen.Draw(LinesOf(last, page, trouble));
            if (await Screen.KeyAsync(asked is null ? Refresh / 4 : Refresh / 20).ConfigureAwait(false) is not { } key) continue;
            if (IsEnd(key)) return ExitCodes.Ok;
            Page changed = Turn(page, key.KeyChar);
            if (changed.Window != page.Window) due = 0;
            page = changed;
        }
    }

    static async Task<(JsonElement? Report, string Trouble)> TakeAsync(Task<AdminReply> asked, JsonElement? last)
    {
        try
        {
            AdminReply reply = await asked.ConfigureAwait(false);
            return reply.Ok ? (reply.Body, reply.IsStale ? "the tick is busy: this is what the server last published" : "") : (last, reply.Message);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or TimeoutException)
        {
            return (last, "no server answers; trying again each second");
        }
    }

    static List<string> LinesOf(JsonElement? report, Page page, string trouble)
    {
        List<string> lines = [];
        int height = Screen.Height - 2;
        if (trouble.Length > 0)
        {
            lines.Add($"\e[31m{TopView.Cut(trouble, Screen.Width)}\e[0m");
            height--;
        }
        if (report is { } known) lines.AddRange(TopView.Lines(known, page.Order, Screen.Width, height, colours: true));
        while (lines.Count < Screen.Height - 1) lines.Add("");
        lines.Add($"\e[90m{TopView.Cut($"q ends   s order: {page.Order}   w window: {page.Window} s", Screen.Width)}\e[0m");
        return lines;
    }

    static bool IsEnd(in ConsoleKeyInfo key) =>
        key.KeyChar is 'q' or 'Q' || key.Key == ConsoleKey.Escape || (key.Key is ConsoleKey.C or ConsoleKey.D && key.Modifiers == ConsoleModifiers.Control);

    static Page Turn(Page page, char key) => key switch
    {
        's' => page with { Order = TopView.Orders[(Array.IndexOf(TopView.Orders, page.Order) + 1) % TopView.Orders.Length] },
        'w' => page with { Window = Windows[(Array.IndexOf(Windows, page.Window) + 1) % Windows.Length] },
        _ => page,
    };

    static Task<AdminReply> AskAsync(AdminClient client, Page page) =>
        client.RunAsync(AdminCommands.All.Single(command => command.Name == "top"), new Dictionary<string, object> { ["window"] = (double)page.Window });
}
