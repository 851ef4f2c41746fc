namespace GameServer.Scripting.Api;

/// <summary>How much a mod may send: messages and bytes per second, per player who is here, with one second's worth at once. Beyond it sending answers false.</summary>
/// <remarks>Tick thread, on the tick clock.</remarks>
sealed class Egress(ApiServices services)
{
    double _messages = double.NaN;
    double _bytes;
    double _filled;

    /// <summary>Messages refused since the generation started.</summary>
    public long Refused { get; private set; }

    /// <summary>Messages per second and player.</summary>
    public double MessagesPerSecond { get; set; } = 50;

    /// <summary>Bytes per second and player.</summary>
    public double BytesPerSecond { get; set; } = 64 * 1024;

    /// <summary>Takes so many messages of so many bytes each, when there is room.</summary>
    public bool TryTake(int messages, int bytes)
    {
        Fill();
        if (_messages < messages || _bytes < (double)bytes * messages)
        {
            Refused += messages;
            return false;
        }
        _messages -= messages;
        _bytes -= (double)bytes * messages;
        return true;
    }

    void Fill()
    {
        double now = services.Clock.Now;
        int players = Math.Max(1, services.Players.All.Count);
        double seconds = double.IsNaN(_messages) ? 1 : now - _filled;
        if (double.IsNaN(_messages)) _messages = 0;
        _filled = now;
        _messages = Math.Min(_messages + (MessagesPerSecond * players * seconds), MessagesPerSecond * players);
        _bytes = Math.Min(_bytes + (BytesPerSecond * players * seconds), BytesPerSecond * players);
    }
}
