using System.ComponentModel;
using System.Diagnostics;
using GameServer.Server.Players;
using GameServer.Support;
using Xunit.Abstractions;

namespace GameServer.Server.Tests.Players;

/// <summary>The issuers that docs/protocol.md shows, in other languages than ours, run as they stand there.</summary>
public sealed class TicketIssuerTests(ITestOutputHelper output)
{
    static readonly byte[] Key = [.. Enumerable.Range(0, 40).Select(i => (byte)(i * 7))];

    [Theory]
    [InlineData("js", "node", "-e", "process.stdout.write(ticket(Buffer.from('KEY', 'hex'), 'steam:7656', 'Zoë', 'eu-1', 120).toString('hex'))")]
    [InlineData("python", "python3", "-c", "print(ticket(bytes.fromhex('KEY'), 'steam:7656', 'Zoë', 'eu-1', 120).hex(), end='')")]
    public void The_issuer_in_the_documentation_is_believed(string language, string program, string option, string call)
    {
        string script = Snippet(language) + "\n" + call.Replace("KEY", Convert.ToHexString(Key), StringComparison.Ordinal);
        if (Run(program, option, script) is not { } hex)
        {
            output.WriteLine($"SKIPPED: there is no {program} here.");
            return;
        }

        (Ticket? ticket, string? refusal) = new TicketVerifier(Key, "eu-1", TimeProvider.System).Admit(Convert.FromHexString(hex));

        Assert.Null(refusal);
        Assert.Equal(("steam:7656", "Zoë", "eu-1"), (ticket!.Uid, ticket.Name, ticket.Audience));
        Assert.Equal(120, (ticket.ExpiresAt - ticket.IssuedAt).TotalSeconds);
    }

    static string Snippet(string language)
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "protocol.md"));
        int begin = page.IndexOf($"```{language}\n", page.IndexOf("## 6. Tickets", StringComparison.Ordinal), StringComparison.Ordinal) + language.Length + 4;
        return page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    static string? Run(string program, string option, string script)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(option);
        start.ArgumentList.Add(script);
        try
        {
            using Process process = Process.Start(start)!;
            string written = process.StandardOutput.ReadToEnd();
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
            return written;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
