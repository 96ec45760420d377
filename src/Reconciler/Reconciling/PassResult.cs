using System.Diagnostics;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What one pass ended in, and so when the next one is due. A closed set.</summary>
internal abstract record PassResult
{
    /// <summary>The word for it in metrics.</summary>
    internal string Word => this switch
    {
        Settled => "settled",
        Waiting => "waiting",
        Failed => "failed",
        _ => throw new UnreachableException(),
    };

    /// <summary>Reality matches the accepted revision, or only git can help: look again at the next poll.</summary>
    internal sealed record Settled : PassResult;

    /// <summary>Something must be tried again after a delay.</summary>
    internal sealed record Waiting(TimeSpan RetryAfter) : PassResult;

    /// <summary>It threw: look again at the next poll, and not at once.</summary>
    internal sealed record Failed : PassResult;
}
