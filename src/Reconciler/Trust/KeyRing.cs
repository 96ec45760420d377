using System.Collections.Immutable;
using System.Globalization;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace ModelOps.Reconciler.Trust;

/// <summary>Keys, and what they say of the signature of a commit.</summary>
internal sealed record KeyRing(ImmutableArray<AllowedSigner> Signers, ImmutableArray<OpenPgpKey> Certificates)
{
    private const string Purpose = "git";

    internal static KeyRing Empty { get; } = new([], []);

    /// <summary>One of the keys counts for a mail address.</summary>
    internal bool Covers(string mail) =>
        Signers.Any(signer => signer.Covers(mail)) || Certificates.Any(certificate => certificate.Covers(mail));

    /// <summary>What an ssh signature is worth. Null when the key is none of these.</summary>
    internal KeyVerdict? Judge(SshSignature signature, SignedCommit commit)
    {
        var key = signature.Key.Fingerprint;
        var lines = Signers.Where(signer => signer.Key.Blob.Span.SequenceEqual(signature.Key.Blob.Span)).ToArray();
        if (lines.Length == 0)
            return null;
        if (signature.Namespace != Purpose)
            return Bad(SignatureRule.WrongSignature, $"has a signature that was made for '{signature.Namespace}' and not for git");
        lines = [.. lines.Where(signer => signer.IsFor(Purpose))];
        if (lines.Length == 0)
            return Bad(SignatureRule.UnknownKey, "is signed with a key that is not trusted for the namespace git");
        var verified = signature.Verify(commit.Payload.Span);
        if (verified is null)
            return Bad(SignatureRule.Unsupported, $"has a signature of a kind that is not accepted ({signature.Key.Type})");
        if (verified == false)
            return Bad(SignatureRule.WrongSignature, "has a signature that is not one of its key over this commit");
        var valid = lines.Where(signer => signer.IsValidAt(commit.CommittedAt)).ToArray();
        if (valid.Length == 0)
            return Bad(SignatureRule.KeyNotValid, $"is signed with a key that was not valid at its time ({commit.When})");
        return valid.Any(signer => signer.Covers(commit.Committer))
            ? new KeyVerdict(SignatureRule.Trusted, key, $"is signed by {commit.Committer} with the ssh key {key}")
            : Bad(
                SignatureRule.CommitterNotAllowed,
                $"was committed by {commit.Committer}, and its key is one of "
                + string.Join(" and ", valid.SelectMany(one => one.Principals)));

        KeyVerdict Bad(SignatureRule rule, string text) => new(rule, key, text);
    }

    /// <summary>What an OpenPGP signature is worth. Null when the key is none of these.</summary>
    internal KeyVerdict? Judge(PgpSignature signature, SignedCommit commit)
    {
        var found = Certificates.SelectMany(whole => whole.Keys.Select(key => (Whole: whole, Signing: key)))
            .FirstOrDefault(pair => pair.Signing.Key.KeyId == signature.KeyId);
        if (found is not ({ } certificate, { } signing))
            return null;
        KeyVerdict Bad(SignatureRule rule, string text) => new(rule, signing.Fingerprint, text);
        if (signature.SignatureType != PgpSignature.BinaryDocument || !OpenPgpSignature.HasStrongDigest(signature))
            return Bad(SignatureRule.Unsupported, $"has a signature of a kind that is not accepted ({signature.HashAlgorithm})");
        if (signature.GetHashedSubPackets() is not { } packets || !packets.HasSubpacket(SignatureSubpacketTag.CreationTime))
            return Bad(SignatureRule.Malformed, "has a signature that does not say when it was made");
        if (!OpenPgpSignature.Verify(signature, signing.Key, commit.Payload))
            return Bad(SignatureRule.WrongSignature, "has a signature that is not one of its key over this commit");
        if (packets.GetSignatureExpirationTime() > 0)
            return Bad(SignatureRule.KeyNotValid, "has a signature that expires, which is not accepted");
        if (signing.Refuses(OpenPgpSigningKey.Utc(signature.CreationTime)) is { } refusal)
            return refusal;
        return certificate.Covers(commit.Committer)
            ? new KeyVerdict(
                SignatureRule.Trusted, signing.Fingerprint, $"is signed by {commit.Committer} with the OpenPGP key {signing.Fingerprint}")
            : Bad(
                SignatureRule.CommitterNotAllowed, $"was committed by {commit.Committer}, and its key is one of {certificate.Name}");
    }

    /// <summary>The keys for people.</summary>
    internal IEnumerable<TrustedKey> Describe(bool isForge) => Signers
        .Select(signer => new TrustedKey(
            "ssh", signer.Key.Fingerprint, string.Join(",", signer.Principals), Until(signer.ValidBefore, revoked: null), isForge))
        .Concat(Certificates.SelectMany(whole => whole.Keys.Select(key => new TrustedKey(
            "openpgp", key.Fingerprint, string.Join(", ", whole.UserIds), Until(key.Ends, key.Revoked), isForge))));

    private static string Until(DateTimeOffset? ends, DateTimeOffset? revoked) =>
        revoked == DateTimeOffset.MinValue ? "revoked"
        : revoked is { } since ? $"revoked on {Day(since)}"
        : ends is { } end ? $"until {Day(end)}"
        : "";

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
