using System.Text.Json.Nodes;

namespace GameServer.Server.Admin;

/// <summary>The OpenAPI document of the admin API, made from the command table.</summary>
static class AdminOpenApi
{
    /// <summary>Routes beside the commands: path, summary, content type, whether the token is needed.</summary>
    public static readonly (string Path, string Summary, string Content, bool Token)[] Pages =
    [
        ("/healthz", "Answers while the process runs.", "text/plain", false),
        ("/readyz", "200 when the server ticks and takes players, 503 before, while stopping, and when the tick hangs.", "text/plain", false),
        ("/metrics", "Metrics in the text form of Prometheus.", "text/plain", true),
        ("/openapi.json", "This document.", "application/json", true),
        ("/v1/events", "Log lines and a summary each second as server-sent events.", "text/event-stream", true),
    ];

    /// <summary>The document.</summary>
    public static JsonObject Write(string version)
    {
        var paths = new JsonObject();
        foreach ((string path, string summary, string content, bool token) in Pages)
            paths[path] = new JsonObject { ["get"] = Operation(summary, content, token) };
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
        var parameters = new JsonArray();
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (AdminArgument argument in command.Arguments)
        {
            var schema = new JsonObject { ["type"] = argument.Type == AdminType.Number ? "number" : "string", ["description"] = argument.Description };
            if (command.Route.Contains($"{{{argument.Name}}}"))
            {
                parameters.Add(new JsonObject { ["name"] = argument.Name, ["in"] = "path", ["required"] = true, ["schema"] = schema });
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
