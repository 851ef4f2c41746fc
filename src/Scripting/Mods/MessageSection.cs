using GameServer.Scripting.Api;
using GameServer.Toml;

namespace GameServer.Scripting.Mods;

/// <summary>The <c>[messages]</c> tables of a manifest.</summary>
sealed class MessageSection(List<TomlError> problems)
{
    /// <summary>Fields of one schema table; matching keeps a flag per field on the stack.</summary>
    const int FieldsMax = 64;
    const int DepthMax = 8;
    /// <summary>Types there are, for messages.</summary>
    public const string Types = "string(n), buffer(n), u8, u16, u32, i8, i16, i32, number, boolean, vector, any, list(type, n); '?' when it may be left out";

    /// <summary>Reads all messages.</summary>
    public IReadOnlyDictionary<string, MessageDeclaration> Read(TomlTable root)
    {
        var messages = new Dictionary<string, MessageDeclaration>();
        if (root.GetTable("messages", problems) is not { } all) return messages;
        foreach (TomlEntry entry in all.Entries)
        {
            if (all.GetTable(entry.Key, problems) is not { } table) continue;
            if (!MessageNames.IsName(entry.Key))
                problems.Add(new(entry.KeyPosition, $"message '{entry.Key}' may hold only letters, digits, '_', '-' and '.', at most {MessageNames.LengthMax}"));
            table.ReportUnknownKeys(["direction", "schema", "rate", "reply"], problems);
            messages[entry.Key] = new MessageDeclaration(entry.Key, Direction(table), Schema(table, "schema", 0), Rate(table, problems), Schema(table, "reply", 0));
        }
        return messages;
    }

    MessageDirection Direction(TomlTable table)
    {
        string direction = table.GetString("direction", problems) ?? "both";
        switch (direction)
        {
            case "to_server": return MessageDirection.ToServer;
            case "to_client": return MessageDirection.ToClient;
            case "both": return MessageDirection.Both;
            default:
                problems.Add(new(Place(table, "direction"), $"'{table.PathOf("direction")}' must be \"to_server\", \"to_client\" or \"both\", not \"{direction}\""));
                return MessageDirection.Both;
        }
    }

    /// <summary>The rate in a table; null when there is none.</summary>
    public static MessageRate? Rate(TomlTable table, List<TomlError> problems)
    {
        if (table.GetString("rate", problems) is not { } text) return null;
        if (MessageRate.TryParse(text, out MessageRate rate)) return rate;
        problems.Add(new(Place(table, "rate"), $"'{table.PathOf("rate")}' must be like \"5/s\" or \"5/s burst 10\", not \"{text}\""));
        return null;
    }

    /// <summary>A type name, or a table of fields.</summary>
    MessageSchema? Schema(TomlTable table, string key, int depth)
    {
        if (!table.TryGet(key, out TomlValue? value)) return null;
        if (value is TomlTable fields) return depth >= DepthMax || fields.Count > FieldsMax ? TooLarge(fields) : Fields(fields, depth);
        if (table.GetString(key, problems) is not { } text) return null;
        if (MessageSchema.TryParse(text, out MessageSchema schema, out bool optional) && !(optional && depth == 0)) return schema;
        return Unknown(value, table.PathOf(key), text);
    }

    MessageSchema Fields(TomlTable fields, int depth)
    {
        var types = new List<(string, MessageSchema, bool)>();
        foreach (TomlEntry entry in fields.Entries)
        {
            bool optional = false;
            MessageSchema? type = entry.Value is TomlString text
                ? MessageSchema.TryParse(text.Value, out MessageSchema parsed, out optional) ? parsed : Unknown(entry.Value, fields.PathOf(entry.Key), text.Value)
                : Schema(fields, entry.Key, depth + 1);
            if (type is not null) types.Add((entry.Key, type, optional));
        }
        return MessageSchema.OfFields(types);
    }

    MessageSchema? TooLarge(TomlTable fields)
    {
        problems.Add(new(fields.Position, $"a schema has at most {FieldsMax} fields and is nested at most {DepthMax} deep"));
        return null;
    }

    MessageSchema? Unknown(TomlValue value, string path, string text)
    {
        problems.Add(new(value.Position, $"'{path}': unknown type '{text}': {Types}"));
        return null;
    }

    static TomlPosition Place(TomlTable table, string key) => table.TryGet(key, out TomlValue? value) ? value.Position : table.Position;
}
