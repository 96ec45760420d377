namespace ModelOps.Reconciler.Trust;

/// <summary>Says of one commit whether its own signature is one that the host trusts.</summary>
internal static class CommitJudge
{
    /// <summary>Judges a signature. Whether the forge's word counts is left to who knows the commits around it.</summary>
    internal static SignatureVerdict Judge(SignedCommit commit, TrustSet trust)
    {
        if (commit.Signature is not { } signature)
            return Verdict(SignatureRule.Unsigned, "is not signed");
        if (signature.StartsWith(SshSignature.Begin, StringComparison.Ordinal))
        {
            return SshSignature.Read(signature) is { } ssh
                ? Find(ring => ring.Judge(ssh, commit), $"the ssh key {ssh.Key.Fingerprint}", ssh.Key.Fingerprint)
                : Verdict(SignatureRule.Malformed, "has an ssh signature that cannot be read");
        }

        if (signature.StartsWith(OpenPgpSignature.Begin, StringComparison.Ordinal))
        {
            return OpenPgpSignature.Read(signature) is { } openPgp
                ? Find(ring => ring.Judge(openPgp, commit), $"the OpenPGP key {openPgp.KeyId:X16}", $"{openPgp.KeyId:X16}")
                : Verdict(SignatureRule.Malformed, "has an OpenPGP signature that cannot be read");
        }

        return Verdict(SignatureRule.Unsupported, "has a signature that is neither ssh's nor OpenPGP's");

        SignatureVerdict Verdict(SignatureRule rule, string text, string key = "") => new(rule, commit.Id, key, text);

        SignatureVerdict Find(Func<KeyRing, KeyVerdict?> judge, string name, string key)
        {
            if (judge(trust.People) is { } person)
                return OfAuthor(Verdict(person.Rule, person.Text, person.Key));
            return judge(trust.Forge) is { } forge
                ? OfAuthor(Verdict(forge.Rule, forge.Text, forge.Key) with { IsForge = true })
                : Verdict(SignatureRule.UnknownKey, $"is signed with {name}, which is not trusted", key);
        }

        SignatureVerdict OfAuthor(SignatureVerdict signed) =>
            signed.Rule != SignatureRule.Trusted || trust.Authors == AuthorRule.Any || trust.People.Covers(commit.Author)
                ? signed
                : signed with
                {
                    Rule = SignatureRule.AuthorNotAllowed,
                    Text = $"{signed.Text}, and was written by {commit.Author}, whom no trusted key counts for",
                };
    }
}
