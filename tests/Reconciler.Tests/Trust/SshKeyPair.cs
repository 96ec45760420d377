using System.Security.Cryptography;
using System.Text;
using ModelOps.Reconciler.Trust;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace ModelOps.Reconciler.Tests.Trust;

/// <summary>A key of ssh that was made here, and what <c>ssh-keygen -Y sign</c> would write with it.</summary>
internal sealed class SshKeyPair
{
    private readonly Func<byte[], byte[]> _sign;

    private SshKeyPair(string type, byte[] blob, Func<byte[], byte[]> sign) => (Type, Blob, _sign) = (type, blob, sign);

    internal string Type { get; }

    internal byte[] Blob { get; }

    internal string Fingerprint => SshPublicKey.TryParse(Blob, out var key) ? key.Fingerprint : "";

    /// <summary>A line of a file of allowed signers.</summary>
    internal string Line(string principals, string options = "") =>
        $"{principals} {(options.Length > 0 ? options + " " : "")}{Type} {Convert.ToBase64String(Blob)} made by a test\n";

    internal static SshKeyPair Ed25519()
    {
        var key = new Ed25519PrivateKeyParameters(new SecureRandom());
        const string type = "ssh-ed25519";
        return new SshKeyPair(type, Strings(Text(type), key.GeneratePublicKey().GetEncoded()), data =>
        {
            var signature = new byte[64];
            key.Sign(Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.Algorithm.Ed25519, null, data, 0, data.Length, signature, 0);
            return Strings(Text(type), signature);
        });
    }

    /// <param name="size">256, 384 or 521.</param>
    internal static SshKeyPair Curve(int size)
    {
        var (curve, hash) = size switch
        {
            256 => (ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256),
            384 => (ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
            _ => (ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512),
        };
        var key = ECDsa.Create(curve);
        var point = key.ExportParameters(false).Q;
        var type = $"ecdsa-sha2-nistp{size}";
        return new SshKeyPair(type, Strings(Text(type), Text($"nistp{size}"), [4, .. point.X!, .. point.Y!]), data =>
        {
            var both = key.SignData(data, hash);
            return Strings(Text(type), Strings(Number(both[..(both.Length / 2)]), Number(both[(both.Length / 2)..])));
        });
    }

    internal static SshKeyPair Rsa(int bits = 2048, string algorithm = "rsa-sha2-512")
    {
        var key = RSA.Create(bits);
        var numbers = key.ExportParameters(false);
        var hash = algorithm switch
        {
            "rsa-sha2-512" => HashAlgorithmName.SHA512,
            "rsa-sha2-256" => HashAlgorithmName.SHA256,
            _ => HashAlgorithmName.SHA1,
        };
        return new SshKeyPair(
            "ssh-rsa", Strings(Text("ssh-rsa"), Number(numbers.Exponent!), Number(numbers.Modulus!)),
            data => Strings(Text(algorithm), key.SignData(data, hash, RSASignaturePadding.Pkcs1)));
    }

    /// <summary>A key in a token, whose user touched it or did not.</summary>
    internal static SshKeyPair Token(bool isTouched = true)
    {
        var key = new Ed25519PrivateKeyParameters(new SecureRandom());
        const string type = "sk-ssh-ed25519@openssh.com";
        return new SshKeyPair(type, Strings(Text(type), key.GeneratePublicKey().GetEncoded(), Text("ssh:")), data =>
        {
            byte[] state = [(byte)(isTouched ? 1 : 0), 0, 0, 0, 7];
            byte[] message = [.. SHA256.HashData(Text("ssh:")), .. state, .. SHA256.HashData(data)];
            var signature = new byte[64];
            key.Sign(Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.Algorithm.Ed25519, null, message, 0, message.Length, signature, 0);
            return [.. Strings(Text(type), signature), .. state];
        });
    }

    internal string Sign(byte[] message, string purpose = "git", string hash = "sha512")
    {
        var digest = hash == "sha512" ? SHA512.HashData(message) : SHA256.HashData(message);
        byte[] signed = [.. "SSHSIG"u8, .. Strings(Text(purpose), [], Text(hash), digest)];
        byte[] whole = [.. "SSHSIG"u8, 0, 0, 0, 1, .. Strings(Blob, Text(purpose), [], Text(hash), _sign(signed))];
        var lines = Convert.ToBase64String(whole).Chunk(70).Select(line => new string(line));
        return $"-----BEGIN SSH SIGNATURE-----\n{string.Join('\n', lines)}\n-----END SSH SIGNATURE-----";
    }

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Strings(params byte[][] parts) =>
    [
        .. parts.SelectMany(part =>
            (byte[])[(byte)(part.Length >> 24), (byte)(part.Length >> 16), (byte)(part.Length >> 8), (byte)part.Length, .. part]),
    ];

    /// <summary>A positive number as ssh writes one.</summary>
    private static byte[] Number(byte[] bytes)
    {
        var trimmed = bytes.SkipWhile(part => part == 0).ToArray();
        return trimmed is [>= 0x80, ..] ? [0, .. trimmed] : trimmed;
    }
}
