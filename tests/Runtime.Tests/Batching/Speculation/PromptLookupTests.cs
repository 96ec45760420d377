using ModelOps.Runtime.Batching.Speculation;

namespace ModelOps.Runtime.Tests.Batching.Speculation;

/// <summary>What a text said before is what it is guessed to say again.</summary>
public class PromptLookupTests
{
    [Fact]
    public void The_text_after_the_same_three_tokens_is_guessed() => Assert.Equal([4, 5, 6], Guess([1, 2, 3, 4, 5, 6, 9, 1, 2, 3], 3));

    [Fact]
    public void No_more_is_guessed_than_asked_for() => Assert.Equal([4], Guess([1, 2, 3, 4, 5, 6, 9, 1, 2, 3], 1));

    [Fact]
    public void Of_several_places_the_last_counts() => Assert.Equal([8, 1], Guess([1, 2, 3, 4, 1, 2, 3, 8, 1, 2, 3], 2));

    [Fact]
    public void A_repetition_is_guessed_beyond_the_end_of_the_text() =>
        Assert.Equal([3, 1, 2, 3, 1, 2, 3, 1], Guess([9, 1, 2, 3, 1, 2, 3, 1, 2], 8));

    [Fact]
    public void One_token_over_and_over_is_a_repetition() => Assert.Equal([7, 7, 7, 7], Guess([1, 7, 7, 7, 7], 4));

    [Fact]
    public void Two_tokens_in_common_are_not_enough() => Assert.Empty(Guess([1, 2, 3, 4, 9, 2, 3], 4));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_text_that_just_begins_has_no_past(int length) => Assert.Empty(Guess([.. Enumerable.Repeat(5, length)], 4));

    [Fact]
    public void A_text_that_grows_is_guessed_as_if_it_were_read_at_once()
    {
        int[] text = [1, 2, 3, 4, 5, 1, 2, 3, 4, 6, 1, 2, 3, 4, 5, 5, 5, 5, 2, 3, 4, 6];
        var growing = new PromptLookup();
        for (var length = 1; length <= text.Length; length++)
        {
            var guess = new List<int>();
            growing.Guess(text.AsSpan(0, length), 4, guess);
            Assert.Equal(Guess(text[..length], 4), guess);
        }
    }

    [Fact]
    public void Another_text_does_not_remember_the_first()
    {
        var lookup = new PromptLookup();
        lookup.Guess([1, 2, 3, 4, 1, 2, 3], 2, []);
        var guess = new List<int>();

        lookup.Forget();
        lookup.Guess([8, 8, 1, 2, 3, 9, 9, 7, 1, 2], 2, guess);

        Assert.Empty(guess);
    }

    [Fact]
    public void A_text_that_became_shorter_is_read_anew()
    {
        var lookup = new PromptLookup();
        lookup.Guess([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3], 2, []);
        var guess = new List<int>();

        lookup.Guess([1, 2, 3, 9, 1, 2, 3], 2, guess);

        Assert.Equal([9, 1], guess);
    }

    [Fact]
    public void Large_token_numbers_are_told_apart()
    {
        const int Large = 2_097_151;

        Assert.Equal([5], Guess([Large, 0, Large, 5, 0, Large, 0, 6, Large, 0, Large], 1));
    }

    private static List<int> Guess(int[] text, int most)
    {
        var guess = new List<int>();
        new PromptLookup().Guess(text, most, guess);
        return guess;
    }
}
