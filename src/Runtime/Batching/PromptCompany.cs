namespace ModelOps.Runtime.Batching;

/// <summary>
/// How long prompts that could begin wait for others: requests that are sent together come a fraction of a millisecond after one another,
/// and end sooner when their prompts are computed together than when each of them has to pause the streams of those before it.
/// </summary>
internal static class PromptCompany
{
    /// <summary>Share of the time that the prompts will take, which is what the first one may lose.</summary>
    private const double Share = 0.01;

    private static readonly TimeSpan s_unknown = TimeSpan.FromMilliseconds(2);

    /// <summary>Where prompts take less than that, it does not matter in how many steps they are computed.</summary>
    private static readonly TimeSpan s_worth = TimeSpan.FromMilliseconds(50);

    /// <summary>The rest of the wait; zero when they should begin.</summary>
    /// <param name="prompts">What the prompts that are there will take; zero when that is not known.</param>
    /// <param name="waited">How long the first of them has waited.</param>
    internal static TimeSpan Wait(TimeSpan prompts, TimeSpan waited)
    {
        if (prompts > TimeSpan.Zero && prompts < s_worth)
            return TimeSpan.Zero;
        var rest = (prompts > TimeSpan.Zero ? prompts * Share : s_unknown) - waited;
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}
