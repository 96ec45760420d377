using System.Text;
using ModelOps.Reconciler.Trust;
using Org.BouncyCastle.Bcpg;

namespace ModelOps.Reconciler.Tests.Trust;

public sealed class CommitSignatureTests
{
    private static readonly DateTime s_made = CommitMaker.Day.AddDays(-100);
    private static readonly CommitMaker s_commit = new();

    private static SshKeyPair Key(string kind) => kind switch
    {
        "ed25519" => SshKeyPair.Ed25519(),
        "p256" => SshKeyPair.Curve(256),
        "p384" => SshKeyPair.Curve(384),
        "p521" => SshKeyPair.Curve(521),
        "rsa-sha2-256" => SshKeyPair.Rsa(algorithm: "rsa-sha2-256"),
        "token" => SshKeyPair.Token(),
        _ => SshKeyPair.Rsa(),
    };

    [Theory]
    [InlineData("ed25519")]
    [InlineData("p256")]
    [InlineData("p384")]
    [InlineData("p521")]
    [InlineData("rsa-sha2-256")]
    [InlineData("rsa-sha2-512")]
    [InlineData("token")]
    public void A_commit_signed_with_an_ssh_key_of_its_committer_is_trusted_and_no_other_commit(string kind)
    {
        var key = Key(kind);
        var trust = Trusting.Ssh(key.Line("ana@example.com"));
        var signed = s_commit.By(key);

        Assert.Equal((SignatureRule.Trusted, key.Fingerprint), trust.Judge(signed));
        Assert.Equal(SignatureRule.Trusted, trust.Judge(s_commit with { Sign = payload => key.Sign(payload, hash: "sha256") }).Rule);

        // The signature of one commit under another message.
        var moved = s_commit with { Message = "Another change\n", Sign = _ => key.Sign(Payload(s_commit)) };
        Assert.Equal(SignatureRule.WrongSignature, trust.Judge(moved).Rule);
    }

    [Fact]
    public void An_unsigned_commit_one_of_another_key_and_one_of_a_foreign_kind_are_refused_each_for_its_reason()
    {
        var (ours, theirs) = (SshKeyPair.Ed25519(), SshKeyPair.Ed25519());
        var trust = Trusting.Ssh(ours.Line("ana@example.com"));

        Assert.Equal((SignatureRule.Unsigned, ""), trust.Judge(s_commit));
        Assert.Equal((SignatureRule.UnknownKey, theirs.Fingerprint), trust.Judge(s_commit.By(theirs)));
        Assert.Equal(
            SignatureRule.Unsupported,
            trust.Judge(s_commit with { Sign = _ => "-----BEGIN SIGNED MESSAGE-----\nMII=\n-----END SIGNED MESSAGE-----" }).Rule);
    }

    [Fact]
    public void A_signature_for_something_else_than_git_is_no_signature_of_a_commit()
    {
        var key = SshKeyPair.Ed25519();

        Assert.Equal(
            SignatureRule.WrongSignature,
            Trusting.Ssh(key.Line("ana@example.com")).Judge(s_commit with { Sign = payload => key.Sign(payload, "file") }).Rule);
        Assert.Equal(
            SignatureRule.UnknownKey,
            Trusting.Ssh(key.Line("ana@example.com", "namespaces=\"file\"")).Judge(s_commit.By(key)).Rule);
        Assert.Equal(
            SignatureRule.Trusted,
            Trusting.Ssh(key.Line("ana@example.com", "namespaces=\"file,git\"")).Judge(s_commit.By(key)).Rule);
    }

    [Fact]
    public void Where_the_host_asks_for_it_the_author_too_must_be_somebody_whom_a_key_counts_for()
    {
        var (ana, ben) = (SshKeyPair.Ed25519(), SshKeyPair.Ed25519());
        var written = (s_commit with { Author = "ben@example.com" }).By(ana);
        var asked = new VerifyOptions { Mode = VerifyMode.History, Authors = AuthorRule.Trusted };

        Assert.Equal(SignatureRule.Trusted, Trusting.Ssh(ana.Line("ana@example.com")).Judge(written).Rule);
        Assert.Equal(
            SignatureRule.AuthorNotAllowed, Trusting.Of(ana.Line("ana@example.com"), options: asked).Judge(written).Rule);
        Assert.Equal(
            SignatureRule.Trusted,
            Trusting.Of(ana.Line("ana@example.com") + ben.Line("ben@example.com"), options: asked).Judge(written).Rule);
        Assert.NotEqual(
            Trusting.Of(ana.Line("ana@example.com"), options: asked).Digest, Trusting.Ssh(ana.Line("ana@example.com")).Digest);
    }

