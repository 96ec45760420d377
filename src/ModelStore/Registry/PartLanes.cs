namespace ModelOps.ModelStore.Registry;

/// <summary>Fetches parts side by side, in their order, and no more of them at a time than pays.</summary>
internal sealed class PartLanes(RegistryOptions options, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns when every part is done; the first failure ends the others.</summary>
    public async Task RunAsync(
        IReadOnlyList<PartState> parts, Func<PartState, CancellationToken, Task> fetch, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = new Queue<PartState>(parts.Where(part => !part.IsDone));
        var running = new List<Task>();
        var pace = new LanePace(options.Parallel);
        var (since, before) = (time.GetTimestamp(), Completed(parts));
        try
        {
            while (waiting.Count + running.Count > 0)
            {
                while (running.Count < pace.Lanes && waiting.TryDequeue(out var part))
                    running.Add(fetch(part, ended.Token));
                await Task.WhenAny([.. running, Task.Delay(Window, time, ended.Token)]);
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var done in running.FindAll(task => task.IsCompleted))
                {
                    running.Remove(done);
                    await done;
                }

                if (time.GetElapsedTime(since) is var elapsed && elapsed < Window)
                    continue;
                var completed = Completed(parts);
                pace.Measure((completed - before) / elapsed.TotalSeconds);
                (since, before) = (time.GetTimestamp(), completed);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static long Completed(IReadOnlyList<PartState> parts) => parts.Sum(part => part.Completed);
}
