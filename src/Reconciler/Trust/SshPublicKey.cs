using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace ModelOps.Reconciler.Trust;

/// <summary>A public key of ssh.</summary>
/// <param name="Type">Its kind, such as <c>ssh-ed25519</c>.</param>
/// <param name="Blob">The key as it goes over the wire.</param>
internal sealed record SshPublicKey(string Type, ReadOnlyMemory<byte> Blob)
{
    private const int LongestKey = 16 << 10;
    private const int SmallestRsa = 2048;
    private const int LargestRsa = 16384;
    private const byte UserWasPresent = 1;

    /// <summary>As <c>ssh-keygen -l</c> shows it.</summary>
    internal string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Blob.Span)).TrimEnd('=');

    internal static bool TryParse(ReadOnlySpan<byte> blob, [NotNullWhen(true)] out SshPublicKey? key)
    {
        key = blob.Length <= LongestKey && new SshReader(blob).TryReadText(out var type) && type.Length > 0
            ? new SshPublicKey(type, blob.ToArray())
            : null;
        return key is not null;
    }

    /// <summary>Whether a signature is one of this key over the data; null where the kind of key or algorithm is not accepted.</summary>
    internal bool? Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var key = new SshReader(Blob.Span);
        var signed = new SshReader(signature);
        if (!key.TryReadText(out _) || !signed.TryReadText(out var algorithm) || !signed.TryReadString(out var value))
            return false;
        return Type switch
        {
            "ssh-ed25519" => algorithm == Type && signed.IsAtEnd && VerifyEd25519(ref key, data, value),
            "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521" =>
                algorithm == Type && signed.IsAtEnd && VerifyCurve(ref key, Type["ecdsa-sha2-".Length..], data, value),
            "ssh-rsa" => VerifyRsa(ref key, algorithm, data, value) is { } result ? result && signed.IsAtEnd : null,
            "sk-ssh-ed25519@openssh.com" => algorithm == Type && VerifyToken(ref key, ref signed, data, value, isCurve: false),
            "sk-ecdsa-sha2-nistp256@openssh.com" => algorithm == Type && VerifyToken(ref key, ref signed, data, value, isCurve: true),
            _ => null,
        };
    }

    private static bool VerifyEd25519(ref SshReader key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        key.TryReadString(out var point) && point.Length == Ed25519.PublicKeySize && signature.Length == Ed25519.SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, point.ToArray(), 0, data.ToArray(), 0, data.Length);

    private static bool VerifyCurve(ref SshReader key, string name, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var (curve, hash, size) = name switch
        {
            "nistp256" => (ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256, 32),
            "nistp384" => (ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384, 48),
            _ => (ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512, 66),
        };
        var numbers = new SshReader(signature);
        if (!key.TryReadText(out var written) || written != name || !key.TryReadString(out var point)
            || point.Length != 1 + (2 * size) || point[0] != 4
            || !numbers.TryReadInteger(out var r) || !numbers.TryReadInteger(out var s) || !numbers.IsAtEnd
            || r.Length > size || s.Length > size)
        {
            return false;
        }

        var both = new byte[2 * size];
        r.CopyTo(both.AsSpan(size - r.Length));
        s.CopyTo(both.AsSpan((2 * size) - s.Length));
        try
        {
            using var verifier = ECDsa.Create(new ECParameters
            {
                Curve = curve,
                Q = new ECPoint { X = point.Slice(1, size).ToArray(), Y = point[(1 + size)..].ToArray() },
            });
            return verifier.VerifyData(data, both, hash);
        }
        catch (CryptographicException)
        {
            // The point is not on the curve.
            return false;
        }
    }

    private static bool? VerifyRsa(ref SshReader key, string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!key.TryReadInteger(out var exponent) || !key.TryReadInteger(out var modulus))
            return false;

        // The algorithm that has the name of the key's kind signs SHA-1.
        HashAlgorithmName? hash = algorithm switch
        {
            "rsa-sha2-256" => HashAlgorithmName.SHA256,
            "rsa-sha2-512" => HashAlgorithmName.SHA512,
            _ => null,
        };
        if (hash is null || modulus.Length * 8 is < SmallestRsa or > LargestRsa || exponent.Length > 8)
            return null;
        if (signature.Length > modulus.Length)
            return false;
        var whole = new byte[modulus.Length];
        signature.CopyTo(whole.AsSpan(modulus.Length - signature.Length));
        try
        {
            using var verifier = RSA.Create(new RSAParameters { Exponent = exponent.ToArray(), Modulus = modulus.ToArray() });
            return verifier.VerifyData(data, whole, hash.Value, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>A key in a token signs its application, what its user did, a counter and the digest of the data.</summary>
    private static bool VerifyToken(
        ref SshReader key, ref SshReader signed, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, bool isCurve)
    {
        var whole = key;
        if ((isCurve && !key.TryReadString(out _)) || !key.TryReadString(out _) || !key.TryReadString(out var application)
            || !key.IsAtEnd || !signed.TryReadBytes(5, out var flagsAndCounter) || !signed.IsAtEnd
            || (flagsAndCounter[0] & UserWasPresent) == 0)
        {
            return false;
        }

        byte[] message = [.. SHA256.HashData(application), .. flagsAndCounter, .. SHA256.HashData(data)];
        return isCurve ? VerifyCurve(ref whole, "nistp256", message, signature) : VerifyEd25519(ref whole, message, signature);
    }
}
