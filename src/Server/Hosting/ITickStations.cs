namespace GameServer.Server.Hosting;

/// <summary>When a tick happens, as its stations see it.</summary>
/// <param name="Number">Number of the tick on the absolute schedule, from 1; ticks skipped after a stall leave a gap.</param>
/// <param name="Delta">Time since the tick before by the schedule: one period, or more after a gap.</param>
readonly record struct TickTime(long Number, TimeSpan Delta);

/// <summary>Who took most of a tick.</summary>
/// <param name="Name">A mod with its hook, or a part of the server.</param>
/// <param name="Milliseconds">Its share.</param>
readonly record struct TickShare(string Name, double Milliseconds);

/// <summary>What happens in a tick.</summary>
/// <remarks>Tick thread.</remarks>
interface ITickStations
{
    /// <summary>Runs all stations of one tick in their order.</summary>
    void RunTick(in TickTime time);

    /// <summary>What must not wait for the next tick where ticks are far apart: see <see cref="TickLoop"/>. Cheap, and no script runs.</summary>
    void Between()
    {
        // Nothing, unless there is a network.
    }

    /// <summary>Who took most of the tick that just ended.</summary>
    TickShare SlowestShare();

    /// <summary>A tick is over.</summary>
    /// <param name="time">Which.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="collection">Of it, time in which the garbage collector held everybody up.</param>
    /// <param name="isSlow">Whether it took longer than a period.</param>
    void Ended(in TickTime time, TimeSpan took, TimeSpan collection, bool isSlow);
}
