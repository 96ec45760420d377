using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Registry;

/// <summary>One download of a blob at a time, for all who wait for it. It ends when the last of them has gone.</summary>
internal sealed class SharedDownloads(TimeSpan interval, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);

    /// <summary>Joins the download of a blob, or begins it.</summary>
    /// <param name="name">What makes the blob that one.</param>
    /// <param name="make">Makes the download, when there is none.</param>
    /// <param name="completed">Receives, in this call's flow, how many bytes are there: at the beginning, from time to time, and at
    /// the end.</param>
    /// <param name="cancellationToken">This waiter goes.</param>
    public async Task<BlobWritten> JoinAsync(
        string name, Func<BlobDownload> make, Action<long> completed, CancellationToken cancellationToken)
    {
        var running = Enter(name, make);
        try
        {
            while (!running.Task.IsCompleted)
            {
                completed(running.Download.Completed);
                await Task.WhenAny(running.Task, Task.Delay(interval, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }

            var written = await running.Task;
            completed(written.Size);
            return written;
        }
        finally
        {
            await LeaveAsync(name, running);
        }
    }

    private Running Enter(string name, Func<BlobDownload> make)
    {
        lock (_lock)
        {
            if (_running.GetValueOrDefault(name) is not { Task.IsCompleted: false } running)
                running = _running[name] = new Running(make());
            running.Waiters++;
            return running;
        }
    }

    private async Task LeaveAsync(string name, Running running)
    {
        lock (_lock)
        {
            if (--running.Waiters > 0)
                return;
            if (_running.GetValueOrDefault(name) == running)
                _running.Remove(name);
        }

        // The files must be settled before another download begins.
        await running.StopAsync();
        running.Dispose();
    }

    private sealed class Running : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Running(BlobDownload download)
        {
            Download = download;
            Task = System.Threading.Tasks.Task.Run(() => download.RunAsync(_stop.Token));
        }

        public BlobDownload Download { get; }

        public Task<BlobWritten> Task { get; }

        public int Waiters { get; set; }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await ((Task)Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public void Dispose() => _stop.Dispose();
    }
}
