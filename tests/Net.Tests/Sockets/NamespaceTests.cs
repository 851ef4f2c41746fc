using System.Diagnostics;
using System.Net;
using Xunit.Abstractions;

namespace GameServer.Net.Tests.Sockets;

/// <summary>
/// Two hosts in two network namespaces with a line of the kernel between them: other addresses than loopback, and real queues.
/// Needs the right to make namespaces; says so aloud and does nothing where that is missing.
/// </summary>
public sealed class NamespaceTests(ITestOutputHelper output)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("10.77.0.1")]
    [InlineData("fd77::1")]
    public void Hosts_in_two_namespaces_exchange_messages(string serverAddress) => Run(IPAddress.Parse(serverAddress), line: null, 200_000);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("10.77.0.1")]
    [InlineData("fd77::1")]
    public void A_megabyte_and_every_ordered_message_survive_a_bad_line_of_the_kernel(string serverAddress) =>
        Run(IPAddress.Parse(serverAddress), "loss 20% delay 50ms 30ms duplicate 5%", 1 << 20);

    void Run(IPAddress serverAddress, string? line, int bytes)
    {
        // One process cannot be in two namespaces, but its threads can.
        string? missing = null;
        var (first, second) = Names();
        try
        {
            if (!OperatingSystem.IsLinux() || !TrySetUp(first, second))
                missing = "network namespaces";
            else if (line is not null && !(TryWorsen(first, "a", line) && TryWorsen(second, "b", line)))
                missing = "a bad line (netem)";
            else
                Exchange(first, second, serverAddress, bytes);
        }
        finally
        {
            Start("ip", $"netns delete {first}");
            Start("ip", $"netns delete {second}");
        }
        if (missing is null)
            return;
        output.WriteLine($"SKIPPED: this machine does not allow {missing}.");
        Console.WriteLine($"SKIPPED: NamespaceTests, this machine does not allow {missing}.");
    }

    void Exchange(string first, string second, IPAddress address, int bytes)
    {
        NetHost? server = null;
        NetHost? client = null;
        // Sockets belong to the namespace they were opened in; afterwards any thread may use them.
        In(first, () => (server = new NetHost(new() { Port = 27015, UseReceiveThread = false })).Start());
        In(second, () => (client = new NetHost(new() { AcceptsConnections = false, UseReceiveThread = false })).Start());
        using var _ = server;
        using var __ = client;
        client!.Connect(new IPEndPoint(address, 27015), "key"u8);
        var message = new byte[bytes];
        new Random(1).NextBytes(message);
        var echoes = 0;
        var watch = Stopwatch.StartNew();
        while (echoes < 51)
        {
            Assert.True(watch.Elapsed < Patience, $"{echoes} echoes");
            while (server!.Poll(out var happened))
            {
                if (happened.Kind == NetEventKind.ConnectionRequest)
                    happened.Request!.Accept();
                else if (happened.Kind == NetEventKind.Received)
                    happened.Peer!.Send(happened.Payload, happened.Method);
            }
            server.Update();
            while (client.Poll(out var happened))
            {
                if (happened.Kind == NetEventKind.Received)
                {
                    Assert.True(happened.Payload.SequenceEqual(echoes == 50 ? message : [(byte)echoes]));
                    echoes++;
                }
                if (happened.Kind != NetEventKind.Connected)
                    continue;
                for (var i = 0; i < 50; i++)
                    happened.Peer!.Send([(byte)i], DeliveryMethod.ReliableOrdered);
                happened.Peer!.Send(message, DeliveryMethod.ReliableOrdered);
            }
            client.Update();
            Thread.Sleep(1);
        }
        output.WriteLine($"51 echoes over {address} in {watch.Elapsed.TotalSeconds:0.0} s, {client.Statistics[NetCounter.PacketsResent]} resends.");
    }

    static void In(string name, Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Namespaces.Enter(name);
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("in namespace " + name, failure);
    }

    static (string First, string Second) Names()
    {
        var unique = Environment.ProcessId.ToString() + Environment.TickCount % 1000;
        return ("gsa" + unique, "gsb" + unique);
    }

    static bool TryWorsen(string name, string end, string line) => Start("tc", $"-n {name} qdisc add dev v{name[3..]}{end} root netem {line}");

    static bool TrySetUp(string first, string second)
    {
        var veth = "v" + first[3..];
        return Ip($"netns add {first}") && Ip($"netns add {second}")
            && Ip($"link add {veth}a netns {first} type veth peer name {veth}b netns {second}")
            && Ip($"-n {first} addr add 10.77.0.1/24 dev {veth}a") && Ip($"-n {second} addr add 10.77.0.2/24 dev {veth}b")
            && Ip($"-n {first} addr add fd77::1/64 dev {veth}a nodad") && Ip($"-n {second} addr add fd77::2/64 dev {veth}b nodad")
            && Ip($"-n {first} link set {veth}a up") && Ip($"-n {second} link set {veth}b up");
    }

    static bool Ip(string arguments) => Start("ip", arguments);

    static bool Start(string program, string arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
