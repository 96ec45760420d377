using System.Collections.Immutable;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace ModelOps.Reconciler.Trust;

/// <summary>
/// Finds out what the keys of one OpenPGP certificate may do: every statement about a key counts only where the key itself, or its primary
/// key, has signed it.
/// </summary>
internal static class OpenPgpKeyReader
{
    private const int MaySign = 0x02;

    internal static OpenPgpKey Read(PgpPublicKeyRing ring)
    {
        var primary = ring.GetPublicKey();
        var own = OwnStatements(primary).ToArray();
        var users = primary.GetUserIds().Where(user => IsUser(primary, user)).ToImmutableArray();
        var revoked = RevocationOf(primary.GetSignaturesOfType(PgpSignature.KeyRevocation), Certifies(primary));
        var keys = ImmutableArray.CreateBuilder<OpenPgpSigningKey>();
        if (Newest(own) is { } statement && MaySignBy(statement, otherwise: true))
            keys.Add(new OpenPgpSigningKey(primary, EndOf(primary, statement), revoked));
        foreach (var subkey in ring.GetPublicKeys().Where(key => !key.IsMasterKey))
        {
            if (Newest(BindingsOf(primary, subkey)) is not { } binding || !MaySignBy(binding, otherwise: false)
                || !IsBoundBack(primary, subkey, binding))
            {
                continue;
            }

            var gone = RevocationOf(subkey.GetSignaturesOfType(PgpSignature.SubkeyRevocation), Binds(primary, subkey));
            var ends = Earlier(EndOf(subkey, binding), Newest(own) is { } whole ? EndOf(primary, whole) : null);
            keys.Add(new OpenPgpSigningKey(subkey, ends, Earlier(gone, revoked)));
        }

        return new OpenPgpKey(Convert.ToHexString(primary.GetFingerprint()), users, keys.ToImmutable());
    }

    /// <summary>What the primary key says of itself: with its user ids, or directly.</summary>
    private static IEnumerable<PgpSignature> OwnStatements(PgpPublicKey primary) => primary.GetUserIds()
        .SelectMany(user => Certifications(primary, user).Where(signature => signature.IsCertification()))
        .Concat(primary.GetSignaturesOfType(PgpSignature.DirectKey).Where(Certifies(primary)));

    /// <summary>A user id counts while the newest statement of the key about it is not that it is revoked.</summary>
    private static bool IsUser(PgpPublicKey primary, string user) =>
        Newest(Certifications(primary, user)) is { } newest && newest.SignatureType != PgpSignature.CertificationRevocation;

    private static IEnumerable<PgpSignature> Certifications(PgpPublicKey primary, string user) => primary.GetSignaturesForId(user)
        .Where(signature => signature.KeyId == primary.KeyId
            && (signature.IsCertification() || signature.SignatureType == PgpSignature.CertificationRevocation)
            && Holds(signature, primary, () => signature.VerifyCertification(user, primary)));

    private static Func<PgpSignature, bool> Certifies(PgpPublicKey primary) =>
        signature => Holds(signature, primary, () => signature.VerifyCertification(primary));

    private static IEnumerable<PgpSignature> BindingsOf(PgpPublicKey primary, PgpPublicKey subkey) =>
        subkey.GetSignaturesOfType(PgpSignature.SubkeyBinding).Where(Binds(primary, subkey));

    private static Func<PgpSignature, bool> Binds(PgpPublicKey primary, PgpPublicKey subkey) =>
        signature => Holds(signature, primary, () => signature.VerifyCertification(primary, subkey));

    /// <summary>A subkey that signs says itself whose it is. Else anybody could claim the subkey of somebody else.</summary>
    private static bool IsBoundBack(PgpPublicKey primary, PgpPublicKey subkey, PgpSignature binding) =>
        new[] { binding.GetHashedSubPackets(), binding.GetUnhashedSubPackets() }
            .Where(packets => packets is not null)
            .SelectMany(packets => OpenPgpSignature.Guarded(packets.GetEmbeddedSignatures) is { } found
                ? Enumerable.Range(0, found.Count).Select(index => found[index])
                : [])
            .Any(signature => signature.SignatureType == PgpSignature.PrimaryKeyBinding
                && Holds(signature, subkey, () => signature.VerifyCertification(primary, subkey)));

    private static bool Holds(PgpSignature signature, PgpPublicKey by, Func<bool> verify) => OpenPgpSignature.Guarded(() =>
    {
        signature.InitVerify(by);
        return verify();
    });

    private static PgpSignature? Newest(IEnumerable<PgpSignature> signatures) => signatures.MaxBy(signature => signature.CreationTime);

    private static bool MaySignBy(PgpSignature statement, bool otherwise) =>
        statement.GetHashedSubPackets() is { } packets && packets.HasSubpacket(SignatureSubpacketTag.KeyFlags)
            ? (packets.GetKeyFlags() & MaySign) != 0
            : otherwise;

    private static DateTimeOffset? EndOf(PgpPublicKey key, PgpSignature statement) =>
        statement.GetHashedSubPackets()?.GetKeyExpirationTime() is > 0 and var seconds
            ? OpenPgpSigningKey.Utc(key.CreationTime).AddSeconds(seconds)
            : null;

    /// <summary>
    /// When a key was revoked. One that was replaced or retired was good until then; one that was lost, or of which nothing is said, may
    /// always have been another's.
    /// </summary>
    private static DateTimeOffset? RevocationOf(IEnumerable<PgpSignature> signatures, Func<PgpSignature, bool> holds)
    {
        DateTimeOffset? earliest = null;
        foreach (var signature in signatures.Where(holds))
        {
            var reason = signature.GetHashedSubPackets()?.GetSubpacket(SignatureSubpacketTag.RevocationReason) as RevocationReason;
            var since = reason?.GetRevocationReason() is RevocationReasonTag.KeySuperseded or RevocationReasonTag.KeyRetired
                ? OpenPgpSigningKey.Utc(signature.CreationTime)
                : DateTimeOffset.MinValue;
            earliest = Earlier(earliest, since);
        }

        return earliest;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null || one < other ? one : other;
}
