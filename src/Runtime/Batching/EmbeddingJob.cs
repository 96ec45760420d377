using System.Collections.Immutable;

namespace ModelOps.Runtime.Batching;

/// <summary>Token sequences to embed, of one request.</summary>
internal sealed class EmbeddingJob(ImmutableArray<ImmutableArray<int>> inputs)
{
    private readonly TaskCompletionSource<ImmutableArray<ImmutableArray<float>>> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ImmutableArray<float>[] _vectors = new ImmutableArray<float>[inputs.Length];
    private int _missing = inputs.Length;

    internal ImmutableArray<ImmutableArray<int>> Inputs => inputs;

    internal Task<ImmutableArray<ImmutableArray<float>>> Done => _done.Task;

    /// <summary>Next input to compute.</summary>
    internal int Next { get; set; }

    internal bool IsCancelled { get; private set; }

    internal void Cancel()
    {
        IsCancelled = true;
        _done.TrySetCanceled();
    }

    internal void Set(int input, ReadOnlySpan<float> vector)
    {
        _vectors[input] = [.. vector];
        if (--_missing == 0)
            _done.TrySetResult([.. _vectors]);
    }

    internal void Fail(Exception error) => _done.TrySetException(error);
}
