using System.Collections.Immutable;

namespace ModelOps.Http.Keys;

/// <summary>What is kept of a key. The key itself is shown once, when it is made, and can be computed from none of this.</summary>
public sealed record ApiKey
{
    /// <summary>Longest name, in characters.</summary>
    public const int LongestName = 63;

    /// <summary>Who or what it was made for: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; unique.</summary>
    public required string Name { get; init; }

    /// <summary>The part of the key that it is found by.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the key as lower-case hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>What it may do.</summary>
    public required KeyScope Scopes { get; init; }

    /// <summary>Patterns of the models that it may use; empty for all.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>How much it may take.</summary>
    public Allowance Allowance { get; init; } = Allowance.Unlimited;

    /// <summary>When it was made, or its secret replaced.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>A name is one.</summary>
    public static bool IsName(string text) =>
        text is { Length: > 0 and <= LongestName } && char.IsAsciiLetterOrDigit(text[0])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    /// <summary>Some of the scopes are about all models, so that a key that has them cannot be for some only.</summary>
    public static bool NeedsAllModels(KeyScope scopes) =>
        (scopes & (KeyScope.Suspend | KeyScope.Approve | KeyScope.Admin)) != KeyScope.None;

    /// <summary>It is over at a moment.</summary>
    internal bool IsOver(DateTimeOffset now) => Expires <= now;

    /// <summary>It grants what another one does, whatever its limits are.</summary>
    internal bool GrantsAs(ApiKey other) =>
        Hash == other.Hash && Name == other.Name && Scopes == other.Scopes && Models.SequenceEqual(other.Models);
}
