using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF5012-MF5015: texts and turns.</summary>
internal static class ContentRules
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        new LintRule("MF5012", Severity.Info, "Empty text that sets nothing", EmptyText),
        new LintRule("MF5013", Severity.Info, "Turns that do not take turns", Turns),
        new LintRule("MF5014", Severity.Warning, "System text twice", SystemTwice),
        new LintRule("MF5015", Severity.Info, "The same license twice", LicenseTwice).Fixable(),
    ];

    private static IEnumerable<Hit> EmptyText(LintContext context) =>
        from instruction in context.Modelfile.Instructions
        where instruction.Name is InstructionNames.System or InstructionNames.Template
            or InstructionNames.License or InstructionNames.Renderer or InstructionNames.Parser
        where instruction.Value.Length == 0
        select new Hit(
            instruction.Span,
            $"An empty {InstructionNames.KeywordOf(instruction.Name)} sets nothing; what the base model has stays.",
            "remove it");

    private static IEnumerable<Hit> Turns(LintContext context)
    {
        var last = "";
        foreach (var message in context.Named(InstructionNames.Message).Where(message => message.Role != "system"))
        {
            if (last.Length == 0 && message.Role == "assistant")
                yield return new Hit(message.NameSpan, "The conversation begins with an answer.", "begin with MESSAGE user");
            else if (message.Role == last)
                yield return new Hit(message.NameSpan, $"Two turns of the {last} follow each other.", "let user and assistant take turns");
            last = message.Role;
        }
    }

    private static IEnumerable<Hit> SystemTwice(LintContext context)
    {
        if (context.InForce(InstructionNames.System) is null)
            return [];
        return from message in context.Named(InstructionNames.Message)
               where message.Role == "system"
               select new Hit(message.Span, "There is a SYSTEM too; models may see both texts or only one.", "put both into SYSTEM");
    }

    private static IEnumerable<Hit> LicenseTwice(LintContext context)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return from license in context.Named(InstructionNames.License)
               where !seen.Add(license.Value)
               select new Hit(license.Span, "This license is there already.", "remove it", Fixes.RemoveLines(context.Source, license));
    }
}
