using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Tests.Residency;

public sealed class EnginePoolTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly EngineDemand Demand = DemandOf("a.gguf");

    private readonly RecordingLoader _loader = new();
    private readonly EnginePool _pool;

    public EnginePoolTests() =>
        _pool = new EnginePool(_loader, new SchedulerOptions { MemoryBudget = 1000, Backoff = TimeSpan.FromMilliseconds(1) },
            TimeProvider.System, NullLogger.Instance);

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task Two_requests_share_one_load_and_one_engine()
    {
        var first = _pool.AcquireAsync(Demand, new EngineClaim("chat"), default);
        var second = _pool.AcquireAsync(Demand, new EngineClaim("chat"), default);
        await Until(() => _loader.Loads == 1);
        var engine = _loader.Succeed(0);

        using var one = await first.WaitAsync(Limit);
        using var two = await second.WaitAsync(Limit);
        Assert.Same(engine, one.Engine);
        Assert.Same(engine, two.Engine);
        Assert.Equal(1, _loader.Loads);
    }

    [Fact]
    public async Task Keep_alive_zero_disposes_the_engine_after_the_last_lease()
    {
        var waiting = _pool.AcquireAsync(Demand, new EngineClaim("chat", TimeSpan.Zero), default);
        await Until(() => _loader.Loads == 1);
        var engine = _loader.Succeed(0);
        var lease = await waiting.WaitAsync(Limit);
        Assert.False(engine.IsDisposed);

        lease.Dispose();
        await Until(() => engine.IsDisposed && _pool.Engines.IsEmpty);
    }

    [Fact]
    public async Task Who_gives_up_waiting_aborts_a_load_that_nobody_else_wants()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = _pool.AcquireAsync(Demand, new EngineClaim("chat"), cancel.Token);
        await Until(() => _loader.Loads == 1);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Until(() => _pool.Engines.IsEmpty);
    }

    [Fact]
    public async Task Who_gives_up_before_the_load_has_begun_aborts_it_too()
    {
        using var cancel = new CancellationTokenSource();
        var context = new HeldContext();
        Task<EngineLease> waiting;
        using (context.Enter())
            waiting = _pool.AcquireAsync(Demand, new EngineClaim("chat"), cancel.Token);
        await cancel.CancelAsync();
        context.Release();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit));
        await Until(() => _pool.Engines.IsEmpty);
    }

    [Fact]
    public async Task An_idle_pool_grants_a_loaded_engine_without_a_change_of_thread()
    {
        var waiting = _pool.AcquireAsync(Demand, new EngineClaim("chat"), default);
        await Until(() => _loader.Loads == 1);
        _loader.Succeed(0);
        using var first = await waiting.WaitAsync(Limit);

        // The thread that granted the first one may still be on its way to rest.
        await Until(() =>
        {
            var next = _pool.AcquireAsync(Demand, new EngineClaim("chat"), default);
            var atOnce = next.IsCompletedSuccessfully;
            next.GetAwaiter().GetResult().Dispose();
            return atOnce;
        });
    }

    [Fact]
    public async Task Who_asks_a_disposed_pool_is_refused()
    {
        await _pool.DisposeAsync();
        await Assert.ThrowsAsync<EngineRefusedException>(
            () => _pool.AcquireAsync(Demand, new EngineClaim("chat"), default).WaitAsync(Limit));
    }

    [Fact]
    public async Task A_load_that_fails_in_an_unforeseen_way_refuses_who_waits()
    {
        await using var pool = new EnginePool(
            new FaultyLoader(), new SchedulerOptions { MemoryBudget = 1000 }, TimeProvider.System, NullLogger.Instance);
        var error = await Assert.ThrowsAsync<EngineRefusedException>(
            () => pool.AcquireAsync(Demand, new EngineClaim("chat"), default).WaitAsync(Limit));
        Assert.IsType<UnauthorizedAccessException>(Assert.IsType<Refusal.LoadFailed>(error.Refusal).Error);
    }

    [Fact]
    public async Task A_failed_load_tells_its_cause()
    {
        var waiting = _pool.AcquireAsync(Demand, new EngineClaim("chat"), default);
        await Until(() => _loader.Loads == 1);
        _loader.Fail(0, "broken file");
        var error = await Assert.ThrowsAsync<EngineRefusedException>(() => waiting.WaitAsync(Limit));
        Assert.Equal("broken file", Assert.IsType<Refusal.LoadFailed>(error.Refusal).Error.Message);
    }

    [Fact]
    public async Task A_pinned_engine_that_crashes_is_replaced()
    {
        _pool.SetPins([new Pin(Demand, "chat", 0)]);
        await Until(() => _loader.Loads == 1);
        var first = _loader.Succeed(0);
        await Until(() => _pool.Find(Demand.Profile) is not null);
        first.Crash("killed");

        await Until(() => _loader.Loads == 2);
        var second = _loader.Succeed(1);
        await Until(() => ReferenceEquals(_pool.Find(Demand.Profile), second));
        Assert.True(first.IsDisposed);
        Assert.Empty(_pool.MissingPins);
    }

    [Fact]
    public async Task An_engine_that_begins_to_leave_is_told_at_once_and_not_when_it_has_left()
    {
        var told = 0;
        await using var pool = new EnginePool(
            _loader, new SchedulerOptions { MemoryBudget = 1000 }, TimeProvider.System, NullLogger.Instance)
        {
            Changed = _ => Interlocked.Increment(ref told),
        };
        var waiting = pool.AcquireAsync(Demand, new EngineClaim("chat"), default);
        await Until(() => _loader.Loads == 1);
        _loader.Succeed(0);
        using var lease = await waiting.WaitAsync(Limit);

        // That it came into memory is told a moment after it may be used.
        await Until(() => Volatile.Read(ref told) > 0);
        var before = Volatile.Read(ref told);

        pool.DropFile("a.gguf");

        await Until(() => Volatile.Read(ref told) > before);
        Assert.Equal((EnginePhase.Draining, 1), (pool.Engines[0].Phase, pool.Engines[0].Requests));
    }

    [Fact]
    public async Task Who_asks_after_an_engine_died_gets_the_next_one_however_soon()
    {
        var first = _pool.AcquireAsync(Demand, new EngineClaim("chat"), default);
        await Until(() => _loader.Loads == 1);
        var dead = _loader.Succeed(0);
        using (await first.WaitAsync(Limit))
        {
            // Its death is known to it, and nobody has told the pool yet.
            dead.Crash("killed");
            var second = _pool.AcquireAsync(Demand, new EngineClaim("chat"), default);
            await Until(() => _loader.Loads == 2);
            var next = _loader.Succeed(1);
            using var lease = await second.WaitAsync(Limit);
            Assert.Same(next, lease.Engine);
        }
    }

    [Fact]
    public async Task Engines_that_die_while_many_ask_fail_nobody()
    {
        using var stop = new CancellationTokenSource(Limit);
        var pool = new EnginePool(new QuickLoader(), new SchedulerOptions
        {
            MemoryBudget = 1000, Backoff = TimeSpan.FromMilliseconds(1),
            MaxBackoff = TimeSpan.FromMilliseconds(1)
        }, TimeProvider.System, NullLogger.Instance);
        var served = 0;
        var refused = new System.Collections.Concurrent.ConcurrentQueue<Refusal>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
        {
            for (var turn = 0; Volatile.Read(ref served) <= 200 && !stop.IsCancellationRequested; turn++)
            {
                try
                {
                    using var lease = await pool.AcquireAsync(Demand, new EngineClaim("chat"), CancellationToken.None).WaitAsync(Limit);
                    Interlocked.Increment(ref served);
                    if (turn % 5 == client % 5)
                        ((RecordingEngine)lease.Engine).Crash("injected");
                }
                catch (EngineRefusedException refusal) when (refusal.Refusal is not Refusal.Crashed)
                {
                    refused.Enqueue(refusal.Refusal);
                }
                catch (EngineRefusedException)
                {
                    await Task.Yield();
                }
            }
        })));
        await pool.DisposeAsync();
        Assert.Empty(refused);
        Assert.True(served > 200, $"{served} served");
    }

    [Fact]
    public async Task Disposal_frees_engines_and_refuses_who_waits()
    {
        _pool.SetPins([new Pin(Demand, "chat", 0)]);
        await Until(() => _loader.Loads == 1);
        var engine = _loader.Succeed(0);
        await Until(() => _pool.Find(Demand.Profile) is not null);
        var waiting = _pool.AcquireAsync(DemandOf("b.gguf"), new EngineClaim("other"), default);

        await _pool.DisposeAsync();
        Assert.True(engine.IsDisposed);
        await Assert.ThrowsAsync<EngineRefusedException>(() => waiting.WaitAsync(Limit));
    }

    private sealed class FaultyLoader : IEngineLoader
    {
        public Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken) =>
            throw new UnauthorizedAccessException("no rights");

        public ValueTask DisposeAsync() => default;
    }

    private sealed class QuickLoader : IEngineLoader
    {
        public Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken) =>
            Task.FromResult<IEngine>(new RecordingEngine());

        public ValueTask DisposeAsync() => default;
    }

    internal static EngineDemand DemandOf(string weights) =>
        new(weights, weights, 100, 10) { Load = new LoadProfile { Weights = weights, ContextLength = 16 } };

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
