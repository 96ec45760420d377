using System.Collections.Concurrent;
using System.Threading.Channels;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A registry that sends a part of what it is asked for, and then nothing until it is told to go on.</summary>
internal sealed class HangingServer(LocalStore store) : IModelPuller
{
    private readonly PulledBase _answering = new(store);
    private readonly TaskCompletionSource _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();

    /// <summary>Names of the fetches that began, and of those that were given up with a minus.</summary>
    internal ConcurrentQueue<string> Fetches { get; } = new();

    /// <summary>Returns when it was asked once more.</summary>
    internal async Task AskedAsync() => Assert.NotEmpty(
        await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));

    /// <summary>From now on it answers.</summary>
    internal void Answer() => _answers.TrySetResult();

    public async Task PullAsync(ModelName name, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        Fetches.Enqueue(name.Model);
        progress(new ProgressLine("pulling 89abcdef0123", "sha256:89", 4_000_000, 0));
        progress(new ProgressLine("pulling 89abcdef0123", "sha256:89", 4_000_000, 1_000_000));
        _asked.Writer.TryWrite(name.Model);
        try
        {
            await _answers.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Fetches.Enqueue("-" + name.Model);
            throw;
        }

        await _answering.PullAsync(name, progress, cancellationToken);
    }
}
