using System.Buffers.Binary;
using System.Net;
using System.Text;
using GameServer.Net;
using GameServer.Net.Peers;
using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>A client written from docs/protocol.md alone: the payloads are built and read byte by byte from its tables, with none of our encoders. It plays the sample
/// game of samples/tag against the real executable.</summary>
public sealed class ProtocolByHandTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Bytes as NetDataWriter lays them down, section 1 to 4.</summary>
    sealed class Bytes
    {
        readonly List<byte> _bytes = [];

        public static implicit operator ReadOnlySpan<byte>(Bytes bytes) => bytes._bytes.ToArray();

        public Bytes Byte(byte value)
        {
            _bytes.Add(value);
            return this;
        }

        public Bytes UShort(int value) => Byte((byte)value).Byte((byte)(value >> 8));

        public Bytes UInt(uint value) => UShort((int)(value & 0xFFFF)).UShort((int)(value >> 16));

        public Bytes Double(double value)
        {
            _bytes.AddRange(BitConverter.GetBytes(value));
            return this;
        }

        public Bytes Text(string text)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            UShort(utf8.Length == 0 ? 0 : utf8.Length + 1);
            _bytes.AddRange(utf8);
            return this;
        }
    }

    /// <summary>Reads them again.</summary>
    ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> _rest = bytes;

        public readonly bool AtEnd => _rest.IsEmpty;
        public byte Byte() => Take(1)[0];
        public int UShort() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
        public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));
        public uint UInt() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        public string Text() => UShort() is var length and > 0 ? Encoding.UTF8.GetString(Take(length - 1)) : "";

        /// <summary>One value in words.</summary>
        public string Value()
        {
            byte tag = Byte();
            switch (tag)
            {
                case 0: return "nil";
                case 1: return "false";
                case 2: return "true";
                case 3: return BinaryPrimitives.ReadDoubleLittleEndian(Take(8)).ToString(System.Globalization.CultureInfo.InvariantCulture);
                case 4: return Int().ToString(System.Globalization.CultureInfo.InvariantCulture);
                case 5: return Text();
                case 6 or 7: return Convert.ToHexString(Take(UShort()));
                case 8: return $"({Single()} {Single()} {Single()})";
                case 9:
                    List<string> items = [];
                    for (int count = UShort(); count > 0; count--) items.Add(Value());
                    return $"[{string.Join(", ", items)}]";
                case 10:
                    SortedDictionary<string, string> fields = new(StringComparer.Ordinal);
                    for (int count = UShort(); count > 0; count--) fields.Add(Value(), Value());
                    return $"{{{string.Join(", ", fields.Select(field => $"{field.Key}={field.Value}"))}}}";
                default: throw new InvalidDataException($"tag {tag}");
            }
        }

        string Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(4)).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

        ReadOnlySpan<byte> Take(int count)
        {
            ReadOnlySpan<byte> part = _rest[..count];
            _rest = _rest[count..];
            return part;
        }
    }

    sealed class Client : IDisposable
    {
        readonly NetHost _net = new(new NetHostOptions { AcceptsConnections = false, UseReceiveThread = false }, TimeProvider.System);
        readonly RunningServer _server;
        readonly List<Client> _all;
        readonly Peer _peer;

        public Client(RunningServer server, int port, string name, string language, List<Client> all)
        {
            _server = server;
            _all = all;
            all.Add(this);
            _net.Start();
            // key, protocol, name, language, ticket; section 1.
            _peer = _net.Connect(new IPEndPoint(IPAddress.Loopback, port), new Bytes().Text("gameserver").UShort(1).Text(name).Text(language).UShort(0));
        }

        public List<string> Log { get; } = [];
        public SortedDictionary<int, (string Kind, SortedDictionary<string, string> Fields)> Entities { get; } = [];
        public uint Tick { get; private set; }

        public void Send(Bytes payload) => Assert.True(_peer.Send(payload, DeliveryMethod.ReliableOrdered));

        public async Task<T> UntilAsync<T>(string what, Func<T?> find)
        {
            long began = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(began) < RunningServer.Limit)
            {
                // Whoever waits, everybody goes on: a client that is not driven times out.
                foreach (Client client in _all) client.Drive();
                if (find() is { } found) return found;
                await Task.Delay(10);
            }
            Assert.Fail($"{what} did not happen; the client saw:\n{string.Join('\n', Log)}\nthe server wrote:\n{_server.Output}");
            throw new InvalidOperationException();
        }

        public Task<string> UntilAsync(string beginning) => UntilAsync(beginning, () => Log.Find(line => line.StartsWith(beginning, StringComparison.Ordinal)));

        public void Dispose() => _net.Dispose();

        void Drive()
        {
            while (_net.Poll(out NetEvent happened))
            {
                if (happened.Kind == NetEventKind.Received) Take(happened.Payload);
                else if (happened.Kind == NetEventKind.Disconnected) Log.Add($"end {happened.Reason}");
            }
            _net.Update();
        }

        void Take(ReadOnlySpan<byte> payload)
        {
            Reader reader = new(payload);
            byte type = reader.Byte();
            switch (type)
            {
                case 1:
                    Entities.Clear();
                    Log.Add($"welcome protocol {reader.UShort()} player {reader.Int()} name {reader.Text()} server {reader.Text()} rate {reader.UShort()}");
                    break;
                case 2:
                    Log.Add($"chat {reader.Int()} {reader.Text()}: {reader.Text()}");
                    break;
                case 3:
                    Log.Add($"message {reader.Text()} {reader.Value()}");
                    break;
                case 4:
                    Log.Add($"dropped {reader.Text()} {reader.Int()} {reader.Text()}");
                    break;
                case 5:
                    TakeWorld(ref reader);
                    break;
                case 6:
                    string asked = reader.Text(), usage = reader.Text();
                    List<string> words = [];
                    for (int count = reader.UShort(); count > 0; count--) words.Add(reader.Text());
                    Log.Add($"complete '{asked}' '{usage}': {string.Join(' ', words)}");
                    break;
                case 7:
                    // One byte, seconds, token: section 7.
                    int resumed = reader.Byte(), seconds = reader.UShort(), length = reader.UShort();
                    Log.Add($"session {resumed} {seconds} {length}");
                    for (; length > 0; length--) reader.Byte();
                    break;
                case 8:
                    uint number = reader.UInt();
                    string name = reader.Text(), question = reader.Value();
                    Log.Add($"request {name} {question}");
                    Send(name == "tag:colour" ? new Bytes().Byte(8).UInt(number).Byte(0).Byte(5).Text("blue") : new Bytes().Byte(8).UInt(number).Byte(1).Byte(0));
                    break;
                default:
                    Log.Add($"unknown type {type}");
                    return;
            }
            Assert.True(reader.AtEnd, $"type {type} has bytes behind its last field");
        }

        void TakeWorld(ref Reader reader)
        {
            uint tick = reader.UInt();
            Assert.True(tick >= Tick);
            Tick = tick;
            for (int count = reader.UShort(); count > 0; count--)
            {
                byte entry = reader.Byte();
                int id = reader.Int();
                if (entry == 3)
                {
                    Assert.True(Entities.Remove(id));
                    continue;
                }
                if (entry == 1) Entities.Add(id, (reader.Text(), new(StringComparer.Ordinal)));
                else Assert.Equal(2, entry);
                for (int keys = reader.UShort(); keys > 0; keys--)
                {
                    string key = reader.Text(), value = reader.Value();
                    if (value == "nil") Assert.True(entry == 2 && (Entities[id].Fields.Remove(key) || true));
                    else Entities[id].Fields[key] = value;
                }
            }
        }

        public string? Field(string kind, string name, string key) =>
            Entities.Values.FirstOrDefault(entity => entity.Kind == kind && (name.Length == 0 || entity.Fields.GetValueOrDefault("name") == name)).Fields?.GetValueOrDefault(key);
    }

    [Fact]
    public async Task A_client_from_the_document_plays_the_sample_game()
    {
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("samples", "tag"), "*", SearchOption.AllDirectories))
            _folder.Write(Path.Combine("mods", "tag", Path.GetRelativePath(Repository.PathOf("samples", "tag"), file)), File.ReadAllText(file));
        _folder.Write("server.toml", "[mods.tag]\ngrant = [\"storage.kv\"]\n[mods.tag.config]\nsize = 20\nsight = 100\nspeed = 10.0\n");
        using RunningServer server = RunningServer.Start(_folder.Path, "--set", "net.port=0", "--set", "admin.port=0");
        int port = await server.ReadyAsync();
        List<Client> all = [];
        using Client ada = new(server, port, "Ada", "de-AT", all);
        Assert.StartsWith("welcome protocol 1 player 1 name Ada server GameServer rate 30", await ada.UntilAsync("welcome"), StringComparison.Ordinal);
        await ada.UntilAsync("session 0 ");
        await ada.UntilAsync("chat 0 : Willkommen, Ada!");
        Assert.Equal("request tag:colour [red, green, blue, yellow]", await ada.UntilAsync("request"));
        using Client bo = new(server, port, "Bo", "en", all);
        await bo.UntilAsync("chat 0 : Welcome, Bo!");

        // Both clients see both runners, with the colours that were answered, and the round.
        foreach (Client client in new[] { ada, bo })
        {
            foreach (string name in new[] { "Ada", "Bo" })
                await client.UntilAsync($"{name} blue", () => client.Field("tag:runner", name, "colour") == "blue" ? "" : null);
            await client.UntilAsync("round 1", () => client.Field("tag:round", "", "number") == "1" ? "" : null);
        }

        // Both walk into a corner: whoever is it catches the other.
        Bytes step = new Bytes().Byte(3).Text("tag:step").Byte(10).UShort(2).Byte(5).Text("x").Byte(4).UInt(unchecked((uint)-1)).Byte(5).Text("z").Byte(3).Double(-1.0);
        for (int i = 0; i < 3; i++)
        {
            ada.Send(step);
            bo.Send(step);
        }
        string caught = await ada.UntilAsync("message tag:tagged {by=");
        Assert.Equal(caught, await bo.UntilAsync("message tag:tagged {by="));
        await ada.UntilAsync("in the corner", () => ada.Field("tag:runner", "Ada", "position") == "(0 0 0)" ? "" : null);

        // Completion and a refused command; the right is the operator's to give.
        ada.Send(new Bytes().Byte(6).Text("/t"));
        Assert.Equal("complete '/t' '': top", await ada.UntilAsync("complete '/t'"));
        ada.Send(new Bytes().Byte(6).Text("/round "));
        Assert.Equal("complete '/round ' '': ", await ada.UntilAsync("complete '/round '"));
        ada.Send(new Bytes().Byte(2).Text("/round end"));
        await ada.UntilAsync("chat 0 : Only referees begin and end rounds.");

        // What is dropped is told, with name and reason.
        ada.Send(new Bytes().Byte(3).Text("tag:fly").Byte(0));
        ada.Send(new Bytes().Byte(3).Text("tag:step").Byte(5).Text("up"));
        Assert.Equal("dropped tag:fly 1 nobody listens", await ada.UntilAsync("dropped tag:fly"));
        Assert.Equal("dropped tag:step 1 not as declared", await ada.UntilAsync("dropped tag:step"));

        // A line of chat comes back to everybody, and who leaves is gone from the mirror.
        ada.Send(new Bytes().Byte(2).Text("hello"));
        await bo.UntilAsync("chat 1 Ada: hello");
        bo.Send(new Bytes().Byte(2).Text("/top"));
        await bo.UntilAsync("chat 0 : Nobody has won a round yet.");
        Assert.DoesNotContain(ada.Log.Concat(bo.Log), line => line.StartsWith("unknown", StringComparison.Ordinal) || line.StartsWith("end", StringComparison.Ordinal));
        server.Signal(15);
        Assert.Equal(0, await server.ExitAsync());
    }
}
