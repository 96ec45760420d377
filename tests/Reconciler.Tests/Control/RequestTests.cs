using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Control;

/// <summary>What is asked is written down, carried out, told, and survives a restart.</summary>
public sealed class RequestTests : IAsyncDisposable
{
    private const string One = "  models:\n    - { name: a, modelfile: Modelfile, aliases: [ b ] }\n";

    private const string Pinned = "  models:\n    - { name: a, modelfile: Modelfile, aliases: [ b ], residency: { mode: always } }\n";

    private readonly ReconcileHost _host = new();

    private static ModelName A => ModelName.Parse("a");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_request_is_told_as_handled_with_who_asked_and_why()
    {
        await StartAsync("one");

        var handled = await _host.AskAsync(new ControlCommand.Hold(A), "bo@desk", "it is noisy");

        Assert.StartsWith("req-", handled.Token, StringComparison.Ordinal);
        Assert.Equal(
            (RequestOutcome.Done, "hold", "bo@desk", "it is noisy"), (handled.Outcome, handled.Verb, handled.Actor, handled.Reason));
        Assert.Equal(handled.Token, _host.Board.Current.HandledRequest);
        Assert.Equal(handled.Outcome, _host.Control.Find(handled.Token)!.Outcome);
        Assert.Contains(
            _host.Board.Events,
            item => item is { Type: EventKind.Held, Actor: "bo@desk", Message: "a is held: it is noisy" } && item.Request == handled.Token);
    }

    [Fact]
    public async Task A_sync_tells_that_the_source_does_not_answer()
    {
        await StartAsync("one");
        Directory.Delete(Path.Combine(_host.Repository.Path, ".git"), recursive: true);
        Assert.Equal(RequestOutcome.Source, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
    }

    [Fact]
    public async Task A_sync_tells_that_a_revision_has_errors()
    {
        await StartAsync("one");
        _host.Commit(One, ("Modelfile", "FORM x"));
        var broken = await _host.AskAsync(new ControlCommand.Sync());
        Assert.Equal(RequestOutcome.Failed, broken.Outcome);
        Assert.StartsWith("Modelfile:1:1", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sync_is_partial_when_one_of_two_models_failed_and_done_for_the_other_one()
    {
        _host.Commit(
            "  models:\n    - { name: a, inline: FROM w.gguf, residency: { mode: always } }\n    - { name: b, inline: FROM w.gguf }\n");
        _host.Runtime.OnWarm = (name, _) => throw new ModelRuntimeException(name, "the engine is tired");
        await _host.StartAsync();

        var all = await _host.AskAsync(new ControlCommand.Sync());
        var b = await _host.AskAsync(new ControlCommand.Sync(ModelName.Parse("b")));
        var a = await _host.AskAsync(new ControlCommand.Sync(A));

        Assert.Equal(
            (RequestOutcome.Partial, RequestOutcome.Done, RequestOutcome.Failed), (all.Outcome, b.Outcome, a.Outcome));
        Assert.Contains("a: the engine is tired", a.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_nobody_declared_is_refused_by_every_verb_about_models()
    {
        await StartAsync("one");
        var x = ModelName.Parse("x");
        foreach (ControlCommand command in (ControlCommand[])
            [
                new ControlCommand.Hold(x), new ControlCommand.Release(x), new ControlCommand.Retry(x), new ControlCommand.Rollback(x),
                new ControlCommand.Sync(x),
            ])
        {
            var handled = await _host.AskAsync(command);
            Assert.Equal((command.Verb, RequestOutcome.Failed), (handled.Verb, handled.Outcome));
            Assert.StartsWith("x is not managed", handled.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_asked_and_not_handled_is_carried_out_after_the_next_start()
    {
        _host.PollInterval = TimeSpan.FromMinutes(10);
        await StartAsync("one");
        var loading = new TaskCompletionSource();
        _host.Runtime.OnWarm = async (_, token) =>
        {
            loading.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        _host.Commit(Pinned, ("Modelfile", "FROM w.gguf\nSYSTEM two"));
        var sync = _host.Control.Ask(new ControlCommand.Sync(), "ana@desk", "");
        await loading.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        await _host.StopAsync();
        await _host.StartAsync();

        var handled = await _host.Control.WaitAsync(sync.Token, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(RequestOutcome.Done, handled!.Outcome);
        Assert.Equal("two", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_suspension_takes_effect_although_a_model_takes_for_ever_to_load()
    {
        await StartAsync("one");
        var loading = new TaskCompletionSource();
        _host.Runtime.OnWarm = async (_, token) =>
        {
            loading.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        _host.Commit(Pinned);
        _host.Loop.Wake();
        await loading.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Suspend())).Outcome);
        Assert.Equal("by ana@desk", _host.Board.Current.Suspended);
    }

    [Fact]
    public async Task Many_hooks_at_once_are_one_request()
    {
        await StartAsync("one");
        var block = new TaskCompletionSource();
        _host.Runtime.OnLoaded = () => block.Task.Wait();
        _host.Loop.Wake();
        var tokens = Enumerable.Range(0, 100).Select(_ => _host.Control.Ask(new ControlCommand.Sync(), "hook", "").Token).ToHashSet();
        block.SetResult();

        Assert.InRange(tokens.Count, 1, 2);
        foreach (var token in tokens)
        {
            var handled = await _host.Control.WaitAsync(token, TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.Equal(RequestOutcome.Done, handled!.Outcome);
        }
    }

    [Fact]
    public async Task Nothing_changes_while_suspended_and_a_sync_says_so()
    {
        await StartAsync("one");
        await _host.AskAsync(new ControlCommand.Suspend(), reason: "maintenance");
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM two"));

        var sync = await _host.AskAsync(new ControlCommand.Sync());
        Assert.Equal("one", _host.SystemOf("a"));
        Assert.Equal("maintenance (by ana@desk)", _host.Board.Current.Suspended);
        Assert.Equal(RequestOutcome.Refused, sync.Outcome);
        Assert.Contains("'modelops resume'", sync.Message, StringComparison.Ordinal);

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Resume())).Outcome);
        await _host.SyncAsync();
        Assert.Equal("two", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_suspension_ends_at_its_time_without_a_poll()
    {
        _host.PollInterval = TimeSpan.FromMinutes(10);
        await StartAsync("one");
        await _host.AskAsync(new ControlCommand.Suspend(TimeProvider.System.GetUtcNow().AddSeconds(1)));
        Assert.Contains("until", _host.Board.Current.Suspended, StringComparison.Ordinal);
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM two"));

        await _host.WaitForAsync(status => status.Suspended is null && status.Ready && _host.SystemOf("a") == "two");
    }

    [Fact]
    public async Task The_audit_shows_when_a_row_was_changed()
    {
        await StartAsync("one");
        await _host.AskAsync(new ControlCommand.Hold(A));
        await _host.AskAsync(new ControlCommand.Release(A));
        await _host.StopAsync();

        Assert.Null(_host.FindAuditBreak());
        _host.Execute("UPDATE audit SET actor = 'nobody' WHERE verb = 'hold'");
        Assert.NotNull(_host.FindAuditBreak());
        await _host.StartAsync();
    }

    private async Task StartAsync(string system)
    {
        _host.Commit(One, ("Modelfile", $"FROM w.gguf\nSYSTEM {system}"));
        await _host.StartAsync();
        await _host.SyncAsync();
    }
}
