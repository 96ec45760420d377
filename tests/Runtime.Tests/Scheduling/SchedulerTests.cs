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
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnRequest(1, Small, "chat", null, Start));
        Assert.Empty(_scheduler.OnRequest(2, Small, "chat", null, Start));

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
        _scheduler.OnRequest(2, Small, "chat", null, Start);
        _scheduler.OnFinished(2, Start);
        Assert.Equal(Start.AddHours(1), _scheduler.NextTick);
    }

    [Fact]
    public void Keep_alive_zero_unloads_when_the_request_ends()
    {
        _scheduler.OnRequest(1, Small, "chat", TimeSpan.Zero, Start);
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
        Assert.Contains(new SchedulerEffect.Unload("small"), _scheduler.OnRequest(2, SmallLonger, "chat", null, Start));
    }

    [Fact]
    public void An_idle_engine_makes_room_and_a_busy_one_is_waited_for()
    {
        Serve(1, Small, "chat");
        _scheduler.OnRequest(2, Small, "chat", null, Start);
        Assert.Empty(_scheduler.OnRequest(3, Big, "big", null, Start));
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
        var refusal = Assert.IsType<SchedulerEffect.Refuse>(Assert.Single(_scheduler.OnRequest(1, Big with { ContextBytes = 200 }, "big", null, Start)));
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
            Assert.Contains(new SchedulerEffect.Load(Small), _scheduler.OnRequest(death, Small, "chat", null, Start));
            _scheduler.OnLoaded("small", Small, Start);
            _scheduler.OnEnded("small", new InvalidOperationException($"death {death}"), Start);
        }

        var loop = Assert.Single(_scheduler.CrashLoops);
        Assert.Equal(("small", 3, "death 3", Start.AddSeconds(1)), (loop.Profile, loop.Failures, loop.LastCause.Message, loop.NotBefore));
        Assert.Equal(["chat"], loop.Owners);
        Assert.Equal(
            [new SchedulerEffect.Refuse(4, new Refusal.Crashed(loop, TimeSpan.FromSeconds(1)))], _scheduler.OnRequest(4, Small, "chat", null, Start));
        Assert.Equal([new SchedulerEffect.Load(SmallLonger)], _scheduler.OnRequest(5, SmallLonger, "other", null, Start));
        Assert.Equal([new SchedulerEffect.Load(Small)], _scheduler.OnRequest(6, Small, "chat", null, Start.AddSeconds(1)));
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
            _scheduler.OnRequest(death, Small, "chat", null, Start);
            _scheduler.OnLoaded("small", Small, Start);
            _scheduler.OnEnded("small", new InvalidOperationException("dead"), Start);
        }

        _scheduler.OnRequest(4, Small, "chat", TimeSpan.FromHours(1), Start.AddSeconds(1));
        _scheduler.OnLoaded("small", Small, Start.AddSeconds(2));
        _scheduler.OnTick(Start.AddSeconds(63));

        Assert.Empty(_scheduler.CrashLoops);
        _scheduler.OnEnded("small", new InvalidOperationException("dead"), Start.AddSeconds(64));
        Assert.Contains(new SchedulerEffect.Load(Small), _scheduler.OnRequest(5, Small, "chat", null, Start.AddSeconds(64)));
    }

    [Fact]
    public void A_load_that_nobody_waits_for_any_more_is_cancelled()
    {
        _scheduler.OnRequest(1, Small, "chat", null, Start);
        Assert.Equal([new SchedulerEffect.CancelLoad("small")], _scheduler.OnFinished(1, Start));
    }

    [Fact]
    public void A_failed_load_refuses_everybody_who_waited_for_it()
    {
        _scheduler.OnRequest(1, Small, "chat", null, Start);
        _scheduler.OnRequest(2, Small, "chat", null, Start);
        var error = new InvalidOperationException("broken file");
        Assert.Equal(
            [new SchedulerEffect.Refuse(1, new Refusal.LoadFailed(error)), new SchedulerEffect.Refuse(2, new Refusal.LoadFailed(error))],
            _scheduler.OnLoadFailed("small", error, Start));
    }

    [Fact]
    public void A_waiting_request_is_refused_at_its_deadline_with_what_it_waited_for()
    {
        _scheduler.OnRequest(1, Small, "chat", null, Start);
        Assert.Contains(
            new SchedulerEffect.Refuse(1, new Refusal.TimedOut(WaitReason.Loading)), _scheduler.OnTick(Start.AddMinutes(10)));
    }

    private void Serve(long request, EngineDemand demand, string owner, TimeSpan? keepAlive = null)
    {
        _scheduler.OnRequest(request, demand, owner, keepAlive, Start);
        _scheduler.OnLoaded(demand.Profile, demand, Start);
        _scheduler.OnFinished(request, Start);
    }
}
