using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>One thing that a rule found.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Diagnostic">What is wrong, and where; its severity is the configured one.</param>
/// <param name="SourceLine">Text of the line that the span begins on, for people to see and for fingerprints.</param>
public sealed record Finding(RuleDescriptor Rule, Diagnostic Diagnostic, string SourceLine)
{
    /// <summary>How to make it go away, when that is safe.</summary>
    public Fix? Fix { get; init; }

    /// <summary>The rule's code.</summary>
    public string Code => Rule.Code;

    /// <summary>The configured severity.</summary>
    public Severity Severity => Diagnostic.Severity;
}
