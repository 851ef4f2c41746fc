using GameServer.Net.Payloads;

namespace GameServer.Samples.ChatClient;

/// <summary>The entities this player sees, by docs/protocol.md, section 3.1: a copy that follows what the server sends.</summary>
sealed class Entities
{
    sealed record Entity(string Kind, SortedDictionary<string, string> Fields);

    readonly Dictionary<int, Entity> _byId = [];

    /// <summary>Forgets everything; the server begins anew with every Welcome.</summary>
    public void Clear() => _byId.Clear();

    /// <summary>Takes one World message, behind its type byte, and tells what changed.</summary>
    public IEnumerable<string> Take(ref PayloadReader reader)
    {
        List<string> news = [];
        if (!reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out ushort entries))
            return ["? a World message that could not be read"];
        for (int i = 0; i < entries && reader.TryReadByte(out byte entry) && reader.TryReadInt32(out int id); i++)
        {
            if (entry == 3)
            {
                news.Add($"- {Describe(id)}");
                _byId.Remove(id);
                continue;
            }
            if (entry == 1 && reader.TryReadString(out string kind))
                _byId[id] = new Entity(kind, []);
            if (!_byId.TryGetValue(id, out Entity? entity) || !reader.TryReadUInt16(out ushort count))
                break;
            for (int field = 0; field < count && reader.TryReadString(out string key); field++)
            {
                string value = Messages.Value(ref reader, 0);
                if (value == "nil")
                    entity.Fields.Remove(key);
                else
                    entity.Fields[key] = value;
            }
            news.Add($"{(entry == 1 ? '+' : '~')} {Describe(id)}");
        }
        return news;
    }

    string Describe(int id) => _byId.TryGetValue(id, out Entity? entity)
        ? $"{entity.Kind} {id} {{ {string.Join(", ", entity.Fields.Select(field => $"{field.Key} = {field.Value}"))} }}"
        : $"{id}";
}
