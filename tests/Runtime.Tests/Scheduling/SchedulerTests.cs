using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Tests.Scheduling;

public class SchedulerTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly EngineDemand Small = new("small", "a.gguf", 100, 10);
    private static readonly EngineDemand SmallLonger = new("small-8k", "a.gguf", 100, 40);
    private static readonly EngineDemand Big = new("big", "b.gguf", 300, 100);

    private readonly Scheduler _scheduler = new(new SchedulerOptions { MemoryBudget = 450 });

    [Fact]
    public void A_request_loads_its_engine_once_and_is_granted_when_it_is_ready()
    {
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start));
        Assert.Empty(_scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start));

        Assert.Equal(
            [new SchedulerEffect.Grant(1, "small"), new SchedulerEffect.Grant(2, "small")],
            _scheduler.OnLoaded("small", Small, Start));
    }

    [Fact]
    public void An_idle_engine_leaves_after_its_keep_alive_and_not_before()
    {
        Serve(1, Small, "chat", TimeSpan.FromMinutes(2));
        Assert.Equal(Start.AddMinutes(2), _scheduler.NextTick);
        Assert.Empty(_scheduler.OnTick(Start.AddSeconds(119)));
        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnTick(Start.AddMinutes(2)));
    }

    [Fact]
    public void A_keep_alive_stays_until_another_request_sets_one()
    {
        Serve(1, Small, "chat", TimeSpan.FromHours(1));
        _scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start);
        _scheduler.OnFinished(2, Start);
        Assert.Equal(Start.AddHours(1), _scheduler.NextTick);
    }

    [Fact]
    public void Keep_alive_zero_unloads_when_the_request_ends()
    {
        _scheduler.OnRequest(1, Small, new EngineClaim("chat", TimeSpan.Zero), Start);
        _scheduler.OnLoaded("small", Small, Start);
        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnFinished(1, Start));
    }

    [Fact]
    public void The_weights_of_two_contexts_count_once()
    {
        Serve(1, Small, "a");
        Serve(2, SmallLonger, "b");
        Assert.Equal(150, _scheduler.UsedBytes);
    }

    [Fact]
    public void A_name_that_moves_to_another_context_lets_go_of_the_old_one()
    {
        Serve(1, Small, "chat");
        Assert.Contains(new SchedulerEffect.Unload("small"), _scheduler.OnRequest(2, SmallLonger, new EngineClaim("chat"), Start));
    }

    [Fact]
    public void An_idle_engine_makes_room_and_a_busy_one_is_waited_for()
    {
        Serve(1, Small, "chat");
        _scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start);
        Assert.Equal([new SchedulerEffect.Evict("small")], _scheduler.OnRequest(3, Big, new EngineClaim("big"), Start));
        Assert.Equal(WaitReason.Memory, Assert.Single(_scheduler.Waiting).Reason);

        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnFinished(2, Start));
        Assert.Equal([new SchedulerEffect.Load(Big)], _scheduler.OnUnloaded("small", Start));
    }

    [Fact]
    public void A_pinned_engine_is_loaded_without_a_request_and_never_evicted()
    {
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnPins([new Pin(Small, "chat", 0)], Start));
        _scheduler.OnLoaded("small", Small, Start);

        Assert.Empty(_scheduler.OnUnloadRequested("chat", Start));
        Assert.Empty(_scheduler.OnTick(Start.AddDays(1)));
        var refusal = Assert.IsType<SchedulerEffect.Refuse>(
            Assert.Single(_scheduler.OnRequest(1, Big with { ContextBytes = 200 }, new EngineClaim("big"), Start)));
        Assert.Equal(new Refusal.NeverFits(500, 340), refusal.Reason);
    }

    [Fact]
    public void A_pinned_engine_that_dies_is_loaded_again_after_a_growing_wait()
    {
        _scheduler.OnPins([new Pin(Small, "chat", 0)], Start);
        _scheduler.OnLoaded("small", Small, Start);

        Assert.Empty(_scheduler.OnEnded("small", new InvalidOperationException("killed"), Start));
        Assert.Equal(("small", "killed", 1), Assert.Single(_scheduler.MissingPins));
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnTick(_scheduler.NextTick));
        _scheduler.OnLoadFailed("small", new InvalidOperationException("again"), Start.AddSeconds(1));
        Assert.Equal(Start.AddSeconds(2), _scheduler.NextTick);
    }

    [Fact]
    public void An_engine_that_dies_again_and_again_is_not_loaded_for_every_request()
    {
        for (var death = 1; death <= 3; death++)
        {
            Assert.Contains(new SchedulerEffect.Load(Small), _scheduler.OnRequest(death, Small, new EngineClaim("chat"), Start));
            _scheduler.OnLoaded("small", Small, Start);
            _scheduler.OnEnded("small", new InvalidOperationException($"death {death}"), Start);
        }

        var loop = Assert.Single(_scheduler.CrashLoops);
        Assert.Equal(("small", 3, "death 3", Start.AddSeconds(1)), (loop.Profile, loop.Failures, loop.LastCause.Message, loop.NotBefore));
        Assert.Equal(["chat"], loop.Owners);
        Assert.Equal(
            [new SchedulerEffect.Refuse(4, new Refusal.Crashed(loop, TimeSpan.FromSeconds(1)))],
                _scheduler.OnRequest(4, Small, new EngineClaim("chat"), Start));
        Assert.Equal([new SchedulerEffect.Load(SmallLonger)], _scheduler.OnRequest(5, SmallLonger, new EngineClaim("other"), Start));
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnRequest(6, Small, new EngineClaim("chat"), Start.AddSeconds(1)));
    }

    [Fact]
    public void A_pin_that_failed_and_then_does_not_fit_does_not_ask_to_be_woken_at_once()
    {
        var small = new Pin(Small with { ContextBytes = 40 }, "small", 0);
        _scheduler.OnPins([small], Start);
        _scheduler.OnLoadFailed("small", new InvalidOperationException("dead"), Start);
        _scheduler.OnPins([new Pin(Big, "big", 1), small], Start);
        _scheduler.OnLoaded("big", Big, Start);

        _scheduler.OnTick(Start.AddMinutes(1));

        Assert.True(_scheduler.NextTick > Start.AddMinutes(1));
    }

    [Fact]
    public void An_engine_that_served_for_long_is_in_no_crash_loop_any_more()
    {
        for (var death = 1; death <= 3; death++)
        {
            _scheduler.OnRequest(death, Small, new EngineClaim("chat"), Start);
            _scheduler.OnLoaded("small", Small, Start);
            _scheduler.OnEnded("small", new InvalidOperationException("dead"), Start);
        }

        _scheduler.OnRequest(4, Small, new EngineClaim("chat", TimeSpan.FromHours(1)), Start.AddSeconds(1));
        _scheduler.OnLoaded("small", Small, Start.AddSeconds(2));
        _scheduler.OnTick(Start.AddSeconds(63));

        Assert.Empty(_scheduler.CrashLoops);
        _scheduler.OnEnded("small", new InvalidOperationException("dead"), Start.AddSeconds(64));
        Assert.Contains(new SchedulerEffect.Load(Small), _scheduler.OnRequest(5, Small, new EngineClaim("chat"), Start.AddSeconds(64)));
    }

    [Fact]
    public void A_load_that_nobody_waits_for_any_more_is_cancelled()
    {
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);
        Assert.Equal([new SchedulerEffect.CancelLoad("small")], _scheduler.OnFinished(1, Start));
    }

    [Fact]
    public void A_failed_load_refuses_everybody_who_waited_for_it()
    {
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);
        _scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start);
        var error = new InvalidOperationException("broken file");
        Assert.Equal(
            [new SchedulerEffect.Refuse(1, new Refusal.LoadFailed(error)), new SchedulerEffect.Refuse(2, new Refusal.LoadFailed(error))],
            _scheduler.OnLoadFailed("small", error, Start));
    }

    [Fact]
    public void A_waiting_request_is_refused_at_its_deadline_with_what_it_waited_for()
    {
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);
        Assert.Contains(
            new SchedulerEffect.Refuse(1, new Refusal.TimedOut(WaitReason.Loading)), _scheduler.OnTick(Start.AddMinutes(10)));
    }

    [Fact]
    public void Of_two_idle_engines_the_one_leaves_that_is_cheaper_to_have_again_for_the_time_that_nobody_used_it()
    {
        var large = new EngineDemand("large", "l.gguf", 180, 20);
        var small = new EngineDemand("tiny", "t.gguf", 40, 10);
        Serve(1, large, "large", TimeSpan.FromDays(1));
        Serve(2, small, "tiny", TimeSpan.FromDays(1));

        // Used at the same time: the cheap one goes. Unused for an hour: the large one goes although it costs more.
        Assert.Equal(
            new SchedulerEffect.Evict("tiny"), _scheduler.OnRequest(3, Big with { WeightsBytes = 150 }, new EngineClaim("big"), Start)[0]);
        _scheduler.OnUnloaded("tiny", Start);
        _scheduler.OnLoaded("big", Big with { WeightsBytes = 150 }, Start);
        _scheduler.OnFinished(3, Start);
        _scheduler.OnUnloadRequested("big", Start);
        _scheduler.OnUnloaded("big", Start);
        var later = Start.AddHours(1);
        _scheduler.OnRequest(4, small, new EngineClaim("tiny", TimeSpan.FromDays(1)), later);
        _scheduler.OnLoaded("tiny", small, later);
        _scheduler.OnFinished(4, later);
        Assert.Equal(
            new SchedulerEffect.Evict("large"), _scheduler.OnRequest(5, Big with { WeightsBytes = 150 }, new EngineClaim("big"), later)[0]);
    }

    [Fact]
    public void Nobody_is_evicted_whose_memory_turns_out_not_to_be_needed()
    {
        var scheduler = new Scheduler(new SchedulerOptions { MemoryBudget = 450 });
        var small = new EngineDemand("tiny", "t.gguf", 40, 10);
        var large = new EngineDemand("large", "l.gguf", 380, 20);
        foreach (var (request, demand) in (IEnumerable<(int, EngineDemand)>)[(1, small), (2, large)])
        {
            scheduler.OnRequest(request, demand, new EngineClaim(demand.Profile), Start);
            scheduler.OnLoaded(demand.Profile, demand, Start);
            scheduler.OnFinished(request, Start);
        }

        // The small one is cheaper and comes first in the order, but the large one must go anyway, and is enough.
        var effects = scheduler.OnRequest(3, Big, new EngineClaim("big"), Start);
        Assert.Equal([new SchedulerEffect.Evict("large"), new SchedulerEffect.Unload("large")], effects);
    }

    [Fact]
    public void A_higher_priority_stays_longer()
    {
        var important = new EngineDemand("important", "i.gguf", 100, 10);
        var other = new EngineDemand("other", "o.gguf", 200, 100);
        _scheduler.OnRequest(1, important, new EngineClaim("important", TimeSpan.FromDays(9), Priority: 5), Start);
        _scheduler.OnLoaded("important", important, Start);
        _scheduler.OnFinished(1, Start);
        Serve(2, other, "other", TimeSpan.FromDays(9));

        var effects = _scheduler.OnRequest(3, Small with { WeightsBytes = 150, ContextBytes = 50 }, new EngineClaim("chat"), Start);
        Assert.Equal(new SchedulerEffect.Evict("other"), effects[0]);
    }

    [Fact]
    public void What_an_engine_measured_counts_from_then_on()
    {
        _scheduler.OnRequest(1, Small, new EngineClaim("chat", TimeSpan.Zero), Start);
        _scheduler.OnLoaded("small", Small with { ContextBytes = 390 }, Start);
        Assert.Equal(490, _scheduler.UsedBytes);
        var view = Assert.Single(_scheduler.Engines);
        Assert.Equal((10, 390), (view.EstimatedContextBytes, view.ContextBytes));
        _scheduler.OnFinished(1, Start);
        _scheduler.OnUnloaded("small", Start);

        var refusal = Assert.IsType<SchedulerEffect.Refuse>(Assert.Single(_scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start)));
        Assert.Equal(new Refusal.NeverFits(490, 450), refusal.Reason);
    }

    [Fact]
    public void An_engine_larger_than_thought_makes_idle_ones_leave()
    {
        Serve(1, Small, "chat", TimeSpan.FromHours(1));
        _scheduler.OnRequest(2, Big with { WeightsBytes = 200 }, new EngineClaim("big"), Start);
        var effects = _scheduler.OnLoaded("big", Big, Start);
        Assert.Equal(
            [new SchedulerEffect.Grant(2, "big"), new SchedulerEffect.Evict("small"), new SchedulerEffect.Unload("small")], effects);
    }

    [Fact]
    public void An_unload_that_is_asked_for_waits_for_the_last_request_and_turns_nobody_away()
    {
        Serve(1, Small, "chat", TimeSpan.FromHours(1));
        _scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start);
        Assert.Empty(_scheduler.OnUnloadRequested("chat", Start));
        Assert.True(Assert.Single(_scheduler.Engines).ExpiresAt <= Start);

        Assert.Equal([new SchedulerEffect.Grant(3, "small")], _scheduler.OnRequest(3, Small, new EngineClaim("chat"), Start));
        Assert.Empty(_scheduler.OnFinished(2, Start));
        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnFinished(3, Start));
    }

    [Fact]
    public void Two_builds_that_fit_together_are_both_served_during_an_update()
    {
        _scheduler.OnPins([new Pin(Small, "chat", 0)], Start);
        _scheduler.OnLoaded("small", Small, Start);
        var next = new EngineDemand("next", "n.gguf", 100, 10);

        _scheduler.OnHandover(new Handover("staged", next, "chat"), Start);
        Assert.Equal([new SchedulerEffect.Load(next)], _scheduler.OnRequest(1, next, new EngineClaim("staged"), Start));
        Assert.Equal([new SchedulerEffect.Grant(2, "small")], _scheduler.OnRequest(2, Small, new EngineClaim("chat"), Start));
        _scheduler.OnLoaded("next", next, Start);
        Assert.Equal(2, _scheduler.Engines.Length);

        _scheduler.OnPins([new Pin(next, "chat", 0)], Start);
        Assert.Empty(_scheduler.OnHandoverEnded("staged", ["chat"], Start));
        _scheduler.OnFinished(1, Start);
        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnFinished(2, Start));
        Assert.Equal(["chat"], Assert.Single(_scheduler.Engines, engine => engine.Profile == "next").Owners);
    }

    [Fact]
    public void A_build_whose_names_have_moved_leaves_when_its_pin_does()
    {
        _scheduler.OnPins([new Pin(Small, "chat", 0)], Start);
        _scheduler.OnLoaded("small", Small, Start);
        var next = new EngineDemand("next", "n.gguf", 100, 10);
        _scheduler.OnHandover(new Handover("staged", next, "chat"), Start);
        _scheduler.OnRequest(1, next, new EngineClaim("staged"), Start);
        _scheduler.OnLoaded("next", next, Start);

        Assert.Empty(_scheduler.OnHandoverEnded("staged", ["chat"], Start));
        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnPins([new Pin(next, "chat", 0)], Start));
    }

    [Fact]
    public void A_pinned_build_that_does_not_fit_beside_its_successor_gives_way_and_requests_wait_for_the_new_one()
    {
        _scheduler.OnPins([new Pin(Small, "chat", 0)], Start);
        _scheduler.OnLoaded("small", Small, Start);
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);

        _scheduler.OnHandover(new Handover("staged", Big, "chat"), Start);
        Assert.Equal([new SchedulerEffect.Evict("small")], _scheduler.OnRequest(2, Big, new EngineClaim("staged"), Start));
        Assert.Empty(_scheduler.OnRequest(3, Small, new EngineClaim("chat"), Start));
        Assert.Equal([new SchedulerEffect.Unload("small")], _scheduler.OnFinished(1, Start));
        Assert.Equal([new SchedulerEffect.Load(Big)], _scheduler.OnUnloaded("small", Start));
        Assert.Equal([new SchedulerEffect.Grant(2, "big")], _scheduler.OnLoaded("big", Big, Start));
        var waiting = Assert.Single(_scheduler.Waiting);
        Assert.Equal((3, "chat", WaitReason.Update), (waiting.Request, waiting.Owner, waiting.Reason));

        _scheduler.OnPins([new Pin(Big, "chat", 0)], Start);
        Assert.Equal([new SchedulerEffect.Refuse(3, new Refusal.Moved())], _scheduler.OnHandoverEnded("staged", ["chat"], Start));
        Assert.Equal([new SchedulerEffect.Grant(4, "big")], _scheduler.OnRequest(4, Big, new EngineClaim("chat"), Start));
    }

    [Fact]
    public void An_update_that_is_given_up_brings_the_old_build_back()
    {
        _scheduler.OnPins([new Pin(Small, "chat", 0)], Start);
        _scheduler.OnLoaded("small", Small, Start);
        _scheduler.OnHandover(new Handover("staged", Big, "chat"), Start);
        _scheduler.OnRequest(1, Big, new EngineClaim("staged"), Start);
        _scheduler.OnUnloaded("small", Start);
        _scheduler.OnLoaded("big", Big, Start);

        Assert.Empty(_scheduler.OnHandoverEnded("staged", [], Start));
        Assert.Equal([new SchedulerEffect.Unload("big")], _scheduler.OnFinished(1, Start));
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnUnloaded("big", Start));
    }

    [Fact]
    public void A_worker_that_dies_while_it_loads_ends_in_a_crash_loop_too()
    {
        for (var death = 1; death <= 3; death++)
        {
            _scheduler.OnRequest(death, Small, new EngineClaim("chat"), Start);
            _scheduler.OnLoadFailed("small", new EngineFailedException("killed") { WorkerDied = true }, Start);
        }

        Assert.IsType<Refusal.Crashed>(
            Assert.IsType<SchedulerEffect.Refuse>(Assert.Single(_scheduler.OnRequest(4, Small, new EngineClaim("chat"), Start))).Reason);
    }

    [Fact]
    public void Who_waits_for_a_load_that_is_killed_gets_another_one_and_is_told_of_the_second_death()
    {
        var killed = new EngineFailedException("killed") { WorkerDied = true };
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);

        Assert.IsType<SchedulerEffect.Load>(Assert.Single(_scheduler.OnLoadFailed("small", killed, Start)));
        Assert.Contains(_scheduler.OnLoadFailed("small", killed, Start),
            effect => effect is SchedulerEffect.Refuse { Request: 1, Reason: Refusal.LoadFailed });
    }

    [Fact]
    public void Who_waits_for_a_load_that_fails_by_itself_is_told_at_once()
    {
        _scheduler.OnRequest(1, Small, new EngineClaim("chat"), Start);

        Assert.IsType<SchedulerEffect.Refuse>(
            Assert.Single(_scheduler.OnLoadFailed("small", new EngineFailedException("no such tensor"), Start)));
    }

    private void Serve(long request, EngineDemand demand, string owner, TimeSpan? keepAlive = null)
    {
        _scheduler.OnRequest(request, demand, new EngineClaim(owner, keepAlive), Start);
        _scheduler.OnLoaded(demand.Profile, demand, Start);
        _scheduler.OnFinished(request, Start);
    }

    [Fact]
    public void Memory_that_nobody_needs_is_lent_and_comes_back_before_a_model_leaves()
    {
        var borrower = Small with { MostLent = 200 };
        _scheduler.OnRequest(1, borrower, new EngineClaim("chat"), Start);
        Assert.Contains(new SchedulerEffect.Lend("small", 200), _scheduler.OnLoaded("small", borrower, Start));
        Assert.Equal(200, _scheduler.LentBytes);
        var used = _scheduler.UsedBytes;
        var other = new EngineDemand("other", "other", 0, _scheduler.BudgetBytes - used - 100);

        Assert.Equal([new SchedulerEffect.Lend("small", 0)], _scheduler.OnRequest(2, other, new EngineClaim("other"), Start));
        Assert.Equal(200, _scheduler.LentBytes);
        Assert.Equal([new SchedulerEffect.Load(other)], _scheduler.OnLent("small", 0, Start));

        Assert.Contains(new SchedulerEffect.Lend("small", 100), _scheduler.OnLoaded("other", other, Start));
    }
}
