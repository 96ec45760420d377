using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF5009-MF5011: ignore comments; found by the filter that applies them.</summary>
internal static class IgnoreRules
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        new LintRule(StyleCodes.UnusedIgnore, Severity.Warning, "Ignore that ignores nothing", Nothing),
        new LintRule(StyleCodes.IgnoreWithoutReason, Severity.Warning, "Ignore without a reason", Nothing),
        new LintRule(StyleCodes.MalformedIgnore, Severity.Warning, "Ignore that cannot be read", Nothing),
    ];

    private static IEnumerable<Hit> Nothing(LintContext context) => [];
}
