namespace GameServer.Scripting.Isolation;

/// <summary>Bytes the server holds on a mod's behalf outside its VM: handlers, timers, queued values. What would pass the limit is refused.</summary>
/// <remarks>Tick thread.</remarks>
sealed class HostAccount(long bytesMax)
{
    /// <summary>Charged for one handler, timer, export, route or sleeping task beside its values.</summary>
    public const int RegistrationBytes = 160;

    /// <summary>Limit; may be lowered below the present use, then nothing more is taken until it shrank.</summary>
    public long BytesMax { get; set; } = bytesMax;

    /// <summary>Bytes charged.</summary>
    public long Bytes { get; private set; }

    /// <summary>Highest value <see cref="Bytes"/> ever had.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Charges when there is room.</summary>
    public bool TryCharge(long bytes)
    {
        if (Bytes + bytes > BytesMax) return false;
        Bytes += bytes;
        PeakBytes = Math.Max(PeakBytes, Bytes);
        return true;
    }

    /// <summary>Gives back what was charged.</summary>
    public void Refund(long bytes) => Bytes -= bytes;
}
