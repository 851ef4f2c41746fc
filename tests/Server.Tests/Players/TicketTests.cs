using System.Text;
using GameServer.Server.Players;
using GameServer.Support;

namespace GameServer.Server.Tests.Players;

public class TicketTests
{
    static readonly byte[] Key = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");
    readonly ManualTime _time = new();

    TicketVerifier Verifier(string audience = "eu-1") => new(Key, audience, _time);

    Ticket Ticket(string audience = "eu-1", int lifeSeconds = 60, int nonce = 1) =>
        new("uid:42", "Ada", audience, _time.GetUtcNow(), _time.GetUtcNow().AddSeconds(lifeSeconds), (UInt128)nonce);

    [Fact]
    public void A_good_ticket_says_who_the_player_is()
    {
        (Ticket? ticket, string? refusal) = Verifier().Admit(Ticket().Sign(Key));
        Assert.Null(refusal);
        Assert.Equal(("uid:42", "Ada"), (ticket!.Uid, ticket.Name));
    }

    [Fact]
    public void The_bytes_are_those_of_the_documentation()
    {
        var ticket = new Ticket("u1", "Ada", "eu", DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), DateTimeOffset.FromUnixTimeSeconds(1_700_000_060), 0x0102);
        string hex = Convert.ToHexStringLower(ticket.Sign(Key));
        Assert.StartsWith("01" + "00f1536500000000" + "3cf1536500000000" + "02010000000000000000000000000000" + "026575" + "027531" + "03416461", hex, StringComparison.Ordinal);
        Assert.Equal((33 + 3 + 3 + 4 + 32) * 2, hex.Length);
    }

    [Fact]
    public void No_changed_byte_and_no_cut_goes_through()
    {
        byte[] good = Ticket().Sign(Key);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 1;
            Assert.Null(Verifier().Admit(bad).Ticket);
            Assert.Null(Verifier().Admit(good.AsSpan(0, i)).Ticket);
        }
        Assert.Null(Verifier().Admit([.. good, 0]).Ticket);
    }

    [Fact]
    public void A_ticket_admits_once_and_only_in_its_time_and_place()
    {
        TicketVerifier verifier = Verifier();
        byte[] ticket = Ticket().Sign(Key);
        Assert.NotNull(verifier.Admit(ticket).Ticket);
        Assert.Equal("the ticket was used before", verifier.Admit(ticket).Refusal);
        Assert.Equal("the ticket is for another server", verifier.Admit(Ticket("us-1", nonce: 2).Sign(Key)).Refusal);
        Assert.Equal("the ticket lives too long", verifier.Admit(Ticket(lifeSeconds: 100_000, nonce: 3).Sign(Key)).Refusal);
        Assert.NotNull(verifier.Admit(Ticket("", nonce: 4).Sign(Key)).Ticket);
        byte[] late = Ticket(nonce: 5).Sign(Key);
        _time.Advance(TimeSpan.FromSeconds(60) + TicketVerifier.Skew);
        Assert.Equal("the ticket has expired", verifier.Admit(late).Refusal);
    }

    [Fact]
    public void Used_tickets_are_forgotten_when_they_could_not_be_used_anyway()
    {
        TicketVerifier verifier = Verifier();
        for (int i = 0; i < 100; i++) Assert.NotNull(verifier.Admit(Ticket(nonce: i).Sign(Key)).Ticket);
        Assert.Equal(100, verifier.UsedCount);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(verifier.Admit(Ticket(nonce: 200).Sign(Key)).Ticket);
        Assert.Equal(1, verifier.UsedCount);
    }
}
