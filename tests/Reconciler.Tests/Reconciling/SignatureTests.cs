using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Reconciler.Tests.Trust;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>What a daemon accepts of repositories whose commits the tests sign themselves.</summary>
public sealed class SignatureTests : IAsyncDisposable
{
    private const string Models = "  models:\n    - { name: chat, modelfile: Modelfile }\n";

    private readonly ReconcileHost _host = new();
    private readonly TemporaryFolder _keys = new();
    private readonly SshKeyPair _ana = SshKeyPair.Ed25519();
    private readonly SshKeyPair _ben = SshKeyPair.Curve(256);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _keys.Dispose();
    }

    private SourceStatus Source => _host.Board.Current.Sources[0];

    private void Trust(params SshKeyPair[] keys) =>
        File.WriteAllText(_keys.Combine("signers"), string.Concat(keys.Select(key => key.Line("ana@example.com"))));

    private async Task StartAsync(
        VerifyMode mode, string firstUse = VerifyOptions.Signed, bool isBuiltIn = false, bool isWorkingTree = false)
    {
        _host.Adjust = options => options with
        {
            Rewinds = RewindPolicy.Refuse,
            WorkingTree = isWorkingTree,
            Git = isBuiltIn ? Engines.BuiltIn : null,
            Verify = new VerifyOptions { Mode = mode, FirstUse = firstUse, SshKeysFile = _keys.Combine("signers") },
        };
        await _host.StartAsync();
        await _host.SyncAsync();
    }

    /// <summary>Commits a new SYSTEM, signed by somebody or nobody.</summary>
    private string Commit(string system, SshKeyPair? by, string message = "A change\n")
    {
        var parents = HasHead ? new[] { _host.Repository.Git("rev-parse", "HEAD").Trim() } : [];
        _host.Commit(Models, ("Modelfile", $"FROM ./w.gguf\nSYSTEM {system}\n"));
        return Sign(parents, by, message);
    }

    private bool HasHead => _host.Repository.Git("for-each-ref").Length > 0;

    private string Sign(string[] parents, SshKeyPair? by, string message)
    {
        var commit = new CommitMaker
        {
            TreeId = _host.Repository.Git("rev-parse", "HEAD^{tree}").Trim(),
            Parents = parents,
            Message = message,
        };
        var id = _host.Repository.WriteObject("commit", (by is null ? commit : commit.By(by)).Make().Bytes);
        _host.Repository.Git("reset", "--quiet", "--hard", id);
        return id;
    }

    private IEnumerable<string> Told(EventKind kind) => _host.Board.Events
        .Where(record => record.Type == kind).Select(record => record.Message);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_signed_commit_is_accepted_and_an_unsigned_one_leaves_it_in_force(bool isBuiltIn)
    {
        Trust(_ana);
        var signed = Commit("one", _ana);
        await StartAsync(VerifyMode.History, isBuiltIn: isBuiltIn);

        Assert.Equal(signed, Source.Accepted);
        Assert.Contains(_ana.Fingerprint, Assert.Single(Told(EventKind.RevisionVerified)), StringComparison.Ordinal);
        Assert.Contains("is the first, and is pinned", Assert.Single(Told(EventKind.TrustChanged)), StringComparison.Ordinal);
        Assert.True(Condition(ConditionType.SourceVerified)!.Status);

        var unsigned = Commit("two", by: null);
        var request = await _host.AskAsync(new ControlCommand.Sync());

        Assert.Equal(RequestOutcome.Refused, request.Outcome);
        Assert.Equal((signed, unsigned), (Source.Accepted, Source.Tip));
        Assert.False(Condition(ConditionType.SourceVerified)!.Status);
        Assert.Equal(ConditionReason.SignatureRejected, Condition(ConditionType.Stalled)!.Reason);
        Assert.Contains("is not signed (rule Unsigned)", Condition(ConditionType.Stalled)!.Message, StringComparison.Ordinal);

        // A signed commit on top brings the unsigned one with it, unless it seals it.
        Commit("three", _ana);
        await _host.SyncAsync();
        Assert.Equal(signed, Source.Accepted);
        Assert.Contains($"brings commit {unsigned[..12]}, which is not signed", Source.Error, StringComparison.Ordinal);
        var sealing = Commit("four", _ana, "take over\n\nModelOps-Seal: reviewed by hand\n");
        await _host.SyncAsync();
        Assert.Equal(sealing, Source.Accepted);
    }

    [Fact]
    public async Task The_first_revision_must_be_signed_unless_the_host_says_otherwise()
    {
        Trust(_ana);
        var first = Commit("one", by: null);
        await StartAsync(VerifyMode.Head);
        Assert.Null(Source.Accepted);
        Assert.Equal(ConditionReason.SignatureRejected, Condition(ConditionType.Ready)!.Reason);
        await _host.StopAsync();

        await StartAsync(VerifyMode.Head, VerifyOptions.Any);
        Assert.Equal(first, Source.Accepted);
        Assert.Contains("unverified (firstUse: any)", Assert.Single(Told(EventKind.TrustChanged)), StringComparison.Ordinal);

        Commit("two", by: null);
        await _host.SyncAsync();
        Assert.Equal(first, Source.Accepted);
    }

    [Fact]
    public async Task Trust_may_begin_with_a_commit_that_must_be_in_the_history()
    {
        Trust(_ana);
        var begin = Commit("one", by: null);
        var signed = Commit("two", _ana);
        await StartAsync(VerifyMode.History, begin);
        Assert.Equal(signed, Source.Accepted);
        await _host.StopAsync();

        File.Delete(Path.Combine(_host.Home, "state.db"));
        await StartAsync(VerifyMode.History, new string('a', 40));
        Assert.Null(Source.Accepted);
        Assert.Contains("rule HistoryMissing", Source.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_signed_commit_and_a_rewritten_history_are_refused_before_signatures_count()
    {
        Trust(_ana);
        var first = Commit("one", _ana);
        var second = Commit("two", _ana);
        await StartAsync(VerifyMode.Head);
        Assert.Equal(second, Source.Accepted);

        _host.Repository.Git("reset", "--quiet", "--hard", first);
        await _host.SyncAsync();
        Assert.Equal((second, ConditionReason.HistoryRewound), (Source.Accepted, Condition(ConditionType.Stalled)!.Reason));

        var rewritten = Commit("another two", _ana);
        await _host.SyncAsync();
        Assert.Equal((second, ConditionReason.HistoryRewound), (Source.Accepted, Condition(ConditionType.Stalled)!.Reason));
        await _host.AskAsync(new ControlCommand.AcceptRewind(rewritten));
        Assert.Equal(rewritten, Source.Accepted);

        // Letting a rewind through lets no signature off.
        _host.Repository.Git("reset", "--quiet", "--hard", first);
        var unsigned = Commit("a third two", by: null);
        await _host.SyncAsync();
        await _host.AskAsync(new ControlCommand.AcceptRewind(unsigned));
        Assert.Equal((rewritten, ConditionReason.SignatureRejected), (Source.Accepted, Condition(ConditionType.Stalled)!.Reason));
    }

    [Fact]
    public async Task Keys_that_change_have_the_accepted_revision_verified_anew_and_nothing_changes_without_trust()
    {
        Trust(_ana, _ben);
        var first = Commit("one", _ana);
        await StartAsync(VerifyMode.History);
        Assert.Equal(first, Source.Applied);

        Trust(_ben);
        await _host.SyncAsync();
        Assert.False(Condition(ConditionType.SourceVerified)!.Status);
        Assert.False(Condition(ConditionType.Ready)!.Status);
        Assert.Contains(_ana.Fingerprint, Source.Trust!.Loss, StringComparison.Ordinal);
        Assert.Contains(Told(EventKind.TrustChanged), message => message.Contains("not trusted any more", StringComparison.Ordinal));

        // It is served as before, and nothing of it is put right: the loss survives a restart.
        await _host.StopAsync();
        await _host.StartAsync();
        await _host.SyncAsync();
        Assert.Contains(_ana.Fingerprint, Source.Trust!.Loss, StringComparison.Ordinal);

        var next = Commit("two", _ben);
        await _host.SyncAsync();
        Assert.Equal((next, next), (Source.Accepted, Source.Applied));
        Assert.True(Condition(ConditionType.Ready)!.Status);
        Assert.Null(Source.Trust!.Loss);
    }

    [Fact]
    public async Task A_revision_that_was_refused_is_judged_again_when_its_key_is_trusted()
    {
        Trust(_ana);
        Commit("one", _ana);
        await StartAsync(VerifyMode.Head);
        var second = Commit("two", _ben);
        await _host.SyncAsync();
        Assert.Contains("rule UnknownKey", Source.Error, StringComparison.Ordinal);

        Trust(_ana, _ben);
        await _host.SyncAsync();

        Assert.Equal(second, Source.Accepted);
    }

    [Fact]
    public async Task Keys_that_cannot_be_read_trust_nobody_and_it_ends_when_they_can()
    {
        Trust(_ana);
        var first = Commit("one", _ana);
        await StartAsync(VerifyMode.Head);
        File.WriteAllText(_keys.Combine("signers"), "nonsense\n");
        var second = Commit("two", _ana);

        await _host.SyncAsync();
        Assert.Equal(first, Source.Accepted);
        Assert.Contains("signers:1", Source.Error, StringComparison.Ordinal);

        Trust(_ana);
        await _host.SyncAsync();
        Assert.Equal((second, second), (Source.Accepted, Source.Applied));
        Assert.Null(Source.Trust!.Loss);
    }

    [Fact]
    public async Task The_files_of_a_folder_are_signed_by_nobody()
    {
        Trust(_ana);
        Commit("one", _ana);
        await StartAsync(VerifyMode.Head, isWorkingTree: true);

        Assert.Null(Source.Accepted);
        Assert.Contains("plain folder", Source.Error, StringComparison.Ordinal);
    }

    private Condition? Condition(ConditionType type) =>
        _host.Board.Current.Conditions.FirstOrDefault(condition => condition.Type == type);
}
