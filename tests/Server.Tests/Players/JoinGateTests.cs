using System.Net;
using GameServer.Scripting.Ports;
using GameServer.Server.Players;
using GameServer.Support;

namespace GameServer.Server.Tests.Players;

/// <summary>The door with bans and tickets; its other rules are tested through the sessions.</summary>
public sealed class JoinGateTests : IDisposable
{
    static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    static readonly IPAddress Home = IPAddress.Parse("203.0.113.7");

    readonly TemporaryFolder _folder = new();
    readonly ManualTime _time = new();
    readonly PlayerRegistry _registry = new();
    UInt128 _nonce;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_ticket_gives_identity_and_name_and_admits_once()
    {
        JoinGate gate = Gate();
        byte[] ticket = Issue("user-42", "Ada");

        Admission? admission = gate.Check(FakeRequest.ConnectBytes(name: "Mallory", ticket: ticket), Home, out _, out _);

        Assert.Equal(("user-42", "Ada", PlayerTrust.Verified), (admission!.Uid, admission.Name, admission.Trust));
        Assert.Null(gate.Check(FakeRequest.ConnectBytes(ticket: ticket), Home, out LeaveCode code, out string text));
        Assert.Equal((LeaveCode.Refused, "the ticket was used before"), (code, text));
    }

    [Fact]
    public void Who_is_refused_for_another_reason_may_try_again_with_the_same_ticket()
    {
        JoinGate gate = Gate();
        byte[] ticket = Issue("user-42", "Ada");
        Admission ghost = gate.Check(FakeRequest.ConnectBytes(ticket: Issue("user-42", "Ada")), Home, out _, out _)!;
        _registry.Reserve(ghost);

        Assert.Null(gate.Check(FakeRequest.ConnectBytes(ticket: ticket), Home, out LeaveCode code, out _));
        Assert.Equal(LeaveCode.NameTaken, code);
        _registry.Release(ghost.FoldedName, Home);

        Assert.NotNull(gate.Check(FakeRequest.ConnectBytes(ticket: ticket), Home, out _, out _));
    }

    [Fact]
    public void Without_a_ticket_nobody_comes_in_where_one_is_asked_for()
    {
        Assert.Null(Gate().Check(FakeRequest.ConnectBytes(), Home, out LeaveCode code, out string text));
        Assert.Equal((LeaveCode.Refused, "this server needs a ticket"), (code, text));
    }

    [Fact]
    public void A_ticket_cannot_name_a_guest()
    {
        Assert.Null(Gate().Check(FakeRequest.ConnectBytes(ticket: Issue("guest:ada", "")), Home, out LeaveCode code, out _));
        Assert.Equal(LeaveCode.Refused, code);
    }

    [Fact]
    public void A_ban_holds_by_identity_and_by_address_and_says_why()
    {
        BanList bans = BanList.Load(Path.Combine(_folder.Path, "bans.toml"), _time, []);
        JoinGate gate = new(new JoinRules { Key = "key" }, _registry, bans);
        bans.Add("guest:ada", null, "Ada", "team kill", "anna", null);
        Assert.True(AddressRange.TryParse("198.51.100.0/24", out AddressRange range));
        bans.Add(null, range, "", "flood", "anna", TimeSpan.FromDays(1));

        Assert.Null(gate.Check(FakeRequest.ConnectBytes(name: "ADA"), Home, out LeaveCode code, out string text));
        Assert.Equal(LeaveCode.Banned, code);
        Assert.Contains("team kill", text, StringComparison.Ordinal);
        Assert.Null(gate.Check(FakeRequest.ConnectBytes(name: "Bob"), IPAddress.Parse("198.51.100.9"), out code, out _));
        Assert.Equal(LeaveCode.Banned, code);
        Assert.NotNull(gate.Check(FakeRequest.ConnectBytes(name: "Bob"), Home, out _, out _));
    }

    [Fact]
    public void The_servers_own_machine_is_not_counted_as_one_address()
    {
        JoinGate gate = new(new JoinRules { Key = "key", PlayersPerAddressMax = 1 }, _registry);
        _registry.Reserve(gate.Check(FakeRequest.ConnectBytes(name: "A1"), IPAddress.Loopback, out _, out _)!);

        Assert.NotNull(gate.Check(FakeRequest.ConnectBytes(name: "B2"), IPAddress.Loopback, out _, out _));
    }

    JoinGate Gate() => new(new JoinRules { Key = "key" }, _registry, null, new TicketVerifier(Key, "", _time));

    byte[] Issue(string uid, string name) =>
        new Ticket(uid, name, "", _time.GetUtcNow(), _time.GetUtcNow() + TimeSpan.FromMinutes(5), ++_nonce).Sign(Key);
}
