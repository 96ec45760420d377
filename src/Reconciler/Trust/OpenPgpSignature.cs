using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace ModelOps.Reconciler.Trust;

/// <summary>
/// A signature as <c>gpg --detach-sign</c> makes it: one packet in armour. Packets are looked at before the library reads them, so that
/// nothing compressed, nested or of another kind ever reaches it.
/// </summary>
internal static class OpenPgpSignature
{
    internal const string Begin = "-----BEGIN PGP SIGNATURE-----";

    private const string End = "-----END PGP SIGNATURE-----";
    private const int SignatureTag = 2;

    /// <summary>Reads the text of one; null when it is none.</summary>
    internal static PgpSignature? Read(string text)
    {
        if (ArmorText.Content(text, Begin, End) is not { } lines)
            return null;

        // Headers end with an empty line, the base64 with a checksum that nothing depends on.
        var blank = Array.IndexOf(lines, "");
        var content = lines[(blank + 1)..].TakeWhile(line => !line.StartsWith('='));
        if (blank < 0 || ArmorText.Decode(content) is not { Length: > 0 } bytes || !IsOneSignature(bytes))
            return null;
        return Guarded(() => new PgpObjectFactory(bytes).NextPgpObject() is PgpSignatureList { Count: 1 } list ? list[0] : null);
    }

    /// <summary>Whether a key made it over the data.</summary>
    internal static bool Verify(PgpSignature signature, PgpPublicKey key, ReadOnlyMemory<byte> data) => Guarded(() =>
    {
        signature.InitVerify(key);
        signature.Update(data.ToArray());
        return signature.Verify();
    });

    /// <summary>A digest that nobody can make two messages of.</summary>
    internal static bool HasStrongDigest(PgpSignature signature) =>
        signature.HashAlgorithm is HashAlgorithmTag.Sha256 or HashAlgorithmTag.Sha384 or HashAlgorithmTag.Sha512;

    /// <summary>What the library throws for bytes that are not what they claim to be is an answer, too: there is no such thing.</summary>
    internal static T? Guarded<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
#pragma warning disable CA1031 // The library has no closed set of exceptions for what others have written.
        catch (Exception)
#pragma warning restore CA1031
        {
            return default;
        }
    }

    /// <summary>One packet, of a signature, that is as long as all of it.</summary>
    private static bool IsOneSignature(ReadOnlySpan<byte> bytes)
    {
        var first = bytes[0];
        if ((first & 0x80) == 0)
            return false;
        if ((first & 0x40) != 0)
            return (first & 0x3F) == SignatureTag && NewLength(bytes[1..]) is { } found && found == bytes.Length - 1;
        var size = (first & 3) switch { 0 => 1, 1 => 2, 2 => 4, _ => 0 };
        if (((first >> 2) & 0x0F) != SignatureTag || size == 0 || bytes.Length < 1 + size)
            return false;
        var length = 0L;
        foreach (var part in bytes.Slice(1, size))
            length = (length << 8) | part;
        return length == bytes.Length - 1 - size;
    }

    /// <summary>A length of the newer form, with the bytes that it takes itself; null where it is one in parts.</summary>
    private static long? NewLength(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [< 192 and var one, ..] => 1 + one,
        [>= 192 and < 224 and var high, var low, ..] => 2 + ((high - 192) << 8) + low + 192,
        [255, var a, var b, var c, var d, ..] => 5 + (((long)a << 24) | ((long)b << 16) | ((long)c << 8) | d),
        _ => null,
    };
}
