using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GameServer.Server.Admin;

/// <summary>How reports look as JSON: snake_case names, enums as words, durations in seconds.</summary>
static class AdminJson
{
    /// <summary>Options for every front.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        // Answers are JSON, never part of a page: quotes and other scripts' letters stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new SecondsConverter() },
    };

    /// <summary>One line of JSON.</summary>
    public static string Write(object? value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A report as an object that can be added to.</summary>
    public static JsonObject Node(object value) => JsonSerializer.SerializeToNode(value, Options)!.AsObject();

    /// <summary>Reports as an array.</summary>
    public static JsonArray Nodes(object values) => JsonSerializer.SerializeToNode(values, Options)!.AsArray();

    sealed class SecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
    }
}
