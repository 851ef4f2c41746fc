using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>Brings the answers of storage, files and HTTP to the threads that wait for them.</summary>
/// <remarks>Tick thread.</remarks>
sealed class OutsideAnswers(IModStorage? storage, IModHttp? http, IModFiles? files = null)
{
    // Answers for mods that cannot be entered at the moment (suspended). Bounded by the requests each mod may have under way.
    List<(OutsideWait Wait, Action Deliver)> _held = [];
    List<(OutsideWait Wait, Action Deliver)> _working = [];

    /// <summary>Storage; null when the server has none.</summary>
    public IModStorage? Storage { get; } = storage;

    /// <summary>HTTP; null when the server offers none.</summary>
    public IModHttp? Http { get; } = http;

    /// <summary>Files; null when the server keeps none.</summary>
    public IModFiles? Files { get; } = files;

    /// <summary>Answers whose asker was gone.</summary>
    public long Late { get; private set; }

    /// <summary>Tick station: delivers what has arrived.</summary>
    public void Run()
    {
        if (_held.Count > 0) RetryHeld();
        while (Storage != null && Storage.TryTakeCompleted(out StorageOperation operation))
            if (operation.State is StorageRequest request) Deliver(request.Wait, request.Completed);
        while (Http != null && Http.TryTakeCompleted(out ModHttpRequest request))
            DeliverHttp(request);
        while (Files != null && Files.TryTakeCompleted(out ModFileOperation operation))
            DeliverFile(operation);
    }

    void DeliverFile(ModFileOperation operation)
    {
        if (operation.State is OutsideWait wait) Deliver(wait, () => FilesApi.Completed(wait, operation));
    }

    // A method of its own: its closure would be allocated in every tick, request or not.
    void DeliverHttp(ModHttpRequest request)
    {
        if (request.State is OutsideWait wait) Deliver(wait, () => HttpApi.Completed(wait, request));
    }

    void RetryHeld()
    {
        (_held, _working) = (_working, _held);
        foreach ((OutsideWait wait, Action deliver) in _working) Deliver(wait, deliver);
        _working.Clear();
    }

    void Deliver(OutsideWait wait, Action deliver)
    {
        if (!wait.IsLive) Late++;
        else if (wait.CanAnswer) deliver();
        else _held.Add((wait, deliver));
    }
}
