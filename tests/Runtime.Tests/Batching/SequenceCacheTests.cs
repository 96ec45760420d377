using ModelOps.Runtime.Batching;

namespace ModelOps.Runtime.Tests.Batching;

public class SequenceCacheTests
{
    private readonly SequenceCache _cache = new();

    public SequenceCacheTests() => _cache.Tokens.AddRange([10, 11, 12, 13, 14, 15]);

    [Fact]
    public void A_slot_that_is_empty_holds_no_token_yet()
    {
        Assert.False(_cache.HasSlot);
        _cache.Take(3);
        Assert.Equal((true, 3, 0, 0), (_cache.HasSlot, _cache.Slot, _cache.Computed, _cache.Reused));
    }

    [Fact]
    public void What_a_slot_holds_already_counts_as_computed_and_as_reused()
    {
        _cache.Reuse(0, 4);
        _cache.Advance(2);
        Assert.Equal((6, 4), (_cache.Computed, _cache.Reused));
    }

    [Fact]
    public void A_shift_takes_the_tokens_out_and_remembers_what_did_not_move()
    {
        _cache.Reuse(0, 6);
        _cache.Shift(keep: 2, count: 3);
        Assert.Equal([10, 11, 15], _cache.Tokens);
        Assert.Equal((3, 2, false), (_cache.Computed, _cache.Unmoved, _cache.IsUnmoved));

        _cache.Tokens.AddRange([16, 17]);
        _cache.Advance(2);
        _cache.Shift(keep: 3, count: 1);
        Assert.Equal(2, _cache.Unmoved);
    }
}
