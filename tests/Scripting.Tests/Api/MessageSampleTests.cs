using GameServer.Scripting.Api;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Mods;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Api;

/// <summary>Values that bots make up fit what mods declare.</summary>
public class MessageSampleTests
{
    [Theory]
    [InlineData("string(8)")]
    [InlineData("string(1)")]
    [InlineData("buffer(3)")]
    [InlineData("u8")]
    [InlineData("u16")]
    [InlineData("u32")]
    [InlineData("i8")]
    [InlineData("i16")]
    [InlineData("i32")]
    [InlineData("number")]
    [InlineData("boolean")]
    [InlineData("vector")]
    [InlineData("any")]
    [InlineData("list(u8, 3)")]
    [InlineData("list(list(string(2), 2), 2)")]
    public void A_sample_of_a_type_fits_it(string type)
    {
        Assert.True(MessageSchema.TryParse(type, out MessageSchema schema, out _));
        MessageSchema record = MessageSchema.OfFields([("value", schema, false), ("maybe", schema, true)]);
        var random = new Random(7);
        for (int i = 0; i < 200; i++)
        {
            List<byte> bytes = [];
            record.WriteSample(random, bytes);
            var reader = new ValueReader(bytes.ToArray(), ValueFormat.Wire);
            Assert.True(record.Matches(ref reader, ValueLimits.Client) && reader.AtEnd, Convert.ToHexString([.. bytes]));
        }
    }

    [Fact]
    public void Declared_messages_of_the_sample_game_are_found_with_their_rates()
    {
        IReadOnlyList<DeclaredMessage> messages = DeclaredMessage.ReadAll(Repository.PathOf("mods"));
        DeclaredMessage move = messages.Single(message => message.Name == "territory:move");
        Assert.Equal(15, move.PerSecond);
        Assert.DoesNotContain(messages, message => message.Name == "territory:welcome");
        Assert.NotEmpty(move.Sample(new Random(1)));
    }
}
