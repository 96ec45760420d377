using System.Security.Cryptography;

namespace ModelOps.ModelStore.Names;

/// <summary>The SHA-256 of a blob's content.</summary>
/// <remarks>Digests that we compute are lower case. One that was read keeps its case, as the reference's file names do.</remarks>
public readonly record struct Digest
{
    private const int HexLength = 64;

    private readonly string? _hex;

    private Digest(string hex) => _hex = hex;

    /// <summary>The 64 hex digits.</summary>
    public string Hex => _hex ?? throw new InvalidOperationException("This digest was never set.");

    /// <summary>Whether this is the <c>default</c> value, which is not a digest.</summary>
    public bool IsDefault => _hex is null;

    /// <summary>Name of the blob's file: <c>sha256-…</c>.</summary>
    public string FileName => "sha256-" + Hex;

    /// <summary>The first twelve hex digits, as progress lines show them.</summary>
    public string Short => Hex[..12];

    /// <summary>Digest of some bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <summary>Digest from the 32 bytes of a finished hash.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) => new(Convert.ToHexStringLower(hash));

    /// <summary>Reads <c>sha256:</c> or <c>sha256-</c> and 64 hex digits of either case.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length != 7 + HexLength
            || !text.StartsWith("sha256", StringComparison.Ordinal) || text[6] is not (':' or '-'))
        {
            return false;
        }

        var hex = text[7..];
        if (!hex.All(char.IsAsciiHexDigit))
            return false;
        digest = new Digest(hex);
        return true;
    }

    /// <summary>Reads a digest that is known to be one.</summary>
    /// <exception cref="FormatException">It is not a digest.</exception>
    public static Digest Parse(string text) => TryParse(text, out var digest) ? digest : throw new FormatException("invalid digest format");

    /// <summary><c>sha256:…</c>, or empty for the default value.</summary>
    public override string ToString() => _hex is null ? "" : "sha256:" + _hex;
}
