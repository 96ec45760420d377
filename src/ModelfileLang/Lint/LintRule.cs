using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>What a rule says about one place.</summary>
internal sealed record Hit(SourceSpan Span, string Message, string? Hint = null, Fix? Fix = null);

/// <summary>A rule about Modelfiles.</summary>
internal sealed record LintRule(RuleDescriptor Descriptor, Func<LintContext, IEnumerable<Hit>> Find)
{
    internal LintRule(string code, Severity severity, string title, Func<LintContext, IEnumerable<Hit>> find)
        : this(new RuleDescriptor(code, title, severity), find)
    {
    }

    /// <summary>The rule, known to come with fixes.</summary>
    internal LintRule Fixable() => this with { Descriptor = Descriptor with { IsFixable = true } };

    /// <summary>The rule, known to look at more than the file.</summary>
    internal LintRule OverFacts() => this with { Descriptor = Descriptor with { NeedsFacts = true } };

    /// <summary>The rule, for what the reference refuses.</summary>
    internal LintRule Unignorable() => this with { Descriptor = Descriptor with { CanBeIgnored = false } };
}
