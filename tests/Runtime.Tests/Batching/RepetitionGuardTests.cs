using System.Text;
using ModelOps.Runtime.Batching;

namespace ModelOps.Runtime.Tests.Batching;

public class RepetitionGuardTests
{
    private readonly RepetitionGuard _guard = new();

    [Fact]
    public void The_same_token_may_come_31_times_and_not_32() => Assert.Equal(32, FirstRefused(_ => "ha"));

    [Fact]
    public void White_space_around_it_makes_it_no_other_token() => Assert.Equal(32, FirstRefused(at => at % 2 == 0 ? " ha\n" : "ha"));

    [Fact]
    public void Another_token_between_begins_the_count_anew() => Assert.Null(FirstRefused(at => at % 31 == 0 ? "hi" : "ha"));

    /// <summary>Number of the first token that is one too many, of the first 200.</summary>
    private int? FirstRefused(Func<int, string> tokenAt)
    {
        for (var at = 1; at <= 200; at++)
        {
            if (_guard.Repeats(Encoding.UTF8.GetBytes(tokenAt(at))))
                return at;
        }

        return null;
    }
}
