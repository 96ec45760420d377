using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelfileLang.Lint.Rules;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>Every rule about Modelfiles.</summary>
public static class LintRules
{
    internal static ImmutableArray<LintRule> Table { get; } =
    [
        .. new IEnumerable<LintRule>[]
        {
            SyntaxRuleTable.All, TextRules.All, ParameterRules.All, SamplingRules.All, TemplateRules.All,
            SourceRules.All, SecurityRules.All, StyleRules.All, ContentRules.All, IgnoreRules.All,
        }.SelectMany(rules => rules).OrderBy(rule => rule.Descriptor.Code, StringComparer.Ordinal),
    ];

    /// <summary>The rules, in order of their codes.</summary>
    public static ImmutableArray<RuleDescriptor> All { get; } = [.. Table.Select(rule => rule.Descriptor)];

    private static FrozenDictionary<string, RuleDescriptor> ByCode { get; } =
        All.ToFrozenDictionary(rule => rule.Code, StringComparer.Ordinal);

    /// <summary>The rule of a code, or null.</summary>
    public static RuleDescriptor? Find(string code) => ByCode.GetValueOrDefault(code);
}
