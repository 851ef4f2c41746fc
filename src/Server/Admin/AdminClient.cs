using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GameServer.Server.Admin;

/// <summary>What a running server answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The JSON.</param>
sealed record AdminReply(int Status, JsonElement Body)
{
    /// <summary>Whether it is what the server last published, because its tick is busy.</summary>
    public bool IsStale { get; init; }

    /// <summary>Whether the command was carried out.</summary>
    public bool Ok => Status is >= 200 and < 300;

    /// <summary>The sentence of an answer or an error; empty for reports.</summary>
    public string Message
    {
        get
        {
            if (Body.ValueKind != JsonValueKind.Object) return "";
            foreach (string name in (string[])["error", "message"])
                if (Body.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String) return text.GetString()!;
            return "";
        }
    }
}

/// <summary>Talks to the admin API of a running server.</summary>
sealed class AdminClient : IDisposable
{
    readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="server">Address, like <c>http://127.0.0.1:27016</c>.</param>
    /// <param name="token">Bearer token; null for the pages that need none.</param>
    public AdminClient(Uri server, string? token)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.TryAddWithoutValidation("X-Operator", Environment.UserName);
        if (token != null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Runs a command of <see cref="AdminCommands"/>.</summary>
    /// <exception cref="HttpRequestException">No server answers.</exception>
    /// <exception cref="TaskCanceledException">It answered too late.</exception>
    public async Task<AdminReply> RunAsync(AdminCommand command, IReadOnlyDictionary<string, object> values)
    {
        string path = "/v1" + Regex.Replace(command.Route, @"\{(\w+)\}", match => Uri.EscapeDataString((string)values[match.Groups[1].Value]));
        using var request = new HttpRequestMessage(new HttpMethod(command.Method), path);
        var body = values.Where(value => !command.Route.Contains($"{{{value.Key}}}")).ToDictionary();
        if (body.Count > 0 && !command.Changes) request.RequestUri = new Uri($"{path}?{QueryOf(body)}", UriKind.Relative);
        else if (body.Count > 0) request.Content = new StringContent(JsonSerializer.Serialize(body));
        using HttpResponseMessage answer = await _http.SendAsync(request).ConfigureAwait(false);
        string text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        using JsonDocument document = JsonDocument.Parse(text.Length > 0 ? text : "{}");
        return new AdminReply((int)answer.StatusCode, document.RootElement.Clone()) { IsStale = answer.Headers.Contains("Warning") };
    }

    /// <summary>Gets a page that is no command.</summary>
    /// <returns>Status and body.</returns>
    /// <exception cref="HttpRequestException">No server answers.</exception>
    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage answer = await _http.GetAsync(new Uri(path, UriKind.Relative)).ConfigureAwait(false);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
    }

    /// <summary>Reads server-sent events until the stream ends or <paramref name="stop"/> is set.</summary>
    /// <param name="path">Page with its query.</param>
    /// <param name="take">Gets name and data of each.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Null after a stream, else the error the server answered with.</returns>
    /// <exception cref="HttpRequestException">No server answers.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<string?> StreamAsync(string path, Action<string, string> take, CancellationToken stop)
    {
        using HttpResponseMessage answer = await _http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode) return MessageOf(await answer.Content.ReadAsStringAsync(stop).ConfigureAwait(false));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false));
        string kind = "";
        while (await reader.ReadLineAsync(stop).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) kind = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) take(kind, line[6..]);
        }
        return null;
    }

    static string MessageOf(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return new AdminReply(0, document.RootElement.Clone()).Message;
        }
        catch (JsonException)
        {
            return body;
        }
    }

    static string QueryOf(Dictionary<string, object> values) =>
        string.Join('&', values.Select(value => $"{value.Key}={Uri.EscapeDataString(Convert.ToString(value.Value, System.Globalization.CultureInfo.InvariantCulture)!)}"));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
