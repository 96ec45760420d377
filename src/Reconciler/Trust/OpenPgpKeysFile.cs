using System.Collections.Immutable;
using System.Text;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace ModelOps.Reconciler.Trust;

/// <summary>Reads a file of OpenPGP public keys: in armour, several blocks after each other, or as they are.</summary>
internal static class OpenPgpKeysFile
{
    private const string Begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

    internal static bool IsArmoured(ReadOnlySpan<byte> content) => content.IndexOf(Encoding.ASCII.GetBytes(Begin)) >= 0;

    /// <summary>Reads all keys.</summary>
    /// <exception cref="TrustException">There is no key in it, or what is there cannot be read.</exception>
    internal static ImmutableArray<OpenPgpKey> Read(byte[] content, string file)
    {
        try
        {
            var keys = Blocks(content).SelectMany(RingsOf).Select(OpenPgpKeyReader.Read).ToImmutableArray();
            return keys.IsEmpty
                ? throw new TrustException($"{file} has no OpenPGP public key; write it with 'gpg --armor --export'")
                : keys;
        }
#pragma warning disable CA1031 // The library has no closed set of exceptions for what it cannot read.
        catch (Exception error) when (error is not TrustException)
#pragma warning restore CA1031
        {
            throw new TrustException($"{file} is no file of OpenPGP public keys ({error.Message.TrimEnd('.')})", error);
        }
    }

    private static IEnumerable<byte[]> Blocks(byte[] content)
    {
        if (!IsArmoured(content))
            return [content];
        var text = Encoding.ASCII.GetString(content);
        return text.Split(Begin).Skip(1).Select(block => Encoding.ASCII.GetBytes(Begin + block));
    }

    private static IEnumerable<PgpPublicKeyRing> RingsOf(byte[] block)
    {
        using var input = PgpUtilities.GetDecoderStream(new MemoryStream(block));
        return [.. new PgpPublicKeyRingBundle(input).GetKeyRings()];
    }
}
