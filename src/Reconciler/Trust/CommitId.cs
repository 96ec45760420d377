using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Reconciler.Trust;

/// <summary>The id of a commit: the digest of the word <c>commit</c>, the length, a zero byte, and its bytes.</summary>
public static class CommitId
{
    private const int Sha256Digits = 64;

    /// <summary>The id, in hexadecimal digits.</summary>
    /// <param name="bytes">The commit.</param>
    /// <param name="digits">How many digits ids of the repository have: 40, or 64.</param>
    [SuppressMessage("Security", "CA5350", Justification = "Git's own identity of a commit; the signature is what is trusted.")]
    public static string Of(ReadOnlySpan<byte> bytes, int digits)
    {
        using var hash = IncrementalHash.CreateHash(digits == Sha256Digits ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"commit {bytes.Length}\0")));
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
