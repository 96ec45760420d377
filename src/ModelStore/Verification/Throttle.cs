namespace ModelOps.ModelStore.Verification;

/// <summary>Keeps a flow of bytes below a rate.</summary>
internal sealed class Throttle(long bytesPerSecond, TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();
    private long _bytes;

    public async Task AfterAsync(long bytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond <= 0)
            return;
        _bytes += bytes;
        var due = TimeSpan.FromSeconds((double)_bytes / bytesPerSecond);
        var early = due - time.GetElapsedTime(_begun);
        if (early > TimeSpan.Zero)
            await Task.Delay(early, time, cancellationToken);
    }
}