    [Fact]
    public void A_key_counts_for_its_principals_alone_whoever_the_author_says_to_be()
    {
        var key = SshKeyPair.Ed25519();
        var byBen = (s_commit with { Committer = "ben@example.com" }).By(key);

        Assert.Equal(SignatureRule.CommitterNotAllowed, Trusting.Ssh(key.Line("ana@example.com")).Judge(byBen).Rule);
        Assert.Equal(SignatureRule.Trusted, Trusting.Ssh(key.Line("*@example.com")).Judge(byBen).Rule);
        Assert.Equal(SignatureRule.CommitterNotAllowed, Trusting.Ssh(key.Line("*@example.com,!ben@*")).Judge(byBen).Rule);
        Assert.Equal(
            SignatureRule.Trusted, Trusting.Ssh(key.Line("ana@example.com")).Judge((s_commit with { Author = "x@y" }).By(key)).Rule);
    }

    [Theory]
    [InlineData("valid-before=\"20260301\"", false)]
    [InlineData("valid-before=\"20260302\"", true)]
    [InlineData("valid-after=\"202603011200Z\"", true)]
    [InlineData("valid-after=\"20260301120001Z\"", false)]
    [InlineData("valid-after=\"20260101\",valid-before=\"20270101\"", true)]
    public void An_ssh_key_counts_while_it_is_valid_by_the_time_of_the_commit(string options, bool isValid)
    {
        var key = SshKeyPair.Ed25519();
        var rule = Trusting.Ssh(key.Line("ana@example.com", options)).Judge(s_commit.By(key)).Rule;

        Assert.Equal(isValid ? SignatureRule.Trusted : SignatureRule.KeyNotValid, rule);
    }

