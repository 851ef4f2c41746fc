using System.Collections.Concurrent;

namespace GameServer.Server.Hosting;

/// <summary>Work from other threads (the admin interface) that must happen on the tick thread, at one station of the tick.</summary>
/// <remarks>Any thread posts; the tick thread runs. Bounded: beyond <see cref="WaitingMax"/> a post is refused.</remarks>
sealed class TickInbox
{
    /// <summary>Most pieces of work that may wait.</summary>
    public const int WaitingMax = 256;

    readonly ConcurrentQueue<Action> _waiting = new();
    volatile bool _closed;

    /// <summary>Runs a function on the tick thread.</summary>
    /// <returns>Its result; fails with <see cref="InvalidOperationException"/> when too much waits or the server has stopped.</returns>
    public Task<T> Post<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_closed || _waiting.Count >= WaitingMax)
        {
            done.SetException(new InvalidOperationException(_closed ? "the server is stopping" : "too many commands are waiting"));
            return done.Task;
        }
        _waiting.Enqueue(() =>
        {
            // The boundary between an operator's command and the loop: a failure is the command's answer.
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Runs everything that waits now. Tick thread.</summary>
    public void RunAll()
    {
        for (int left = _waiting.Count; left > 0 && _waiting.TryDequeue(out Action? work); left--)
            work();
    }

    /// <summary>Refuses further work and runs what waits. Tick thread.</summary>
    public void Close()
    {
        _closed = true;
        RunAll();
    }
}
