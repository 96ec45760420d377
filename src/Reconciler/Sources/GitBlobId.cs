using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Reconciler.Sources;

/// <summary>The id of a file in a git repository: SHA-1 of the word <c>blob</c>, the length, a zero byte, and the content.</summary>
internal static class GitBlobId
{
    [SuppressMessage("Security", "CA5350", Justification = "Git's own identity of a file; nothing is trusted because of it.")]
    internal static async Task<string> OfAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {length}\0"));
        var buffer = new byte[128 * 1024];
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
