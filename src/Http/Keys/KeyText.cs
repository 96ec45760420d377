using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Http.Keys;

/// <summary>A key as text: <c>mo_</c>, ten hexadecimal digits to find it by, <c>_</c>, and 256 random bits.</summary>
public static class KeyText
{
    /// <summary>What every key begins with, so that it is known where it does not belong.</summary>
    public const string Prefix = "mo_";

    private const int IdBytes = 5;
    private const int IdLength = 2 * IdBytes;
    private const int SecretBytes = 32;
    private const int SecretLength = 43;
    private const int Length = 3 + IdLength + 1 + SecretLength;
    private const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>A new key, and what is kept of it.</summary>
    /// <returns>The key; what it is found by; its hash.</returns>
    public static (string Text, string Id, string Hash) Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var text = $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
        return (text, id, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text))));
    }

    /// <summary>What a text is found by; null when it cannot be a key.</summary>
    internal static string? IdOf(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length + IdLength] == '_'
            && text.AsSpan(Prefix.Length + IdLength).IndexOfAnyExcept(Letters) < 0
            ? text.Substring(Prefix.Length, IdLength)
            : null;

    /// <summary>Whether a text has a hash, in a time that does not depend on where they differ.</summary>
    /// <param name="text">A key, of ASCII letters.</param>
    /// <param name="hash">The hash; null is like none.</param>
    internal static bool Matches(string text, ReadOnlySpan<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Span<byte> computed = stackalloc byte[HashBytes];
        SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(text, bytes)], computed);
        Span<byte> nothing = stackalloc byte[HashBytes];
        nothing.Clear();
        return CryptographicOperations.FixedTimeEquals(computed, hash.Length == HashBytes ? hash : nothing);
    }

    /// <summary>A text has something in it that looks like a key.</summary>
    internal static bool IsIn(string text)
    {
        for (var at = text.IndexOf(Prefix, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Prefix, at + 1, StringComparison.Ordinal))
        {
            if (at + Length <= text.Length && IdOf(text.Substring(at, Length)) is not null)
                return true;
        }

        return false;
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
}
