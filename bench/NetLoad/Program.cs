using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GameServer.NetLoad;

LoadOptions options;
try
{
    options = LoadOptions.Parse(args);
}
catch (Exception e) when (e is FormatException or ArgumentException)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(LoadOptions.Usage);
    return 2;
}

if (options.Port != 0)
    return new ClientFleet(options).Run();

using var server = new EchoServer(options);
using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, options.ToArguments(server.Port))
{
    RedirectStandardOutput = true,
})!;
if (child.StandardOutput.ReadLine() != "READY")
{
    Console.Error.WriteLine("the clients did not get ready");
    return 1;
}
var before = server.Snapshot();
var line = child.StandardOutput.ReadLine();
var after = server.Snapshot();
var bytesPerPeer = server.BytesPerPeer(options.Clients);
child.WaitForExit();
if (line is null || JsonSerializer.Deserialize<ClientReport>(line) is not { } clients)
{
    Console.Error.WriteLine("the clients reported nothing");
    return 1;
}

var messages = after.Messages - before.Messages;
var seconds = after.Seconds - before.Seconds;
var cpu = after.CpuSeconds - before.CpuSeconds;
var result = new Dictionary<string, object>
{
    ["clients"] = options.Clients,
    ["method"] = options.Method.ToString(),
    ["dialect"] = (int)options.Dialect,
    ["size"] = options.Size,
    ["sentPerSecond"] = clients.Sent / seconds,
    ["echoedPerSecond"] = clients.Echoed / seconds,
    ["latencyP50Ms"] = clients.P50Ms,
    ["latencyP99Ms"] = clients.P99Ms,
    ["latencyMaxMs"] = clients.MaxMs,
    ["serverLatencyP50Ms"] = clients.ProbeP50Ms,
    ["serverLatencyP99Ms"] = clients.ProbeP99Ms,
    ["serverLatencyMaxMs"] = clients.ProbeMaxMs,
    ["serverUnanswered"] = clients.ProbeUnanswered,
    ["serverDatagramsPerSecond"] = (after.Datagrams - before.Datagrams) / seconds,
    ["serverCpuPercentOfCore"] = 100 * cpu / seconds,
    ["serverCpuSecondsPerMillionMessages"] = messages > 0 ? cpu * 1e6 / messages : 0,
    ["serverBytesAllocatedPerMessage"] = messages > 0 ? (after.AllocatedBytes - before.AllocatedBytes) / (double)messages : 0,
    ["serverBytesAllocated"] = after.AllocatedBytes - before.AllocatedBytes,
    ["serverBytesPerPeer"] = bytesPerPeer,
    ["receiveQueueFull"] = after.ReceiveQueueFull - before.ReceiveQueueFull,
    ["serverPacketsResent"] = after.PacketsResent - before.PacketsResent,
    ["clientPacketsResent"] = clients.PacketsResent,
    ["clientWireBytesPerPayloadByte"] = clients.Sent > 0 ? clients.WireBytesSent / ((double)clients.Sent * options.Size) : 0,
    ["clientsLost"] = clients.Lost,
};
if (options.Json)
{
    Console.WriteLine(JsonSerializer.Serialize(result));
}
else
{
    foreach (var (name, value) in result)
        Console.WriteLine($"{name,-40}{(value is double number ? number.ToString("0.###", CultureInfo.InvariantCulture) : value)}");
}
return 0;
