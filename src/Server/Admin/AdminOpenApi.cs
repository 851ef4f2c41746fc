using System.Text.Json.Nodes;

namespace GameServer.Server.Admin;

/// <summary>The OpenAPI document of the admin API, made from the command table.</summary>
static class AdminOpenApi
{
    /// <summary>A route beside the commands.</summary>
    /// <param name="Path">Path.</param>
    /// <param name="Summary">What it gives.</param>
    /// <param name="Content">Content type.</param>
    /// <param name="NeedsToken">Whether the token is needed.</param>
    /// <param name="Query">Parameters in the query: name and meaning; all may be left out.</param>
    public sealed record Page(string Path, string Summary, string Content, bool NeedsToken, params (string Name, string Meaning)[] Query);

    /// <summary>Routes beside the commands.</summary>
    public static readonly Page[] Pages =
    [
        new("/healthz", "Answers while the process runs.", "text/plain", false),
        new("/readyz", "200 when the server ticks and takes players, 503 before, while stopping, and when the tick hangs.", "text/plain", false),
        new("/v1/health", "Whether the server is ready, the age of its last tick, what script runs right now, and mods that are not in service.", "application/json", true),
        new("/metrics", "Metrics in the text form of Prometheus.", "text/plain", true),
        new("/openapi.json", "This document.", "application/json", true),
        new("/v1/events", "Log lines and a summary each second as server-sent events.", "text/event-stream", true,
            ("topics", "log, summary, or both with a comma; both when left out."), ("level", "Log lines from this level on: debug, info, warn, error."),
            ("mod", "Log lines of this mod alone.")),
        new("/v1/trace", "What handlers of hooks do and decide, as server-sent events; at most 400 per second.", "text/event-stream", true,
            ("mod", "Handlers of this mod alone, and outcomes."), ("hook", "This hook alone.")),
        new("/v1/profile/result", "The last profile, once it is done.", "application/json", true,
            ("format", "chrome (a trace for chrome://tracing, Perfetto, Speedscope) or folded (stacks for flame graphs); chrome when left out.")),
    ];

    /// <summary>The document.</summary>
    public static JsonObject Write(string version)
    {
        var paths = new JsonObject();
        foreach (Page page in Pages) paths[page.Path] = new JsonObject { ["get"] = Operation(page) };
        foreach (AdminCommand command in AdminCommands.All)
        {
            string path = "/v1" + command.Route;
            if (paths[path] is not JsonObject item) paths[path] = item = [];
            item[command.Method.ToLowerInvariant()] = Operation(command);
        }
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "gameserver admin API", ["version"] = version },
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
            },
            ["paths"] = paths,
        };
    }

    static JsonObject Operation(AdminCommand command)
    {
        JsonObject operation = Operation(command.Summary, "application/json", token: true);
        operation["operationId"] = command.Name.Replace(' ', '-');
        var responses = (JsonObject)operation["responses"]!;
        responses["400"] = Response("An argument is missing or wrong.");
        responses["404"] = Response("There is no such thing.");
        responses["409"] = Response("Refused; the message says why.");
        responses["503"] = Response("The tick did not get to it in time; nothing was done.");
        var parameters = new JsonArray();
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (AdminArgument argument in command.Arguments)
        {
            var schema = new JsonObject { ["type"] = argument.Type == AdminType.Number ? "number" : "string", ["description"] = argument.Description };
            bool isInRoute = command.IsInRoute(argument);
            if (isInRoute || !command.Changes)
            {
                parameters.Add(new JsonObject { ["name"] = argument.Name, ["in"] = isInRoute ? "path" : "query", ["required"] = argument.Required, ["schema"] = schema });
                continue;
            }
            properties[argument.Name] = schema;
            if (argument.Required) required.Add(argument.Name);
        }
        if (parameters.Count > 0) operation["parameters"] = parameters;
        if (properties.Count == 0) return operation;
        operation["requestBody"] = new JsonObject
        {
            ["required"] = required.Count > 0,
            ["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required } },
            },
        };
        return operation;
    }

    static JsonObject Operation(Page page)
    {
        JsonObject operation = Operation(page.Summary, page.Content, page.NeedsToken);
        operation["operationId"] = page.Path.Trim('/').Replace('/', '-').Replace("v1-", "").Replace(".json", "");
        if (page.Query.Length == 0) return operation;
        operation["parameters"] = new JsonArray([.. page.Query.Select(parameter => new JsonObject
        {
            ["name"] = parameter.Name, ["in"] = "query", ["required"] = false,
            ["schema"] = new JsonObject { ["type"] = "string", ["description"] = parameter.Meaning },
        })]);
        return operation;
    }

    static JsonObject Response(string description) => new() { ["description"] = description };

    static JsonObject Operation(string summary, string content, bool token)
    {
        var operation = new JsonObject
        {
            ["summary"] = summary,
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject { ["description"] = "Done.", ["content"] = new JsonObject { [content] = new JsonObject() } },
            },
        };
        if (!token) operation["security"] = new JsonArray();
        else ((JsonObject)operation["responses"]!)["401"] = new JsonObject { ["description"] = "No or wrong token." };
        return operation;
    }
}
