using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Tests.Trust;

public sealed class RevisionJudgeTests
{
    private readonly SshKeyPair _ana = SshKeyPair.Ed25519();
    private readonly SshKeyPair _forge = SshKeyPair.Ed25519();
    private readonly Dictionary<string, SignedCommit> _commits = new(StringComparer.Ordinal);
    private readonly List<string> _history = [];

    /// <summary>Adds a commit on top of others, newest first in the history.</summary>
    private string Add(SshKeyPair? by, string message, params string[] parents)
    {
        var commit = new CommitMaker
        {
            Parents = parents,
            Message = message + "\n",
            Committer = by == _forge ? "noreply@forge.example" : "ana@example.com",
        };
        var read = (by is null ? commit : commit.By(by)).Read();
        _commits[read.Id] = read;
        _history.Insert(0, read.Id);
        return read.Id;
    }

    private SignatureVerdict Judge(
        VerifyMode mode, string tip, ForgeMergePolicy forge = ForgeMergePolicy.Deny, bool hasAnchor = true)
    {
        var options = new VerifyOptions { Mode = mode, ForgeMerges = forge };
        var trust = Trusting.Of(
            ssh: _ana.Line("ana@example.com"),
            forge: System.Text.Encoding.UTF8.GetBytes(_forge.Line("noreply@forge.example")),
            options: options);
        var judge = new RevisionJudge(options, trust, _commits, new Dictionary<string, string>());
        var verdict = mode == VerifyMode.History ? judge.JudgeHistory(tip, _history)
            : judge.JudgeHead(tip, hasAnchor ? _history.ToHashSet() : null);
        return Assert.IsType<RevisionVerdict.Decided>(verdict).Verdict;
    }

    [Fact]
    public void A_signed_merge_of_an_unsigned_commit_is_good_by_its_head_and_refused_by_its_history()
    {
        var one = Add(_ana, "one");
        var unsigned = Add(null, "from somebody", one);
        var merge = Add(_ana, "merge", one, unsigned);

        Assert.Equal(SignatureRule.Trusted, Judge(VerifyMode.Head, merge).Rule);
        var refused = Judge(VerifyMode.History, merge);
        Assert.Equal((SignatureRule.Unsigned, unsigned), (refused.Rule, refused.Commit));
    }

    [Fact]
    public void A_seal_of_a_person_vouches_for_all_before_it_and_for_nothing_after_it()
    {
        var unsigned = Add(null, "old");
        var sealing = Add(_ana, "adopt\n\nModelOps-Seal: the history before we signed", unsigned);
        Assert.Equal(SignatureRule.Trusted, Judge(VerifyMode.History, sealing).Rule);

        var later = Add(null, "later", sealing);
        var tip = Add(_ana, "tip", later);
        Assert.Equal((SignatureRule.Unsigned, later), (Judge(VerifyMode.History, tip).Rule, Judge(VerifyMode.History, tip).Commit));
    }

    [Theory]
    [InlineData("ModelOps-Seal: in the first paragraph")]
    [InlineData("adopt\n\nModelOps-Seal:")]
    [InlineData("adopt\n\nModelOps-Seal: quoted\n\nand more text after it")]
    public void What_only_looks_like_a_seal_is_none(string message)
    {
        var unsigned = Add(null, "old");
        var tip = Add(_ana, message, unsigned);

        Assert.Equal(SignatureRule.Unsigned, Judge(VerifyMode.History, tip).Rule);
    }

    [Fact]
    public void Neither_somebody_nor_the_forge_can_seal()
    {
        var unsigned = Add(null, "old");
        var byNobody = Add(null, "adopt\n\nModelOps-Seal: me", unsigned);
        var byForge = Add(_forge, "adopt\n\nModelOps-Seal: me", byNobody);
        var tip = Add(_ana, "tip", byForge);

        Assert.False(Judge(VerifyMode.History, tip, ForgeMergePolicy.Allow).IsGood);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_merge_by_the_forge_counts_as_the_host_says(bool isHistory)
    {
        var mode = isHistory ? VerifyMode.History : VerifyMode.Head;
        var one = Add(_ana, "one");
        var two = Add(_ana, "two", one);
        var good = Add(_forge, "merge", one, two);
        Assert.Equal(SignatureRule.ForgeNotAllowed, Judge(mode, good, ForgeMergePolicy.Deny).Rule);
        Assert.Equal(SignatureRule.ForgeMerge, Judge(mode, good, ForgeMergePolicy.AllowIfParentsSigned).Rule);
        Assert.Equal(SignatureRule.ForgeMerge, Judge(mode, good, ForgeMergePolicy.Allow).Rule);

        var unsigned = Add(null, "three", good);
        var bad = Add(_forge, "merge", good, unsigned);
        Assert.Equal(unsigned, Judge(mode, bad, ForgeMergePolicy.AllowIfParentsSigned).Commit);
        Assert.Equal(SignatureRule.Unsigned, Judge(mode, bad, ForgeMergePolicy.AllowIfParentsSigned).Rule);

        // What the web interface of a forge commits is no merge.
        var squash = Add(_forge, "squash", good);
        Assert.Equal(SignatureRule.ForgeNotAllowed, Judge(mode, squash, ForgeMergePolicy.AllowIfParentsSigned).Rule);
    }

    [Fact]
    public void A_merge_by_the_forge_hides_no_merge_before_it()
    {
        var one = Add(_ana, "one");
        var unsigned = Add(null, "two", one);
        var hidden = Add(_forge, "merge of what nobody signed", one, unsigned);
        var signed = Add(_ana, "three", hidden);
        var tip = Add(_forge, "merge", hidden, signed);

        Assert.Equal(unsigned, Judge(VerifyMode.Head, tip, ForgeMergePolicy.AllowIfParentsSigned).Commit);

        // Where nothing was accepted before, a merge on the branch is what the next one stands on, and history has to begin somewhere.
        Assert.Equal(SignatureRule.ForgeMerge, Judge(VerifyMode.Head, tip, ForgeMergePolicy.AllowIfParentsSigned, hasAnchor: false).Rule);
    }

    [Fact]
    public void Commits_that_are_not_there_are_asked_for()
    {
        var one = Add(_ana, "one");
        var merge = Add(_forge, "merge", one, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        var options = new VerifyOptions { Mode = VerifyMode.Head, ForgeMerges = ForgeMergePolicy.AllowIfParentsSigned };
        var trust = Trusting.Of(_ana.Line("*"), forge: System.Text.Encoding.UTF8.GetBytes(_forge.Line("*")), options: options);

        var verdict = new RevisionJudge(options, trust, _commits, new Dictionary<string, string>()).JudgeHead(merge, history: null);

        Assert.Equal(["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], Assert.IsType<RevisionVerdict.Needs>(verdict).Commits);
    }
}
