using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF1001-MF1006: what the parser itself refuses.</summary>
internal static class SyntaxRuleTable
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        FromParser(SyntaxRules.UnknownInstruction, "Not an instruction"),
        FromParser(SyntaxRules.NameWithoutSpace, "Instruction without a value"),
        FromParser(SyntaxRules.MessageRole, "Message without a known role"),
        FromParser(SyntaxRules.ParameterName, "Parameter without a name or a value"),
        FromParser(SyntaxRules.UnclosedQuote, "Quotes that are never closed"),
        FromParser(SyntaxRules.NoFrom, "No FROM instruction"),
    ];

    private static LintRule FromParser(string code, string title) => new LintRule(
        code,
        Severity.Error,
        title,
        context => context.Parsed.Diagnostics
            .Where(diagnostic => diagnostic.Code == code)
            .Select(diagnostic => new Hit(diagnostic.Span, diagnostic.Message, diagnostic.Hint))).Unignorable();
}
