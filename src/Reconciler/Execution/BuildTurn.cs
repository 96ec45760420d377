namespace ModelOps.Reconciler.Execution;

/// <summary>
/// A place to make a build, asked for when the work is begun, so that models are built in the order in which they were begun. Who waits for
/// a server meanwhile leaves, and asks again.
/// </summary>
internal sealed class BuildTurn(Places places, CancellationToken cancelled) : IDisposable
{
    private Task<IDisposable>? _asked = places.BuildAsync(cancelled);
    private Task? _left;

    /// <summary>Returns when the place is there.</summary>
    internal Task TakeAsync(CancellationToken cancellationToken) =>
        (_asked ??= places.BuildAsync(cancelled)).WaitAsync(cancellationToken);

    /// <summary>Gives the place back, now or when it comes.</summary>
    internal void Leave()
    {
        _left = _asked?.ContinueWith(
            static asked =>
            {
                if (asked.IsCompletedSuccessfully)
                    asked.Result.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default) ?? _left;
        _asked = null;
    }

    public void Dispose() => Leave();
}
