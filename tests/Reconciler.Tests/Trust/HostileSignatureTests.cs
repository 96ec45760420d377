using System.Text;
using ModelOps.Reconciler.Trust;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Trust;

/// <summary>Signatures and commits that others write as they like. Each is refused or is what was signed; none costs much.</summary>
public sealed class HostileSignatureTests
{
    private static readonly string[] s_pieces =
    [
        "-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n", "-----BEGIN PGP SIGNATURE-----\n\n",
        "-----END PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----", "gpgsig ", "gpgsig-sha256 ", "\n ", "\n\n", "parent ", "mergetag ",
        "encoding x\n", "U1NIU0lH", "AAAAAQ", "/////w", "=abcd\n", "\0", "Version: x\n", "ModelOps-Seal: x\n", "committer ",
    ];

    [Fact]
    public void Whatever_is_damaged_in_a_signed_commit_what_is_trusted_are_the_bytes_that_were_signed()
    {
        var (ssh, openPgp) = (SshKeyPair.Ed25519(), new OpenPgpKeyPair("ana@example.com", CommitMaker.Day.AddDays(-9)).WithSubkey());
        var trust = Trusting.Of(ssh.Line("*"), openPgp.Export());
        CommitMaker[] signed =
        [
            new CommitMaker().By(ssh), new CommitMaker().By(SshKeyPair.Curve(256)), new CommitMaker().By(openPgp),
            new CommitMaker().By(openPgp, withSubkey: true), new CommitMaker(),
        ];
        var payload = new CommitMaker().Read().Payload.ToArray();

        FuzzRun.Of([.. signed.Select(commit => commit.Make().Bytes)], s_pieces, bytes =>
        {
            var commit = SignedCommitReader.Read(CommitId.Of(bytes, 40), bytes, out _);
            if (commit is not null && CommitJudge.Judge(commit, trust).IsGood)
                Assert.Equal(payload, commit.Payload.ToArray());
        });
    }

    [Fact]
    public void A_damaged_file_of_keys_is_refused_or_read_and_nothing_else()
    {
        var (ssh, openPgp) = (SshKeyPair.Ed25519(), new OpenPgpKeyPair("ana@example.com", CommitMaker.Day.AddDays(-9)).WithSubkey());
        var signers = Encoding.UTF8.GetBytes(ssh.Line("ana@example.com", "namespaces=\"git\",valid-after=\"20260101\""));

        FuzzRun.Of([signers, openPgp.Export()], ["cert-authority", "\"", ",", "=", "ssh-rsa", "-----BEGIN PGP", "\n"], bytes =>
        {
            foreach (var asOpenPgp in new[] { false, true })
            {
                try
                {
                    if (asOpenPgp)
                        Trusting.Of(openPgp: bytes);
                    else
                        Trusting.Ssh(Encoding.UTF8.GetString(bytes));
                }
                catch (TrustException)
                {
                    // It says what is wrong with it.
                }
            }
        });
    }

    [Fact]
    public void A_huge_a_nested_and_a_truncated_signature_are_malformed()
    {
        var key = SshKeyPair.Ed25519();
        var trust = Trusting.Of(key.Line("*"), new OpenPgpKeyPair("ana@example.com", CommitMaker.Day).Export());
        var good = key.Sign(new CommitMaker().Read().Payload.ToArray());
        var lines = good.Split('\n');
        string[] bad =
        [
            $"{lines[0]}\n{new string('A', SignedCommitReader.LongestSignature)}\n{lines[^1]}",
            $"{lines[0]}\n{good}\n{lines[^1]}",
            $"{good}\n{good}",
            string.Join('\n', lines[..^1]),
            $"{lines[0]}\n{lines[1][..40]}\n{lines[^1]}",
            $"{lines[0]}\n{lines[^1]}",
            "-----BEGIN PGP SIGNATURE-----\n\n-----BEGIN PGP SIGNATURE-----\n-----END PGP SIGNATURE-----\n-----END PGP SIGNATURE-----",
            Packet(8, [1, 0x4B, 0x4C, 0x04, 0x00]),
            Packet(1, [3]),
            Packet(2, []),
            Packet(2, [4, 0, 22, 10, 0xFF, 0xFF]),
            Packet(2, [200, 0, 22, 10, 0, 0]),
        ];

        foreach (var text in bad)
        {
            var rule = trust.Judge(new CommitMaker { Sign = _ => text }).Rule;
            Assert.True(rule is SignatureRule.Malformed or SignatureRule.Unsupported, $"{rule}: {text[..Math.Min(200, text.Length)]}");
        }
    }

    /// <summary>One packet of OpenPGP in the armour of a signature.</summary>
    private static string Packet(int tag, byte[] content) =>
        $"-----BEGIN PGP SIGNATURE-----\n\n{Convert.ToBase64String([(byte)(0xC0 | tag), (byte)content.Length, .. content])}\n"
        + "-----END PGP SIGNATURE-----";
}
