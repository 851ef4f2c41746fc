// A player in a terminal: joins, sends what you type as chat, prints what the server says. With LiteNetLib instead of our transport
// only the types' names change (NetManager, NetDataWriter, NetDataReader); the bytes are those of docs/protocol.md.
//
//   dotnet run --project samples/ChatClient -- Ada            joins 127.0.0.1:27015 as Ada
//   dotnet run --project samples/ChatClient -- Ada 10.0.0.5 27020 secret
//
// A line like "/msg kits:buy sword" sends a message of a mod with a string as its value, "/answer 3 red" answers question 3 of a mod,
// and a command that ends with "?" asks what could stand there. Ctrl+D leaves.

using System.Collections.Concurrent;
using System.Net;
using GameServer.Net;
using GameServer.Net.Payloads;
using GameServer.Net.Peers;
using GameServer.Samples.ChatClient;

const ushort ProtocolVersion = 1;

string name = args.ElementAtOrDefault(0) ?? "guest";
string host = args.ElementAtOrDefault(1) ?? "127.0.0.1";
int port = int.Parse(args.ElementAtOrDefault(2) ?? "27015", System.Globalization.CultureInfo.InvariantCulture);
string key = args.ElementAtOrDefault(3) ?? "gameserver";

// Typing and the network run on two threads; lines cross through this queue. Null is the end of input.
ConcurrentQueue<string?> typed = new();
new Thread(() =>
{
    while (Console.ReadLine() is { } line)
        typed.Enqueue(line);
    typed.Enqueue(null);
})
{ IsBackground = true }.Start();

using NetHost net = new(new NetHostOptions { AcceptsConnections = false, UseReceiveThread = false });
net.Start();
PayloadWriter writer = new();
writer.WriteString(key).WriteUInt16(ProtocolVersion).WriteString(name).WriteString("en").WriteBytesWithLength([]);
IPAddress address = (await Dns.GetHostAddressesAsync(host).ConfigureAwait(false))[0];
Peer server = net.Connect(new IPEndPoint(address, port), writer.Written);
Console.WriteLine($"connecting to {address}:{port} as {name}");

Entities entities = new();
bool leaving = false;
while (true)
{
    while (net.Poll(out NetEvent happened))
    {
        if (happened.Kind == NetEventKind.Received)
            Console.WriteLine(Messages.Describe(happened.Payload, entities));
        if (happened.Kind == NetEventKind.Disconnected)
        {
            Console.WriteLine(leaving ? "left" : $"disconnected: {Messages.DescribeReason(happened.Payload, happened.Reason.ToString())}");
            return leaving ? 0 : 1;
        }
    }
    while (typed.TryDequeue(out string? line))
    {
        if (line is null)
        {
            leaving = true;
            server.Disconnect();
        }
        else if (line.StartsWith("/msg ", StringComparison.Ordinal) && line.Split(' ', 3) is [_, var message, .. var value])
        {
            writer.Clear().WriteByte(3).WriteString(message).WriteByte(5).WriteString(value.FirstOrDefault());
            server.Send(writer.Written, DeliveryMethod.ReliableOrdered);
        }
        else if (line.StartsWith("/answer ", StringComparison.Ordinal) && line.Split(' ', 3) is [_, var number, var words] && uint.TryParse(number, out uint question))
        {
            writer.Clear().WriteByte(8).WriteUInt32(question).WriteByte(0).WriteByte(5).WriteString(words);
            server.Send(writer.Written, DeliveryMethod.ReliableOrdered);
        }
        else if (line.StartsWith('/') && line.EndsWith('?'))
        {
            writer.Clear().WriteByte(6).WriteString(line[..^1]);
            server.Send(writer.Written, DeliveryMethod.ReliableOrdered);
        }
        else if (line.Length > 0)
        {
            writer.Clear().WriteByte(2).WriteString(line);
            server.Send(writer.Written, DeliveryMethod.ReliableOrdered);
        }
    }
    net.Update();
    await Task.Delay(15).ConfigureAwait(false);
}
