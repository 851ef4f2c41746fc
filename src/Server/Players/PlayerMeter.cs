namespace GameServer.Server.Players;

/// <summary>What one player may send.</summary>
sealed record PlayerLimits
{
    /// <summary>Longest payload in bytes.</summary>
    public int MessageBytesMax { get; init; } = 16384;

    /// <summary>Messages per second in the long run.</summary>
    public double MessagesPerSecond { get; init; } = 60;

    /// <summary>Messages at once.</summary>
    public double MessagesBurst { get; init; } = 120;

    /// <summary>Longest chat text in bytes.</summary>
    public int ChatBytesMax { get; init; } = 512;

    /// <summary>Chat lines per second in the long run.</summary>
    public double ChatPerSecond { get; init; } = 2;

    /// <summary>Chat lines at once.</summary>
    public double ChatBurst { get; init; } = 8;

    /// <summary>Messages beyond the rate, as a multiple of it, at which the player is disconnected.</summary>
    public double FloodFactor { get; init; } = 5;

    /// <summary>Malformed messages within <see cref="MalformedWindow"/> at which the player is disconnected.</summary>
    public int MalformedMax { get; init; } = 20;

    /// <summary>Time over which malformed messages are counted.</summary>
    public TimeSpan MalformedWindow { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What is to be done with a message that has just arrived.</summary>
enum Intake
{
    /// <summary>Work on it.</summary>
    Take,

    /// <summary>Throw it away and count it.</summary>
    Drop,

    /// <summary>Far over the limit: disconnect.</summary>
    Flood,
}

/// <summary>Messages of one kind that were thrown away.</summary>
/// <param name="What">Name of the message, or <c>messages</c> or <c>chat</c> for any.</param>
/// <param name="Why">In a few words.</param>
/// <param name="Count">How many.</param>
readonly record struct Untold(string What, string Why, int Count);

/// <summary>Counts what one player sends and says when it is too much.</summary>
/// <remarks>Tick thread; the caller says what time it is.</remarks>
sealed class PlayerMeter(PlayerLimits limits)
{
    const double CompletionsPerSecond = 10;
    const int UntoldMax = 8;
    const string Messages = "messages", TooFast = "too fast";

    readonly List<Untold> _untold = [];

    readonly RateMeter _messages = new(limits.MessagesPerSecond, limits.MessagesBurst);
    readonly RateMeter _flood = new(limits.MessagesPerSecond * limits.FloodFactor, limits.MessagesBurst * limits.FloodFactor);
    readonly RateMeter _chat = new(limits.ChatPerSecond, limits.ChatBurst);
    readonly RateMeter _completions = new(CompletionsPerSecond, CompletionsPerSecond);
    readonly RateMeter _resumes = new(ResumesPerSecond, ResumesBurst);
    readonly RateMeter _malformed = new(limits.MalformedMax / limits.MalformedWindow.TotalSeconds, limits.MalformedMax);

    /// <summary>Times a player may come back per second in the long run, and at once.</summary>
    const double ResumesPerSecond = 0.2;

    /// <inheritdoc cref="ResumesPerSecond"/>
    const double ResumesBurst = 5;

    /// <summary>Messages thrown away since the player joined.</summary>
    public long Dropped { get; private set; }

    /// <summary>What was thrown away and the client has not been told of.</summary>
    public IReadOnlyList<Untold> UntoldDrops => _untold;

    /// <summary>When the client was last told.</summary>
    public TimeSpan ToldAt { get; set; } = TimeSpan.MinValue;

    /// <summary>A payload has arrived.</summary>
    public Intake Message(TimeSpan now)
    {
        if (!_flood.TryTake(now))
            return Intake.Flood;
        if (_messages.TryTake(now))
            return Intake.Take;
        Dropped++;
        Note(Messages, TooFast);
        return Intake.Drop;
    }

    /// <summary>A chat line has arrived; its payload was already counted.</summary>
    public Intake Chat(TimeSpan now)
    {
        if (_chat.TryTake(now))
            return Intake.Take;
        Dropped++;
        Note("chat", TooFast);
        return Intake.Drop;
    }

    /// <summary>The client asks what could be typed; its payload was already counted.</summary>
    /// <returns>False when it asks too often.</returns>
    public bool Completes(TimeSpan now)
    {
        if (_completions.TryTake(now))
            return true;
        Dropped++;
        Note(Messages, TooFast);
        return false;
    }

    /// <summary>The player wants to come back.</summary>
    /// <returns>False when it did so too often.</returns>
    public bool Resume(TimeSpan now) => _resumes.TryTake(now);

    /// <summary>A message could not be read.</summary>
    /// <returns>False when there were too many.</returns>
    public bool Malformed(TimeSpan now)
    {
        Dropped++;
        return _malformed.TryTake(now);
    }

    /// <summary>A message was thrown away for another reason.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="why">In a few words, for the client.</param>
    public void CountDropped(string name, string why)
    {
        Dropped++;
        Note(name, why);
    }

    /// <summary>The client has been told.</summary>
    public void ForgetUntold() => _untold.Clear();

    void Note(string what, string why)
    {
        for (int i = 0; i < _untold.Count; i++)
        {
            if (_untold[i].What != what || _untold[i].Why != why)
                continue;
            _untold[i] = _untold[i] with { Count = _untold[i].Count + 1 };
            return;
        }
        // A client that makes up names is told of the first few; the rest are counted.
        if (_untold.Count < UntoldMax)
            _untold.Add(new Untold(what, why, 1));
    }
}
