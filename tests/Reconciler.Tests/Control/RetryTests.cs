using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Execution;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Control;

/// <summary>What failed is tried again at once by what can help it, and by nothing else.</summary>
public sealed class RetryTests : IAsyncDisposable
{
    private readonly ReconcileHost _host = new() { FirstRetry = TimeSpan.FromMinutes(10) };

    private static ModelName A => ModelName.Parse("a");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("push")]
    [InlineData("retry")]
    [InlineData("sync")]
    [InlineData("context")]
    public async Task A_model_that_waits_for_its_next_try_is_tried_at_once(string by)
    {
        await FailAsync((name, _) => throw new ModelRuntimeException(name, "not now"), RequestOutcome.Failed);

        if (by == "push")
            _host.Commit(Pinned() + "    - { name: b, inline: FROM w.gguf }\n");
        else if (by == "context")
            _host.Commit(Pinned("context: 128"));
        var handled = await _host.AskAsync(by == "retry" ? new ControlCommand.Retry(A) : new ControlCommand.Sync());

        Assert.Equal(RequestOutcome.Done, handled.Outcome);
        Assert.NotNull(_host.SystemOf("a"));
    }

    [Fact]
    public async Task Content_that_is_not_what_its_digest_says_is_tried_again_with_other_inputs_or_when_a_person_asks()
    {
        var (lies, tries) = (true, 0);
        var failure = new StoreFailure.OtherContent(DigestOf('1'), DigestOf('2'));
        Task Load(ModelName name, CancellationToken cancellationToken)
        {
            tries++;
            return lies ? throw new ModelRuntimeException(name, failure.Message, new StoreException(failure, "x")) : Task.CompletedTask;
        }

        async Task<(RequestOutcome, int)> AskAsync(ControlCommand command) => ((await _host.AskAsync(command)).Outcome, tries);
        _host.Commit(Pinned());
        _host.Runtime.OnWarm = Load;
        await _host.StartAsync();
        Assert.Equal((RequestOutcome.Refused, 1), await AskAsync(new ControlCommand.Sync()));
        Assert.Equal((RequestOutcome.Refused, 1), await AskAsync(new ControlCommand.Sync()));
        Assert.Equal((RequestOutcome.Refused, 1), await AskAsync(new ControlCommand.Sync(A)));
        _host.Commit(Pinned("context: 128"));
        Assert.Equal((RequestOutcome.Refused, 1), await AskAsync(new ControlCommand.Sync()));
        Assert.Equal((RequestOutcome.Refused, 2), await AskAsync(new ControlCommand.Retry(A)));
        Assert.Equal((RequestOutcome.Refused, 2), await AskAsync(new ControlCommand.Sync()));
        Assert.Null(_host.Board.Current.Models[0].Failure!.NextRetry);

        lies = false;
        _host.Commit(Pinned("context: 128", "SYSTEM other"));
        Assert.Equal((RequestOutcome.Done, 3), await AskAsync(new ControlCommand.Sync()));
        Assert.Equal("other", _host.SystemOf("a"));
    }

    [Fact]
    public async Task Content_that_was_put_right_where_it_comes_from_is_taken_when_a_person_asks_for_another_try()
    {
        var failure = new StoreFailure.OtherContent(DigestOf('1'), DigestOf('2'));
        await FailAsync(
            (name, _) => throw new ModelRuntimeException(name, failure.Message, new StoreException(failure, "x")), RequestOutcome.Refused);

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Retry(A))).Outcome);
        Assert.Equal("one", _host.SystemOf("a"));
    }

    [Fact]
    public void Each_digest_names_its_own_part_and_the_attempt_all_of_them()
    {
        var model = ExecutionHost.Model("a");
        var (before, other) = (AttemptDigests.Of(model), AttemptDigests.Of(ExecutionHost.Model("b")));
        Assert.Equal(before, other);
        var context = AttemptDigests.Of(ExecutionHost.Model("a", spec: spec => spec with { Runtime = new RuntimeSettings(512) }));
        var gate = AttemptDigests.Of(ExecutionHost.Model("a", spec: spec => spec with
        {
            Rollout = new RolloutSpec
            {
                Gate = new GateSpec { Smoke = [new SmokeSpec("hi", "ok", null, 8, TimeSpan.FromSeconds(1))] },
            },
        }));
        var inputs = AttemptDigests.Of(ExecutionHost.Model("a", "another system"));

        Assert.Equal((before.Inputs, before.Gate), (context.Inputs, context.Gate));
        Assert.Equal((before.Inputs, before.LoadProfile), (gate.Inputs, gate.LoadProfile));
        Assert.Equal((before.LoadProfile, before.Gate), (inputs.LoadProfile, inputs.Gate));
        Assert.Equal(
            4, new[] { before.Attempt, context.Attempt, gate.Attempt, inputs.Attempt }.Distinct(StringComparer.Ordinal).Count());
    }

    private static Digest DigestOf(char digit) => Digest.Parse("sha256:" + new string(digit, 64));

    private static string Pinned(string runtime = "context: 64", string more = "SYSTEM one") =>
        $"  models:\n    - {{ name: a, inline: \"FROM w.gguf\\n{more}\", residency: {{ mode: always }}, runtime: {{ {runtime} }} }}\n";

    /// <summary>The first load fails, and every one after it would succeed.</summary>
    private async Task FailAsync(Func<ModelName, CancellationToken, Task> failure, RequestOutcome outcome)
    {
        _host.Commit(Pinned());
        _host.Runtime.OnWarm = failure;
        await _host.StartAsync();
        Assert.Equal(outcome, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
        _host.Runtime.OnWarm = (_, _) => Task.CompletedTask;
        Assert.Null(_host.SystemOf("a"));
    }
}
