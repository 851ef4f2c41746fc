using GameServer.Server.Observability;

namespace GameServer.Server.Hosting;

/// <summary>What the tick loop measures about itself.</summary>
/// <remarks>Written by the tick thread; others may read and see values a moment old.</remarks>
sealed class TickStatistics
{
    /// <summary>How long after its due moment a tick began.</summary>
    public Histogram Lateness { get; } = new();

    /// <summary>How long a tick took, without the collection after it.</summary>
    public Histogram Duration { get; } = new();

    /// <summary>How long the gen-0 collections after ticks took.</summary>
    public Histogram Collection { get; } = new();

    /// <summary>Number of the last tick on the schedule.</summary>
    public long LastTick { get; set; }

    /// <summary>Ticks run.</summary>
    public long Run { get; set; }

    /// <summary>Ticks left out after stalls.</summary>
    public long Skipped { get; set; }

    /// <summary>Ticks that took longer than a period.</summary>
    public long Slow { get; set; }
}
