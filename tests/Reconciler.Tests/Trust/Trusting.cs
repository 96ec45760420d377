using System.Text;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Tests.Trust;

/// <summary>Keys of a host, from texts.</summary>
internal static class Trusting
{
    internal static TrustSet Ssh(params string[] lines) => Of(ssh: string.Concat(lines));

    internal static TrustSet OpenPgp(params OpenPgpKeyPair[] keys) => Of(openPgp: [.. keys.SelectMany(key => key.Export())]);

    internal static TrustSet Of(string? ssh = null, byte[]? openPgp = null, byte[]? forge = null, VerifyOptions? options = null) =>
        TrustSet.Read(
            (options ?? new VerifyOptions { Mode = VerifyMode.History }) with
            {
                SshKeysFile = ssh is null ? null : "signers",
                OpenPgpKeysFile = openPgp is null ? null : "keys.asc",
                ForgeKeysFile = forge is null ? null : "forge",
            },
            file => file switch
            {
                "signers" => Encoding.UTF8.GetBytes(ssh!),
                "forge" => forge!,
                _ => openPgp!,
            },
            TimeZoneInfo.Utc);

    internal static (SignatureRule Rule, string Key) Judge(this TrustSet trust, CommitMaker commit)
    {
        var verdict = CommitJudge.Judge(commit.Read(), trust);
        return (verdict.Rule, verdict.Key);
    }
}
