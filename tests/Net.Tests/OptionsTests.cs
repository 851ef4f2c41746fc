using System.Text.RegularExpressions;

namespace GameServer.Net.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new NetHostOptions().Validate());

    [Fact]
    public void All_problems_are_named_at_once()
    {
        var problems = new NetHostOptions { Port = -1, PeersMax = 0, ReceiveQueueBytes = 100_000, ChannelsPerMethod = 65 }.Validate();
        Assert.Equal(["Port", "PeersMax", "ChannelsPerMethod", "ReceiveQueueBytes"], problems.Select(p => p.Split(':')[0]));
        var thrown = Assert.Throws<ArgumentException>(() => new NetHost(new NetHostOptions { Port = -1, PeersMax = 0 }));
        Assert.Contains("Port: allowed is 0–65535; PeersMax", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_number_has_bounds_that_are_checked()
    {
        foreach (var property in typeof(NetHostOptions).GetProperties().Where(p => p.PropertyType == typeof(int) && p.Name != "HeldBytesMax"))
        {
            var options = new NetHostOptions();
            property.SetValue(options, -1);
            Assert.Contains(options.Validate(), p => p.StartsWith(property.Name, StringComparison.Ordinal) || p.Contains(property.Name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_page_for_operators_names_every_option_and_every_counter()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "transport.md"));
        var named = Regex.Matches(page, "`([A-Za-z]+)`").Select(m => m.Groups[1].Value).ToHashSet();
        var options = typeof(NetHostOptions).GetProperties().Select(p => p.Name).Where(n => n != "EqualityContract");
        Assert.Subset(named, options.Concat(Enum.GetNames<NetCounter>()).Concat(Enum.GetNames<DisconnectReason>()).ToHashSet());
    }

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GameServer.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
