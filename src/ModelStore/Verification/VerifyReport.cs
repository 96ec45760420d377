using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Verification;

/// <summary>What is wrong with a blob.</summary>
public enum BlobProblem
{
    /// <summary>Its content has another digest than its name.</summary>
    Damaged,

    /// <summary>A manifest mentions it, and it is not there.</summary>
    Missing,

    /// <summary>It could not be read.</summary>
    Unreadable,
}

/// <summary>One blob with a problem, and the models that it hits.</summary>
/// <param name="Digest">The blob.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Models">Every model that needs it.</param>
/// <param name="Detail">Where it was set aside to, or why it cannot be read.</param>
public sealed record BlobFinding(Digest Digest, BlobProblem Problem, ImmutableArray<ModelName> Models, string Detail);

/// <summary>What a verification found.</summary>
/// <param name="Findings">Blobs with problems.</param>
/// <param name="Blobs">Blobs that were read.</param>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="UnreadableManifests">Manifest files that could not be understood.</param>
public sealed record VerifyReport(ImmutableArray<BlobFinding> Findings, int Blobs, long Bytes, ImmutableArray<string> UnreadableManifests)
{
    /// <summary>Whether everything is whole.</summary>
    public bool IsClean => Findings.IsEmpty && UnreadableManifests.IsEmpty;
}
