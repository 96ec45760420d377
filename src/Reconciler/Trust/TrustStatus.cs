using System.Collections.Immutable;

namespace ModelOps.Reconciler.Trust;

/// <summary>Whom the host trusts with a source.</summary>
public sealed record TrustStatus
{
    /// <summary>Which commits must be signed.</summary>
    public VerifyMode Mode { get; init; }

    /// <summary>What may be accepted first: <c>signed</c>, <c>any</c>, or a commit.</summary>
    public string FirstUse { get => field ?? ""; init; }

    /// <summary>What a signature of the forge is worth.</summary>
    public ForgeMergePolicy ForgeMerges { get; init; }

    /// <summary>The keys.</summary>
    public ImmutableArray<TrustedKey> Keys { get => field.IsDefault ? [] : field; init; }

    /// <summary>Why the keys cannot be read; null when they can.</summary>
    public string? Error { get; init; }

    /// <summary>Why what is in force is not trusted any more; null when it is.</summary>
    public string? Loss { get; init; }
}
