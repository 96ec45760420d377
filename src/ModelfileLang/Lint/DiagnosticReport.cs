using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>
/// Diagnostics of other parts of the product (YAML, repository, capacity) as a report, so that every format prints them too.
/// </summary>
public static class DiagnosticReport
{
    /// <summary>The diagnostics as findings.</summary>
    /// <param name="diagnostics">What was found; their severities are kept.</param>
    /// <param name="rules">The rules of that part; a code without one gets a descriptor of its own.</param>
    /// <param name="textOf">The text of a file, of any language, for the lines to show; null when it is not there.</param>
    public static LintReport Of(
        IEnumerable<Diagnostic> diagnostics, IReadOnlyList<RuleDescriptor> rules, Func<string, ModelfileSource?> textOf)
    {
        var byCode = rules.ToDictionary(rule => rule.Code, StringComparer.Ordinal);
        var sources = new Dictionary<string, ModelfileSource?>(StringComparer.Ordinal);
        return new LintReport(LintReport.InOrder(diagnostics.Select(AsFinding)));

        Finding AsFinding(Diagnostic diagnostic)
        {
            var rule = byCode.GetValueOrDefault(diagnostic.Code)
                ?? new RuleDescriptor(diagnostic.Code, diagnostic.Code, diagnostic.Severity);
            if (!sources.TryGetValue(diagnostic.File, out var source))
                sources.Add(diagnostic.File, source = textOf(diagnostic.File));
            var line = diagnostic.Span.Line;
            return new Finding(rule, diagnostic, source is not null && line >= 1 && line <= source.LineCount ? source.LineText(line) : "");
        }
    }
}
