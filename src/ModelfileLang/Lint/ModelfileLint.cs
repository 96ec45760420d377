using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>Runs every rule over one Modelfile. Pure.</summary>
public static class ModelfileLint
{
    /// <summary>Every finding about a file, syntax errors included.</summary>
    /// <param name="source">The file.</param>
    /// <param name="options">What is allowed here.</param>
    /// <param name="facts">What is known of the weights; without it the rules about weights are silent.</param>
    public static LintReport Check(ModelfileSource source, LintOptions options, WeightsFacts? facts = null)
    {
        var context = new LintContext(source, options, facts);
        var findings = LintReport.InOrder(LintRules.Table
            .Where(rule => !rule.Descriptor.CanBeIgnored || !options.Disabled.Contains(rule.Descriptor.Code))
            .SelectMany(rule => rule.Find(context).Select(hit => Make(context, rule.Descriptor, hit))));
        var report = options.HonourIgnores ? IgnoreFilter.Apply(context, findings) : new LintReport(findings);
        return report with
        {
            Findings = [.. WithoutConsequences(report.Findings).Where(
                finding => !finding.Rule.CanBeIgnored || !options.Disabled.Contains(finding.Code))],
            Files = [source.File],
        };
    }

    /// <summary>A Jinja template is also a broken Go template; only the finding about Jinja is kept.</summary>
    private static IEnumerable<Finding> WithoutConsequences(ImmutableArray<Finding> findings) =>
        findings.Any(finding => finding.Code == "MF3006") ? findings.Where(finding => finding.Code != TemplateCheck.Code) : findings;

    internal static Finding Make(LintContext context, RuleDescriptor rule, Hit hit)
    {
        var severity = context.Options.Severities.GetValueOrDefault(rule.Code, rule.Severity);
        var diagnostic = new Diagnostic(rule.Code, severity, context.Source.File, hit.Span, hit.Message, hit.Hint);
        return new Finding(rule, diagnostic, context.Source.LineText(hit.Span.Line)) { Fix = hit.Fix };
    }
}
