namespace ModelOps.Runtime.Batching;

/// <summary>
/// What calls cost with one number of threads: with the first variant of the code, and with a second one where there is one.
/// </summary>
/// <param name="hasSecond">There are two.</param>
internal sealed class VariantCosts(bool hasSecond)
{
    /// <summary>The second variant may be hoped to take this share of what the first one takes.</summary>
    private const double HopeForOther = 0.85;

    /// <summary>Of the first variant.</summary>
    internal StepCosts First { get; } = new();

    /// <summary>Of the second one; null where there is none.</summary>
    internal StepCosts? Second { get; } = hasSecond ? new StepCosts() : null;

    internal StepCosts Of(bool isSecond) => isSecond ? Second! : First;

    /// <summary>The least that is known of every size.</summary>
    /// <param name="costs">By size; is filled.</param>
    internal void Known(Span<CallCost> costs)
    {
        for (var size = 1; size < costs.Length; size++)
        {
            costs[size] = Known(First, size, isSecond: false);
            if (MayBeSecond(size) && Known(Second!, size, isSecond: true) is var second && second.Seconds < costs[size].Seconds)
                costs[size] = second;
        }
    }

    /// <summary>Takes what may be hoped for where it is less than what is known.</summary>
    /// <param name="costs">By size, as <see cref="Known(Span{CallCost})"/> filled it.</param>
    internal void Hope(Span<CallCost> costs)
    {
        for (var size = 1; size < costs.Length; size++)
        {
            if (!First.IsSure(size) && First.HopeFor(size) is var hope && hope < costs[size].Seconds)
                costs[size] = new CallCost(hope, IsSecond: false, IsKnown: false);
            if (MayBeSecond(size) && !Second!.IsSure(size) && HopeForSecond(size) is var other && other < costs[size].Seconds)
                costs[size] = new CallCost(other, IsSecond: true, IsKnown: false);
        }
    }

    /// <summary>One sequence alone is always computed with the first, so that what it says does not depend on times.</summary>
    internal bool MayBeSecond(int size) => Second is not null && size > 1;

    private double HopeForSecond(int size) =>
        Second!.HopeFor(size) is var hope && double.IsFinite(hope) ? hope
        : First.Knows(size) ? First.Of(size) * HopeForOther
        : double.PositiveInfinity;

    private static CallCost Known(StepCosts costs, int size, bool isSecond) =>
        costs.IsSure(size) ? new CallCost(costs.Of(size), isSecond, IsKnown: true) : CallCost.None;
}
