using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GameServer.Server.Admin;

/// <summary>What a running server answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The JSON.</param>
sealed record AdminReply(int Status, JsonElement Body)
{
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
        if (body.Count > 0) request.Content = new StringContent(JsonSerializer.Serialize(body));
        using HttpResponseMessage answer = await _http.SendAsync(request).ConfigureAwait(false);
        string text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        using JsonDocument document = JsonDocument.Parse(text.Length > 0 ? text : "{}");
        return new AdminReply((int)answer.StatusCode, document.RootElement.Clone());
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
