using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Reconciling;

namespace ModelOps.Reconciler.Tests.Control;

/// <summary>History that was rewritten: followed where its user works, refused elsewhere until a person lets it through.</summary>
public sealed class RewindTests : IAsyncDisposable
{
    private const string One = "  models:\n    - { name: a, modelfile: Modelfile }\n";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("amend")]
    [InlineData("reset")]
    [InlineData("branch")]
    public async Task A_work_tree_is_followed_wherever_its_user_goes(string way)
    {
        await ServeTwoAsync();
        switch (way)
        {
            case "amend":
                File.WriteAllText(Path.Combine(_host.Repository.Path, "Modelfile"), "FROM w.gguf\nSYSTEM three");
                _host.Repository.Git("commit", "--quiet", "--amend", "-a", "-m", "better");
                break;
            case "reset":
                _host.Repository.Git("reset", "--quiet", "--hard", "HEAD~1");
                break;
            default:
                _host.Repository.Git("checkout", "--quiet", "--orphan", "other");
                _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM three"));
                break;
        }

        var sync = await _host.AskAsync(new ControlCommand.Sync());

        Assert.Equal((RequestOutcome.Done, way == "reset" ? "one" : "three"), (sync.Outcome, _host.SystemOf("a")));
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.RewindFollowed);
    }

    [Fact]
    public async Task A_rewind_is_refused_with_the_verb_that_lifts_it_which_works_as_printed_once_and_after_a_restart()
    {
        _host.Adjust = options => options with { Rewinds = RewindPolicy.Refuse };
        var first = await ServeTwoAsync();
        _host.Repository.Git("reset", "--quiet", "--hard", first);
        var rewritten = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM three"));

        var refused = await _host.AskAsync(new ControlCommand.Sync());
        Assert.Equal((RequestOutcome.Refused, "two"), (refused.Outcome, _host.SystemOf("a")));
        Assert.Contains($"'modelops trust accept-rewind --to {rewritten[..12]}'", refused.Message, StringComparison.Ordinal);

        await _host.AskAsync(new ControlCommand.Suspend());
        Assert.Equal(RequestOutcome.Refused, (await _host.AskAsync(new ControlCommand.AcceptRewind(rewritten[..12]))).Outcome);
        await _host.StopAsync();
        await _host.StartAsync();
        await _host.AskAsync(new ControlCommand.Resume());
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
        Assert.Equal("three", _host.SystemOf("a"));

        _host.Repository.Git("reset", "--quiet", "--hard", first);
        Assert.Equal(RequestOutcome.Refused, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
        _host.Repository.Git("reset", "--quiet", "--hard", rewritten);
        await _host.SyncAsync();
        _host.Repository.Git("reset", "--quiet", "--hard", first);
        Assert.Equal(RequestOutcome.Refused, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
    }

    [Fact]
    public async Task A_rewind_to_one_commit_lets_no_other_one_through()
    {
        _host.Adjust = options => options with { Rewinds = RewindPolicy.Refuse };
        var first = await ServeTwoAsync();
        _host.Repository.Git("reset", "--quiet", "--hard", first);
        var third = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM three"));
        await _host.SyncAsync();
        _host.Repository.Git("reset", "--quiet", "--hard", first);
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM four"));

        var accepted = await _host.AskAsync(new ControlCommand.AcceptRewind(third));

        Assert.NotEqual(RequestOutcome.Done, accepted.Outcome);
        Assert.Equal("two", _host.SystemOf("a"));
        Assert.Equal(RequestOutcome.Failed, (await _host.AskAsync(new ControlCommand.AcceptRewind("0123456"))).Outcome);
    }

    private async Task<string> ServeTwoAsync()
    {
        var first = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM two"));
        await _host.StartAsync();
        await _host.SyncAsync();
        return first;
    }
}
