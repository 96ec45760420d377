using System.Collections.Immutable;
using System.Globalization;

namespace ModelOps.Reconciler.Trust;

/// <summary>A commit taken apart for the check of its signature.</summary>
/// <param name="Id">Its id, which its bytes have.</param>
/// <param name="Parents">The commits before it; the first is the branch that it stands on.</param>
/// <param name="Author">Mail address of who wrote it.</param>
/// <param name="Committer">Mail address of who committed it.</param>
/// <param name="CommittedAt">When, by its own word.</param>
/// <param name="Payload">The bytes that are signed: all but the signature.</param>
/// <param name="Signature">The signature as text; null when there is none.</param>
/// <param name="Seals">It vouches for everything before it, where a person signed it.</param>
internal sealed record SignedCommit(
    string Id, ImmutableArray<string> Parents, string Author, string Committer, DateTimeOffset CommittedAt, ReadOnlyMemory<byte> Payload,
    string? Signature, bool Seals)
{
    /// <summary>Time as people read it.</summary>
    internal string When => CommittedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
