using ModelOps.Http.Limits;

namespace ModelOps.Http.Tests.Limits;

/// <summary>Room for large bodies: four of the largest at a time, in the order in which they ask.</summary>
public sealed class BodyBudgetTests : IDisposable
{
    private const long MiB = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ManualTime _time = new();
    private readonly BodyBudget _budget;

    public BodyBudgetTests() => _budget = new BodyBudget(new HttpLimits { MaxBody = 2 * MiB }, _time);

    public void Dispose() => _budget.Dispose();

    [Fact]
    public async Task What_finds_no_room_waits_until_others_are_done()
    {
        var first = await TakeAsync(6 * MiB);
        using var second = await TakeAsync(2 * MiB);

        var third = TakeAsync(MiB);
        Assert.False(third.IsCompleted);
        first.Dispose();

        (await third.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task A_small_one_does_not_overtake_a_large_one()
    {
        var first = await TakeAsync(7 * MiB);
        var large = TakeAsync(2 * MiB);
        var small = TakeAsync(MiB);
        Assert.False(large.IsCompleted || small.IsCompleted);

        first.Dispose();
        (await large.WaitAsync(Patience)).Dispose();
        (await small.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task A_body_that_turns_out_to_be_smaller_makes_room_at_once_and_gives_back_the_rest_only_once()
    {
        using var first = await TakeAsync(8 * MiB);
        var second = TakeAsync(7 * MiB);

        first.ShrinkTo(MiB);
        using (await second.WaitAsync(Patience))
        {
            first.Dispose();
            first.Dispose();
            using var third = await TakeAsync(MiB).WaitAsync(Patience);
            Assert.False(TakeAsync(MiB).IsCompleted);
        }
    }

    [Fact]
    public async Task Who_goes_while_waiting_leaves_its_place_to_the_next()
    {
        using var gone = new CancellationTokenSource();
        using var first = await TakeAsync(7 * MiB);
        var large = _budget.TakeAsync(2 * MiB, gone.Token);
        var small = TakeAsync(MiB);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.WaitAsync(Patience));
        (await small.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Who_waits_for_minutes_is_told_with_the_setting_and_takes_nothing()
    {
        var first = await TakeAsync(8 * MiB);
        var second = TakeAsync(MiB);

        _time.Advance(TimeSpan.FromMinutes(5));

        var refusal = await Assert.ThrowsAsync<RequestException>(() => second.WaitAsync(Patience));
        Assert.Equal(503, refusal.Status);
        Assert.Contains("--max-body of 2 MiB", refusal.Message, StringComparison.Ordinal);
        first.Dispose();
        (await TakeAsync(8 * MiB).WaitAsync(Patience)).Dispose();
    }

    private Task<BodyBudget.Share> TakeAsync(long bytes) => _budget.TakeAsync(bytes, TestContext.Current.CancellationToken);
}
