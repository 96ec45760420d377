using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.Templates.Facts;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF3001-MF3012: the TEMPLATE, and what it does with a conversation.</summary>
internal static class TemplateRules
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        new LintRule("MF3006", Severity.Error, "Jinja where a Go template belongs", Jinja),
        new LintRule("MF3008", Severity.Warning, "TEMPLATE that a RENDERER replaces", RendererWins),
        new LintRule("MF3009", Severity.Error, "Unknown RENDERER", UnknownRenderer),
        new LintRule("MF3010", Severity.Warning, "Unknown PARSER", UnknownParser),
        new LintRule(TemplateCheck.Code, Severity.Error, "TEMPLATE that cannot be read", Unreadable).Unignorable(),
        new LintRule("MF3011", Severity.Warning, "No chat template at all", NoTemplate).OverFacts(),
    ];

    private static IEnumerable<Hit> Jinja(LintContext context)
    {
        if (context.InForce(InstructionNames.Template) is { } template && template.Value.IndexOf("{%", StringComparison.Ordinal) is var at and >= 0)
        {
            var place = context.Source.Text.IndexOf("{%", template.ContentSpan.Offset, StringComparison.Ordinal);
            yield return new Hit(
                context.Span(place >= 0 ? place : template.ContentSpan.Offset + at, 2),
                "This is Jinja; TEMPLATE takes a Go template.",
                "leave TEMPLATE out to use the template of the weights");
        }
    }

    private static IEnumerable<Hit> Unreadable(LintContext context)
    {
        if (TemplateCheck.Find(context.Modelfile) is { } problem)
            yield return new Hit(problem.Span, problem.Message, problem.Hint);
    }

    private static IEnumerable<Hit> RendererWins(LintContext context)
    {
        if (context.InForce(InstructionNames.Template) is { } template && context.InForce(InstructionNames.Renderer) is { } renderer)
            yield return new Hit(template.KeywordSpan, $"RENDERER {renderer.Value} makes the prompt; this TEMPLATE is not used.", "keep one of them");
    }

    private static IEnumerable<Hit> NoTemplate(LintContext context)
    {
        if (context.Facts is not { HasNoChatTemplate: true, IsEmbedding: false }
            || context.InForce(InstructionNames.Template) is not null || context.InForce(InstructionNames.Renderer) is not null)
            yield break;
        if (context.Named(InstructionNames.Model).LastOrDefault() is { } from)
        {
            yield return new Hit(
                from.ValueSpan, "These weights have no chat template, and there is no TEMPLATE: chats are written as ChatML, which the model may not know.",
                "declare the TEMPLATE of the model's card");
        }
    }

    private static IEnumerable<Hit> UnknownRenderer(LintContext context) =>
        Unknown(context, InstructionNames.Renderer, BuiltInRenderers.Names, "every request would fail");

    private static IEnumerable<Hit> UnknownParser(LintContext context) =>
        Unknown(context, InstructionNames.Parser, BuiltInParsers.All.Select(parser => parser.Name), "nothing is parsed");

    private static IEnumerable<Hit> Unknown(LintContext context, string name, IEnumerable<string> known, string consequence)
    {
        if (context.InForce(name) is { } instruction && !known.Contains(instruction.Value))
        {
            var near = Suggestion.For(instruction.Value, known.Order(StringComparer.Ordinal));
            yield return new Hit(
                instruction.ValueSpan,
                $"'{SafeText.ForLine(instruction.Value)}' is not known: {consequence}.",
                near is null ? null : $"did you mean {near}?");
        }
    }
}
