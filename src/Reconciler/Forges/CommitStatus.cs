namespace ModelOps.Reconciler.Forges;

/// <summary>What became of a commit, as forges know it.</summary>
public enum CommitState
{
    /// <summary>It is wanted, and not in force yet.</summary>
    Pending,

    /// <summary>It is in force.</summary>
    Success,

    /// <summary>It was refused, or does not work.</summary>
    Failure,
}

/// <summary>The state of one commit.</summary>
/// <param name="Source">The source.</param>
/// <param name="Commit">The commit.</param>
/// <param name="State">What became of it.</param>
/// <param name="Text">Why, in a sentence.</param>
public sealed record CommitStatus(string Source, string Commit, CommitState State, string Text);
