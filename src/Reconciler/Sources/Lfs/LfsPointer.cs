using System.Globalization;
using System.Text;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>The small text that git LFS leaves in a repository in the place of a large file.</summary>
/// <param name="Hex">SHA-256 of the content, 64 hexadecimal digits in lower case.</param>
/// <param name="Size">Bytes of the content.</param>
internal sealed record LfsPointer(string Hex, long Size)
{
    /// <summary>A file of this size or larger is no pointer.</summary>
    internal const int MostBytes = 1024;

    private const int HexDigits = 64;

    /// <summary>Whether a text claims to be a pointer, however badly written.</summary>
    internal static bool IsClaimedBy(ReadOnlySpan<byte> content) => content.StartsWith("version https://git-lfs.github.com/spec/"u8);

    /// <summary>The pointer; null when the text is none that can be used.</summary>
    internal static LfsPointer? Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length >= MostBytes || !IsClaimedBy(content))
            return null;
        string? hex = null;
        long? size = null;
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            if (line.StartsWith("oid ", StringComparison.Ordinal))
            {
                if (hex is not null || !line.StartsWith("oid sha256:", StringComparison.Ordinal))
                    return null;
                hex = line["oid sha256:".Length..];
            }
            else if (line.StartsWith("size ", StringComparison.Ordinal))
            {
                if (size is not null || !long.TryParse(line.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
                    return null;
                size = bytes;
            }
        }

        return hex is { Length: HexDigits } && hex.All(char.IsAsciiHexDigitLower) && size > 0 ? new LfsPointer(hex, size.Value) : null;
    }
}
