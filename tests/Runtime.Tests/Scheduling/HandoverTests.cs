using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Tests.Scheduling;

/// <summary>What a build that takes names over may do to those that serve them, and to the requests for them meanwhile.</summary>
public class HandoverTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly EngineDemand Small = new("small", "a.gguf", 100, 10);
    private static readonly EngineDemand Next = new("next", "n.gguf", 100, 10);
    private static readonly EngineDemand Big = new("big", "b.gguf", 300, 100);

    private readonly Scheduler _scheduler = new(new SchedulerOptions { MemoryBudget = 450, MaxWait = TimeSpan.FromMinutes(10) });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_build_that_may_be_loaded_beside_the_old_one_only_is_refused_and_the_old_one_serves(bool isPinned)
    {
        Serve(isPinned);
        _scheduler.OnHandover(new Handover("staged", Big, "chat") { OnlyBeside = true }, Start);

        Assert.Equal(
            [new SchedulerEffect.Refuse(1, new Refusal.NeverFits(400, 340))],
            _scheduler.OnRequest(1, Big, new EngineClaim("staged"), Start));
        Assert.Equal([new SchedulerEffect.Grant(2, "small")], _scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start));
        Assert.Null(_scheduler.PauseOf("staged", Start));
        Assert.Empty(_scheduler.OnHandoverEnded("staged", [], Start));
    }

    [Fact]
    public void An_old_engine_that_must_stay_is_not_evicted_for_others_either()
    {
        Serve(isPinned: false);
        _scheduler.OnHandover(new Handover("staged", Next, "chat") { OnlyBeside = true }, Start);
        _scheduler.OnRequest(1, Next, new EngineClaim("staged"), Start);
        _scheduler.OnLoaded("next", Next, Start);

        Assert.DoesNotContain(_scheduler.OnRequest(2, Big, new EngineClaim("other"), Start), effect => effect is SchedulerEffect.Evict);
        Assert.Equal([new SchedulerEffect.Grant(3, "small")], _scheduler.OnRequest(3, Small, new EngineClaim("chat"), Start));
    }

    [Fact]
    public void While_nothing_answers_requests_wait_within_bounds_of_their_own_and_the_pause_is_told()
    {
        Serve(isPinned: true);
        _scheduler.OnHandover(
            new Handover("staged", Big, "chat") { DrainFirst = true, MaxWaiting = 2, MaxWait = TimeSpan.FromSeconds(5) }, Start);
        _scheduler.OnRequest(1, Big, new EngineClaim("staged"), Start);
        _scheduler.OnUnloaded("small", Start);
        _scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start);
        _scheduler.OnRequest(3, Small, new EngineClaim("chat"), Start.AddSeconds(3));

        Assert.Equal(
            [new SchedulerEffect.Refuse(4, new Refusal.QueueFull { IsOfChange = true })],
            _scheduler.OnRequest(4, Small, new EngineClaim("chat"), Start.AddSeconds(3)));
        Assert.Equal(Start.AddSeconds(5), _scheduler.NextTick);
        Assert.Equal(
            [new SchedulerEffect.Refuse(2, new Refusal.TimedOut(WaitReason.Update) { IsOfChange = true })], _scheduler.OnTick(Start.AddSeconds(5)));
        _scheduler.OnLoaded("big", Big, Start.AddSeconds(6));
        Assert.Equal(new TakeoverPause(TimeSpan.FromSeconds(7), Waited: 1, Refused: 2), _scheduler.PauseOf("staged", Start.AddSeconds(7)));
        Assert.Contains(
            new SchedulerEffect.Refuse(3, new Refusal.Moved()), _scheduler.OnHandoverEnded("staged", ["chat"], Start.AddSeconds(7)));
    }

    [Fact]
    public void Where_the_old_one_leaves_first_the_new_one_is_not_loaded_before_although_both_fit()
    {
        Serve(isPinned: true);
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);
        _scheduler.OnHandover(new Handover("staged", Next, "chat") { DrainFirst = true }, Start);

        Assert.Empty(_scheduler.OnRequest(2, Next, new EngineClaim("staged"), Start));
        Assert.Empty(_scheduler.OnRequest(3, Small, new EngineClaim("chat"), Start));
        Assert.Equal([WaitReason.Update, WaitReason.Restart], _scheduler.Waiting.Select(waiting => waiting.Reason));
        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnFinished(1, Start));
        Assert.Equal([new SchedulerEffect.Load(Next)], _scheduler.OnUnloaded("small", Start));
        Assert.Equal([new SchedulerEffect.Grant(2, "next")], _scheduler.OnLoaded("next", Next, Start));
    }

    [Fact]
    public void The_bounds_hold_for_no_other_model_and_there_is_no_pause_where_both_builds_fit()
    {
        Serve(isPinned: true);
        _scheduler.OnHandover(new Handover("staged", Next, "chat") { MaxWaiting = 0 }, Start);
        _scheduler.OnRequest(1, Next, new EngineClaim("staged"), Start);

        Assert.Equal([new SchedulerEffect.Grant(2, "small")], _scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start));
        Assert.Empty(_scheduler.OnRequest(3, new EngineDemand("third", "c.gguf", 100, 10), new EngineClaim("other"), Start)
            .OfType<SchedulerEffect.Refuse>());
        Assert.Null(_scheduler.PauseOf("staged", Start.AddSeconds(1)));
    }

    [Fact]
    public void An_engine_says_since_when_it_ends_and_for_which_names_another_one_answers()
    {
        Serve(isPinned: false);
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);
        _scheduler.OnHandover(new Handover("staged", Next, "chat"), Start);
        _scheduler.OnRequest(2, Next, new EngineClaim("staged"), Start);
        _scheduler.OnLoaded("next", Next, Start);
        _scheduler.OnHandoverEnded("staged", ["chat"], Start.AddSeconds(1));

        var old = _scheduler.Engines.Single(engine => engine.Profile == "small");
        Assert.Equal((EnginePhase.Draining, 1, Start.AddSeconds(1)), (old.Phase, old.Requests, old.DrainingSince));
        Assert.Equal(["chat"], old.Replaced);
        Assert.Null(_scheduler.Engines.Single(engine => engine.Profile == "next").DrainingSince);
    }

    [Fact]
    public void An_engine_with_a_file_that_is_not_what_it_was_leaves_after_its_last_answer_although_it_is_pinned_and_is_loaded_anew()
    {
        Serve(isPinned: true);
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);

        Assert.Empty(_scheduler.OnFileDropped("a.gguf", Start));
        Assert.Empty(_scheduler.OnFileDropped("other.gguf", Start));
        Assert.Empty(_scheduler.OnPins([new Pin(Small, "chat", 0)], Start));
        Assert.Empty(_scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start));
        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnFinished(1, Start));
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnUnloaded("small", Start));
        Assert.Equal([new SchedulerEffect.Grant(2, "small")], _scheduler.OnLoaded("small", Small, Start));
    }

    [Fact]
    public void A_load_of_a_file_that_is_not_what_it_was_any_more_serves_nobody()
    {
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);
        _scheduler.OnFileDropped("a.gguf", Start);

        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnLoaded("small", Small, Start));
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnUnloaded("small", Start));
    }

    private void Serve(bool isPinned)
    {
        if (isPinned)
            _scheduler.OnPins([new Pin(Small, "chat", 0)], Start);
        else
            _scheduler.OnRequest(100, Small, new EngineClaim("chat"), Start);
        _scheduler.OnLoaded("small", Small, Start);
        _scheduler.OnFinished(100, Start);
    }
}
