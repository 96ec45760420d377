using System.Collections.Immutable;
using System.Globalization;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace ModelOps.Reconciler.Trust;

/// <summary>A trusted OpenPGP key: its primary key, the subkeys that may sign, and the mail addresses that it says of itself.</summary>
/// <param name="Fingerprint">Of the primary key, in capitals.</param>
/// <param name="UserIds">User ids that the key signed itself and did not revoke.</param>
/// <param name="Keys">The keys that may sign, by their ids.</param>
internal sealed record OpenPgpKey(string Fingerprint, ImmutableArray<string> UserIds, ImmutableArray<OpenPgpSigningKey> Keys)
{
    /// <summary>Mail addresses of the user ids.</summary>
    internal IEnumerable<string> Mails => UserIds.Select(MailOf);

    /// <summary>The first user id, for people.</summary>
    internal string Name => UserIds.FirstOrDefault() ?? Fingerprint;

    internal bool Covers(string mail) => Mails.Any(own => string.Equals(own, mail, StringComparison.OrdinalIgnoreCase));

    /// <summary><c>Name (comment) &lt;mail&gt;</c>, or the address alone.</summary>
    private static string MailOf(string user) =>
        user.EndsWith('>') && user.LastIndexOf('<') is >= 0 and var open ? user[(open + 1)..^1] : user;
}

/// <summary>A key that may sign, and when.</summary>
/// <param name="Key">The key itself.</param>
/// <param name="Ends">When it expires; null for never.</param>
/// <param name="Revoked">It, or the primary key, is revoked: from this moment on, or always.</param>
internal sealed record OpenPgpSigningKey(PgpPublicKey Key, DateTimeOffset? Ends, DateTimeOffset? Revoked)
{
    private const int SmallestRsa = 2048;

    internal string Fingerprint => Convert.ToHexString(Key.GetFingerprint());

    internal DateTimeOffset Begins => Utc(Key.CreationTime);

    /// <summary>What of the key speaks against a signature of it that was made at a time; null when nothing does.</summary>
    internal KeyVerdict? Refuses(DateTimeOffset time)
    {
        if (Key.Algorithm is PublicKeyAlgorithmTag.Dsa || (IsRsa && Key.BitStrength < SmallestRsa))
            return new KeyVerdict(SignatureRule.Unsupported, Fingerprint, "is signed with a key that is too weak");
        if (time >= Revoked)
        {
            var since = Revoked == DateTimeOffset.MinValue ? "" : $" on {Day(Revoked.Value)}";
            return new KeyVerdict(SignatureRule.KeyRevoked, Fingerprint, $"is signed with a key that was revoked{since}");
        }

        if (time >= Ends)
            return new KeyVerdict(SignatureRule.KeyNotValid, Fingerprint, $"is signed with a key that expired on {Day(Ends.Value)}");
        return time < Begins
            ? new KeyVerdict(SignatureRule.KeyNotValid, Fingerprint, $"is signed with a key that was made on {Day(Begins)} only")
            : null;
    }

    internal static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private bool IsRsa => Key.Algorithm is PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaSign;

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
