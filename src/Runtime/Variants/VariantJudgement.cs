using System.Collections.Immutable;
using System.Globalization;
using ModelOps.Runtime.Libraries;

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
    /// <param name="headWidth">Numbers of an attention head of the model, 0 when unknown.</param>
    /// <param name="at">When.</param>
    internal static VariantJudgement Of(string key, ImmutableArray<TimedVariant> timed, int headWidth, DateTimeOffset at)
    {
        var (rule, best) = (timed[0], timed.MinBy(variant => Seconds(variant, timed, headWidth))!);
        var share = Seconds(best, timed, headWidth) / Seconds(rule, timed, headWidth);
        if (share > Worth)
            return new(key, rule.Source, rule.Timings.Variant, $"measured: of {timed.Length} variants none is faster", timed, at);

        var text = string.Create(
            CultureInfo.InvariantCulture, $"measured: a request takes {share:0.00} of the time that it takes with {rule}");
        return new(key, best.Source, best.Timings.Variant, text, timed, at);
    }

    /// <summary>
    /// Of a request, where steps of several sequences may be computed with another variant that would be loaded beside it.
    /// </summary>
    private static double Seconds(TimedVariant variant, ImmutableArray<TimedVariant> timed, int headWidth)
    {
        var timings = variant.Timings;
        string[] there = [.. timed.Where(other => other.Source == variant.Source).Select(other => other.Timings.Variant).OfType<string>()];
        var second = timings.IsShared ? CpuVariants.Beside(timings.Variant, there, headWidth).FirstOrDefault() : null;
        return second is not null && timed.First(other => other.Source == variant.Source && other.Timings.Variant == second) is var other
            ? (timings with { All = Math.Min(timings.All, other.Timings.All) }).Request
            : timings.Request;
    }
}
