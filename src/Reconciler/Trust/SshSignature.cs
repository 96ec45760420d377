using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Reconciler.Trust;

/// <summary>A signature as <c>ssh-keygen -Y sign</c> makes it, version 1.</summary>
/// <param name="Key">The key that is said to have made it.</param>
/// <param name="Namespace">What it is for.</param>
/// <param name="Hash">Digest of the message that is signed.</param>
/// <param name="Value">The signature itself.</param>
internal sealed record SshSignature(SshPublicKey Key, string Namespace, string Hash, ReadOnlyMemory<byte> Value)
{
    internal const string Begin = "-----BEGIN SSH SIGNATURE-----";

    private const string End = "-----END SSH SIGNATURE-----";
    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "SSHSIG"u8;

    /// <summary>Reads the text of one; null when it is none.</summary>
    internal static SshSignature? Read(string text)
    {
        if (ArmorText.Content(text, Begin, End) is not { } content || ArmorText.Decode(content) is not { } bytes)
            return null;
        var reader = new SshReader(bytes);
        return reader.TryReadBytes(Magic.Length, out var magic) && magic.SequenceEqual(Magic)
            && reader.TryReadNumber(out var version) && version == Version
            && reader.TryReadString(out var blob) && SshPublicKey.TryParse(blob, out var key)
            && reader.TryReadText(out var space) && space.Length > 0
            && reader.TryReadString(out _)
            && reader.TryReadText(out var hash) && hash is "sha256" or "sha512"
            && reader.TryReadString(out var value) && reader.IsAtEnd
            ? new SshSignature(key, space, hash, value.ToArray())
            : null;
    }

    /// <summary>Whether its key made it over the message; null where the kind of key or algorithm is not accepted.</summary>
    internal bool? Verify(ReadOnlySpan<byte> message)
    {
        var digest = Hash == "sha256" ? SHA256.HashData(message) : SHA512.HashData(message);
        using var signed = new MemoryStream();
        signed.Write(Magic);
        foreach (var part in (byte[][])[Encoding.Latin1.GetBytes(Namespace), [], Encoding.Latin1.GetBytes(Hash), digest])
        {
            signed.Write([(byte)(part.Length >> 24), (byte)(part.Length >> 16), (byte)(part.Length >> 8), (byte)part.Length]);
            signed.Write(part);
        }

        return Key.Verify(signed.ToArray(), Value.Span);
    }
}
