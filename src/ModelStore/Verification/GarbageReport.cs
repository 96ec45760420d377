using System.Collections.Immutable;

namespace ModelOps.ModelStore.Verification;

/// <summary>Why a file is garbage.</summary>
public enum GarbageKind
{
    /// <summary>A blob that no manifest mentions.</summary>
    UnusedBlob,

    /// <summary>A file whose writing was broken off.</summary>
    Temporary,

    /// <summary>A download that was given up.</summary>
    AbandonedDownload,
}

/// <summary>One file that was removed, or would be.</summary>
public sealed record GarbageItem(GarbageKind Kind, string Path, long Size);

/// <summary>What a collection found.</summary>
/// <param name="Items">The garbage.</param>
/// <param name="Removed">Whether it is gone; false for a dry run and where <paramref name="Reason"/> says so.</param>
/// <param name="Reason">Why nothing or not all was looked at; empty when everything was.</param>
public sealed record GarbageReport(ImmutableArray<GarbageItem> Items, bool Removed, string Reason)
{
    /// <summary>Bytes of all items.</summary>
    public long Bytes => Items.Sum(item => item.Size);
}