    [Fact]
    public void What_is_too_weak_or_was_not_touched_is_refused()
    {
        SshKeyPair[] weak = [SshKeyPair.Rsa(1024), SshKeyPair.Rsa(algorithm: "ssh-rsa")];
        foreach (var key in weak)
            Assert.Equal(SignatureRule.Unsupported, Trusting.Ssh(key.Line("*")).Judge(s_commit.By(key)).Rule);
        var untouched = SshKeyPair.Token(isTouched: false);
        Assert.Equal(SignatureRule.WrongSignature, Trusting.Ssh(untouched.Line("*")).Judge(s_commit.By(untouched)).Rule);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_commit_signed_with_an_OpenPGP_key_of_its_committer_is_trusted(bool isRsa)
    {
        var key = new OpenPgpKeyPair("Ana <ana@example.com>", s_made, isRsa: isRsa);
        var trust = Trusting.OpenPgp(key);

        Assert.Equal((SignatureRule.Trusted, key.Fingerprint), trust.Judge(s_commit.By(key)));
        Assert.Equal(SignatureRule.CommitterNotAllowed, trust.Judge((s_commit with { Committer = "ben@example.com" }).By(key)).Rule);
        Assert.Equal(
            SignatureRule.WrongSignature, trust.Judge(s_commit with { Sign = _ => key.Sign([1, 2, 3], CommitMaker.Day) }).Rule);
        Assert.Equal(
            SignatureRule.UnknownKey, trust.Judge(s_commit.By(new OpenPgpKeyPair("Ana <ana@example.com>", s_made))).Rule);
        Assert.Equal(
            SignatureRule.Unsupported,
            trust.Judge(s_commit with { Sign = payload => key.Sign(payload, CommitMaker.Day, hash: HashAlgorithmTag.Sha1) }).Rule);
    }

    [Fact]
    public void A_signature_counts_that_was_made_while_its_OpenPGP_key_was_valid()
    {
        var key = new OpenPgpKeyPair("ana@example.com", s_made, validFor: TimeSpan.FromDays(50));
        var trust = Trusting.OpenPgp(key);

        Assert.Equal(SignatureRule.Trusted, trust.Judge((s_commit with { At = s_made.AddDays(49) }).By(key)).Rule);
        Assert.Equal(SignatureRule.KeyNotValid, trust.Judge((s_commit with { At = s_made.AddDays(51) }).By(key)).Rule);
        Assert.Equal(SignatureRule.KeyNotValid, trust.Judge((s_commit with { At = s_made.AddDays(-1) }).By(key)).Rule);
    }

    [Theory]
    [InlineData(RevocationReasonTag.KeyRetired, SignatureRule.Trusted, SignatureRule.KeyRevoked)]
    [InlineData(RevocationReasonTag.KeySuperseded, SignatureRule.Trusted, SignatureRule.KeyRevoked)]
    [InlineData(RevocationReasonTag.KeyCompromised, SignatureRule.KeyRevoked, SignatureRule.KeyRevoked)]
    [InlineData(RevocationReasonTag.NoReason, SignatureRule.KeyRevoked, SignatureRule.KeyRevoked)]
    public void A_retired_key_was_good_until_then_and_a_stolen_one_never(
        RevocationReasonTag reason, object before, object after)
    {
        var key = new OpenPgpKeyPair("ana@example.com", s_made).WithSubkey().Revoked(s_made.AddDays(50), reason);
        var trust = Trusting.OpenPgp(key);

        foreach (var withSubkey in new[] { false, true })
        {
            Assert.Equal(before, trust.Judge((s_commit with { At = s_made.AddDays(49) }).By(key, withSubkey)).Rule);
            Assert.Equal(after, trust.Judge((s_commit with { At = s_made.AddDays(51) }).By(key, withSubkey)).Rule);
        }
    }

    [Fact]
    public void A_subkey_signs_for_its_key_where_both_say_so()
    {
        var bound = new OpenPgpKeyPair("ana@example.com", s_made).WithSubkey();
        var claimed = new OpenPgpKeyPair("ana@example.com", s_made).WithSubkey(isBoundBack: false);
        var expired = new OpenPgpKeyPair("ana@example.com", s_made).WithSubkey(validFor: TimeSpan.FromDays(1));
        var trust = Trusting.OpenPgp(bound, claimed, expired);

        Assert.Equal(SignatureRule.Trusted, trust.Judge(s_commit.By(bound, withSubkey: true)).Rule);
        Assert.Equal(SignatureRule.UnknownKey, trust.Judge(s_commit.By(claimed, withSubkey: true)).Rule);
        Assert.Equal(SignatureRule.KeyNotValid, trust.Judge(s_commit.By(expired, withSubkey: true)).Rule);
        Assert.Equal(SignatureRule.Trusted, trust.Judge(s_commit.By(expired)).Rule);
    }

    [Fact]
    public void Bytes_that_do_not_have_the_id_or_not_the_form_of_a_commit_are_no_commit()
    {
        var (id, bytes) = s_commit.By(SshKeyPair.Ed25519()).Make();
        Assert.NotNull(SignedCommitReader.Read(id, bytes, out _));
        Assert.Null(SignedCommitReader.Read(id, [.. bytes, (byte)' '], out var other));
        Assert.Contains("id", other, StringComparison.Ordinal);

        var person = "A <a@b> 1700000000 +0000";
        string[] broken =
        [
            $"parent {id}\ntree {CommitMaker.Tree}\nauthor {person}\ncommitter {person}\n\nx",
            $"tree {CommitMaker.Tree}\nauthor {person}\n\nx",
            $"tree {CommitMaker.Tree}\nauthor {person}\ncommitter {person}\ncommitter {person}\n\nx",
            $"tree {CommitMaker.Tree}\nauthor {person}\ncommitter {person}\ngpgsig a\ngpgsig b\n\nx",
            $"tree {CommitMaker.Tree}\nauthor {person}\ncommitter A <a@b> <c@d> 1700000000 +0000\n\nx",
            $"tree {CommitMaker.Tree}\nauthor {person}\ncommitter A <a@b> 99999999999999 +0000\n\nx",
            $"tree {CommitMaker.Tree}\nparent nothing\nauthor {person}\ncommitter {person}\n\nx",
            $"tree {CommitMaker.Tree}\nauthor {person}\ncommitter {person}\n",
            $"tree {CommitMaker.Tree}\nauthor {person}\ncommitter {person}\nx\0y\n\nx",
            "",
        ];
        foreach (var text in broken)
        {
            var content = Encoding.UTF8.GetBytes(text);
            Assert.Null(SignedCommitReader.Read(CommitId.Of(content, 40), content, out var problem));
            Assert.NotEqual("", problem);
        }
    }

    [Theory]
    [InlineData("ana@example.com")]
    [InlineData("ana@example.com ssh-ed25519")]
    [InlineData("ana@example.com ssh-ed25519 ???")]
    [InlineData("ana@example.com ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIHQ=")]
    [InlineData("ana@example.com cert-authority KEY")]
    [InlineData("ana@example.com valid-before=\"soon\" KEY")]
    [InlineData("ana@example.com anything=\"1\" KEY")]
    public void A_file_of_signers_that_cannot_be_read_whole_is_refused_with_its_line(string line)
    {
        var key = SshKeyPair.Ed25519();
        var text = "# who may\n\n" + line.Replace("KEY", $"{key.Type} {Convert.ToBase64String(key.Blob)}", StringComparison.Ordinal);

        var error = Assert.Throws<TrustException>(() => Trusting.Ssh(text));

        Assert.StartsWith("signers:3: ", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Payload(CommitMaker commit) => commit.Read().Payload.ToArray();
}
