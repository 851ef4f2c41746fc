using System.Globalization;
using GameServer.Net;

namespace GameServer.NetLoad;

/// <summary>One run, as given on the command line.</summary>
sealed record LoadOptions
{
    public int Clients { get; init; } = 100;

    /// <summary>Messages per client and second.</summary>
    public double Rate { get; init; } = 60;

    public int Size { get; init; } = 50;

    public DeliveryMethod Method { get; init; } = DeliveryMethod.Unreliable;

    public WireDialect Dialect { get; init; } = WireDialect.V2;

    public double Seconds { get; init; } = 10;

    /// <summary>Updates per second of the server.</summary>
    public double ServerHz { get; init; } = 60;

    /// <summary>Updates per second of each client.</summary>
    public double ClientHz { get; init; } = 60;

    public double Loss { get; init; }

    public double Duplication { get; init; }

    /// <summary>One-way delay and its spread in milliseconds; a spread reorders.</summary>
    public double DelayMs { get; init; }

    public double SpreadMs { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Server without recvmmsg and sendmmsg.</summary>
    public bool Portable { get; init; }

    /// <summary>Server without a receive thread.</summary>
    public bool SingleThread { get; init; }

    public bool Json { get; init; }

    /// <summary>Set in the child process that runs the clients: where the server is.</summary>
    public int Port { get; init; }

    public static string Usage => """
        usage: NetLoad [--clients N] [--rate MESSAGES_PER_SECOND] [--size BYTES] [--method Unreliable|Sequenced|ReliableOrdered|...]
                       [--dialect 1|2] [--seconds S] [--server-hz H] [--client-hz H] [--loss P] [--dup P] [--delay MS] [--spread MS]
                       [--seed N] [--portable] [--single-thread] [--json]
        An echo server in this process, the clients in a second one; both on 127.0.0.1. Probabilities are 0–1 per datagram and direction.
        """;

    public static LoadOptions Parse(string[] arguments)
    {
        var options = new LoadOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--portable" => options with { Portable = true },
                "--single-thread" => options with { SingleThread = true },
                "--json" => options with { Json = true },
                _ when i + 1 < arguments.Length => options.WithValue(arguments[i], arguments[++i]),
                var unknown => throw new FormatException($"{unknown}: unknown, or without a value"),
            };
        }
        return options;
    }

    /// <summary>The same options for the child process.</summary>
    public IEnumerable<string> ToArguments(int port)
    {
        var culture = CultureInfo.InvariantCulture;
        return
        [
            "--port", port.ToString(culture), "--clients", Clients.ToString(culture), "--rate", Rate.ToString(culture),
            "--size", Size.ToString(culture), "--method", Method.ToString(), "--dialect", ((int)Dialect).ToString(culture),
            "--seconds", Seconds.ToString(culture), "--client-hz", ClientHz.ToString(culture), "--loss", Loss.ToString(culture),
            "--dup", Duplication.ToString(culture), "--delay", DelayMs.ToString(culture), "--spread", SpreadMs.ToString(culture),
            "--seed", Seed.ToString(culture),
        ];
    }

    LoadOptions WithValue(string name, string value)
    {
        var culture = CultureInfo.InvariantCulture;
        return name switch
        {
            "--clients" => this with { Clients = int.Parse(value, culture) },
            "--rate" => this with { Rate = double.Parse(value, culture) },
            "--size" => this with { Size = Math.Max(16, int.Parse(value, culture)) },
            "--method" => this with { Method = Enum.Parse<DeliveryMethod>(value, ignoreCase: true) },
            "--dialect" => this with { Dialect = (WireDialect)int.Parse(value, culture) },
            "--seconds" => this with { Seconds = double.Parse(value, culture) },
            "--server-hz" => this with { ServerHz = double.Parse(value, culture) },
            "--client-hz" => this with { ClientHz = double.Parse(value, culture) },
            "--loss" => this with { Loss = double.Parse(value, culture) },
            "--dup" => this with { Duplication = double.Parse(value, culture) },
            "--delay" => this with { DelayMs = double.Parse(value, culture) },
            "--spread" => this with { SpreadMs = double.Parse(value, culture) },
            "--seed" => this with { Seed = int.Parse(value, culture) },
            "--port" => this with { Port = int.Parse(value, culture) },
            _ => throw new FormatException($"{name}: unknown"),
        };
    }
}
