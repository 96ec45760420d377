using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace ModelOps.Reconciler.Tests.Trust;

/// <summary>An OpenPGP key that was made here, with subkeys, and what <c>gpg --detach-sign</c> would write with it.</summary>
internal sealed class OpenPgpKeyPair
{
    private const int Certifies = 1;
    private const int Signs = 2;

    private readonly PgpKeyPair _primary;
    private readonly string _user;
    private readonly PgpSignatureSubpacketVector _packets;
    private readonly List<(PgpKeyPair Key, PgpSignatureSubpacketVector Packets)> _subkeys = [];
    private PgpSignature? _revocation;

    internal OpenPgpKeyPair(string user, DateTime made, TimeSpan? validFor = null, bool isRsa = false)
    {
        (_user, Made) = (user, made);
        _primary = Pair(isRsa, made);
        _packets = Packets(made, Certifies | Signs, validFor).Generate();
    }

    internal DateTime Made { get; }

    internal string Fingerprint => Convert.ToHexString(_primary.PublicKey.GetFingerprint());

    /// <summary>Adds a subkey that signs, and whose statement that it belongs here is there or missing.</summary>
    internal OpenPgpKeyPair WithSubkey(bool isBoundBack = true, TimeSpan? validFor = null)
    {
        var subkey = Pair(isRsa: false, Made);
        var packets = Packets(Made, Signs, validFor);
        if (isBoundBack)
        {
            var back = new PgpSignatureGenerator(subkey.PublicKey.Algorithm, HashAlgorithmTag.Sha512);
            back.InitSign(PgpSignature.PrimaryKeyBinding, subkey.PrivateKey);
            packets.AddEmbeddedSignature(isCritical: false, back.GenerateCertification(_primary.PublicKey, subkey.PublicKey));
        }

        _subkeys.Add((subkey, packets.Generate()));
        return this;
    }

    /// <summary>Revokes the whole key.</summary>
    internal OpenPgpKeyPair Revoked(DateTime at, RevocationReasonTag reason)
    {
        var packets = new PgpSignatureSubpacketGenerator();
        packets.SetSignatureCreationTime(isCritical: false, at);
        packets.SetRevocationReason(isCritical: false, reason, "by a test");
        var generator = new PgpSignatureGenerator(_primary.PublicKey.Algorithm, HashAlgorithmTag.Sha512);
        generator.InitSign(PgpSignature.KeyRevocation, _primary.PrivateKey);
        generator.SetHashedSubpackets(packets.Generate());
        _revocation = generator.GenerateCertification(_primary.PublicKey);
        return this;
    }

    /// <summary>As <c>gpg --armor --export</c> writes it.</summary>
    internal byte[] Export()
    {
        using var output = new MemoryStream();
        using (var armour = new ArmoredOutputStream(output))
        {
            Ring().Encode(armour);
        }

        return output.ToArray();
    }

    /// <param name="message">What is signed.</param>
    /// <param name="at">When.</param>
    /// <param name="withSubkey">By the first subkey.</param>
    /// <param name="hash">The digest.</param>
    internal string Sign(byte[] message, DateTime at, bool withSubkey = false, HashAlgorithmTag hash = HashAlgorithmTag.Sha512)
    {
        var key = withSubkey ? _subkeys[0].Key : _primary;
        var generator = new PgpSignatureGenerator(key.PublicKey.Algorithm, hash);
        generator.InitSign(PgpSignature.BinaryDocument, key.PrivateKey);
        var packets = new PgpSignatureSubpacketGenerator();
        packets.SetSignatureCreationTime(isCritical: false, at);
        packets.SetIssuerKeyID(isCritical: false, key.KeyId);
        generator.SetHashedSubpackets(packets.Generate());
        generator.Update(message);
        using var output = new MemoryStream();
        using (var armour = new ArmoredOutputStream(output))
            generator.Generate().Encode(armour);
        return Encoding.ASCII.GetString(output.ToArray()).Replace("\r", "", StringComparison.Ordinal).TrimEnd('\n');
    }

    private PgpPublicKeyRing Ring()
    {
        var generator = new PgpKeyRingGenerator(
            PgpSignature.PositiveCertification, _primary, _user, SymmetricKeyAlgorithmTag.Null, Array.Empty<char>(), useSha1: false,
            _packets, null, new SecureRandom());
        foreach (var (key, packets) in _subkeys)
            generator.AddSubKey(key, packets, null);
        var ring = generator.GeneratePublicKeyRing();
        return _revocation is null
            ? ring
            : PgpPublicKeyRing.InsertPublicKey(ring, PgpPublicKey.AddCertification(ring.GetPublicKey(), _revocation));
    }

    private static PgpSignatureSubpacketGenerator Packets(DateTime at, int flags, TimeSpan? validFor)
    {
        var packets = new PgpSignatureSubpacketGenerator();
        packets.SetSignatureCreationTime(isCritical: false, at);
        packets.SetKeyFlags(isCritical: false, flags);
        if (validFor is { } time)
            packets.SetKeyExpirationTime(isCritical: false, (long)time.TotalSeconds);
        return packets;
    }

    private static PgpKeyPair Pair(bool isRsa, DateTime made)
    {
        if (isRsa)
        {
            var generator = new RsaKeyPairGenerator();
            generator.Init(new RsaKeyGenerationParameters(BigInteger.ValueOf(65537), new SecureRandom(), 2048, 20));
            return new PgpKeyPair(PublicKeyAlgorithmTag.RsaGeneral, generator.GenerateKeyPair(), made);
        }

        var edwards = new Ed25519PrivateKeyParameters(new SecureRandom());
        return new PgpKeyPair(
            PublicKeyAlgorithmTag.EdDsa_Legacy, new AsymmetricCipherKeyPair(edwards.GeneratePublicKey(), edwards), made);
    }
}
