using GameServer.Luau.Runtime;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Isolation;

/// <summary>What the host knows of a Luau thread beyond its rights: what to tell when it ends, and what it waits for. Stands in <see cref="LuauThread.HostData"/>.</summary>
/// <param name="source">What started it, for logs.</param>
sealed class ScriptTask(string source)
{
    /// <summary>What started it.</summary>
    public string Source { get; } = source;

    /// <summary>Who pays when it goes on: what it first waited in. Null before it has waited by itself.</summary>
    public CostAccount? Account { get; set; }

    /// <summary>Told once when the thread has returned, failed or been killed; null when nobody asks.</summary>
    public Action<RunStatus>? Ended { get; set; }

    /// <summary>What it waits for; another object, or null, means that an earlier wait is over and its waker comes too late.</summary>
    public Registration? Waiting { get; set; }

    /// <summary>Host time at which it first waited; its lifetime counts from there.</summary>
    public double? WaitingSince { get; set; }

    /// <summary>The task of a thread, made when it has none.</summary>
    public static ScriptTask Of(LuauThread thread, string source)
    {
        if (thread.HostData is ScriptTask task) return task;
        task = new ScriptTask(source);
        thread.HostData = task;
        return task;
    }

    internal void End(RunStatus status)
    {
        Waiting?.Release();
        Waiting = null;
        Action<RunStatus>? ended = Ended;
        Ended = null;
        ended?.Invoke(status);
    }
}
