using System.Buffers.Binary;

namespace GameServer.Net.Tests.Simulation;

/// <summary>What was sent in one direction, and what of it has arrived.</summary>
sealed class Ledger(int seed)
{
    readonly Dictionary<(DeliveryMethod, byte), List<byte[]>> _sent = [];
    readonly Dictionary<(DeliveryMethod, byte), List<int>> _received = [];

    public bool IsComplete => _sent.All(s => s.Key.Item1 switch
    {
        DeliveryMethod.ReliableOrdered or DeliveryMethod.ReliableUnordered => Received(s.Key).Count >= s.Value.Count,
        DeliveryMethod.ReliableSequenced => Received(s.Key).LastOrDefault(-1) == s.Value.Count - 1,
        _ => true,
    });

    public void Send(MessageSender send, Random random)
    {
        var method = (DeliveryMethod)random.Next(5);
        var channel = method == DeliveryMethod.Unreliable ? (byte)0 : (byte)random.Next(3);
        var list = _sent.TryGetValue((method, channel), out var known) ? known : _sent[(method, channel)] = [];
        var isLong = method is DeliveryMethod.ReliableOrdered or DeliveryMethod.ReliableUnordered && random.Next(8) == 0;
        var payload = new byte[isLong ? random.Next(1000, 12_000) : random.Next(4, random.Next(5, 1000))];
        random.NextBytes(payload);
        BinaryPrimitives.WriteInt32LittleEndian(payload, list.Count);
        Assert.True(send(payload, method, channel));
        list.Add(payload);
    }

    public void Receive(ReadOnlySpan<byte> payload, DeliveryMethod method, byte channel)
    {
        var index = BinaryPrimitives.ReadInt32LittleEndian(payload);
        Assert.True(_sent[(method, channel)][index].AsSpan().SequenceEqual(payload), $"seed {seed}: {method} {channel} message {index} changed");
        Received((method, channel)).Add(index);
    }

    public void Check()
    {
        foreach (var (key, sent) in _sent)
        {
            var got = Received(key);
            var isGood = key.Item1 switch
            {
                DeliveryMethod.ReliableOrdered => got.SequenceEqual(Enumerable.Range(0, sent.Count)),
                DeliveryMethod.ReliableUnordered => got.Order().SequenceEqual(Enumerable.Range(0, sent.Count)),
                DeliveryMethod.Sequenced => IsRising(got),
                DeliveryMethod.ReliableSequenced => IsRising(got) && got[^1] == sent.Count - 1,
                _ => got.All(i => i < sent.Count),
            };
            Assert.True(isGood, $"seed {seed}: {key} of {sent.Count} got {string.Join(',', got)}");
        }
    }

    static bool IsRising(List<int> numbers) => numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second);

    List<int> Received((DeliveryMethod, byte) key) =>
        _received.TryGetValue(key, out var list) ? list : _received[key] = [];
}

/// <summary>Sends one message; false when it was not taken.</summary>
delegate bool MessageSender(ReadOnlySpan<byte> payload, DeliveryMethod method, byte channel);
