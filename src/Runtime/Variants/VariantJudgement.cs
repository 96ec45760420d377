using System.Collections.Immutable;
using System.Globalization;

namespace ModelOps.Runtime.Variants;

/// <summary>Which variant a model is computed with from its next load on, as measured on this machine.</summary>
/// <param name="Key">What it is for; see <see cref="VariantKey"/>.</param>
/// <param name="Source">Name of the libraries' source.</param>
/// <param name="Variant">Name of the variant; null where the source has one for all processors.</param>
/// <param name="Reason">Why it is this one, fit to stand behind a colon.</param>
/// <param name="Timed">What was measured, the variant of the rule first.</param>
/// <param name="At">When.</param>
internal sealed record VariantJudgement(
    string Key, string Source, string? Variant, string Reason, ImmutableArray<TimedVariant> Timed, DateTimeOffset At)
{
    /// <summary>What is to replace the variant of the rule must take this share of its time at most.</summary>
    private const double Worth = 0.97;

    /// <summary>Takes the one whose request takes the least time.</summary>
    /// <param name="key">What it is for.</param>
    /// <param name="timed">What was measured, the variant of the rule first.</param>
    /// <param name="at">When.</param>
    internal static VariantJudgement Of(string key, ImmutableArray<TimedVariant> timed, DateTimeOffset at)
    {
        var (rule, best) = (timed[0], timed.MinBy(variant => variant.Timings.Request)!);
        var share = best.Timings.Request / rule.Timings.Request;
        if (share > Worth)
            return new(key, rule.Source, rule.Timings.Variant, $"measured: of {timed.Length} variants none is faster", timed, at);

        var text = string.Create(
            CultureInfo.InvariantCulture, $"measured: a request takes {share:0.00} of the time that it takes with {rule}");
        return new(key, best.Source, best.Timings.Variant, text, timed, at);
    }
}
