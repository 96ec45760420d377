using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF2010-MF2019: parameters that do not go together, or not with the rest of the file.</summary>
internal static class SamplingRules
{
    /// <summary>Rough and on the safe side: few texts have more characters per token.</summary>
    private const int CharactersPerToken = 5;

    private static readonly string[] SamplingNames = ["top_k", "top_p", "min_p", "typical_p"];

    private static readonly (string Marker, string Stop)[] Families =
    [
        ("<|im_start|>", "<|im_end|>"),
        ("<|start_header_id|>", "<|eot_id|>"),
        ("<start_of_turn>", "<end_of_turn>"),
        ("<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>"),
        ("<|assistant|>", "<|end|>"),
        ("### Instruction", "### Instruction"),
        ("USER:", "USER:"),
    ];

    internal static IReadOnlyList<LintRule> All { get; } =
    [
        new LintRule("MF2010", Severity.Info, "Sampling that temperature 0 switches off", Greedy),
        new LintRule("MF2011", Severity.Warning, "The same stop text twice", DuplicateStop).Fixable(),
        new LintRule("MF2012", Severity.Warning, "Empty stop text", EmptyStop),
        new LintRule("MF2013", Severity.Warning, "Answer longer than the context", AnswerBeyondContext),
        new LintRule("MF2014", Severity.Warning, "More kept than the context holds", KeepBeyondContext),
        new LintRule("MF2015", Severity.Info, "Drafting without a DRAFT", DraftWithoutModel),
        new LintRule("MF2016", Severity.Warning, "SYSTEM longer than the context", SystemBeyondContext),
        new LintRule("MF2017", Severity.Warning, "Template without its stop text", MissingStop).OverFacts(),
        new LintRule("MF2018", Severity.Info, "Batch larger than the context", BatchBeyondContext),
        new LintRule("MF2019", Severity.Warning, "Text parameters for embedding weights", TextFromEmbedding).OverFacts(),
    ];

    private static IEnumerable<Hit> Greedy(LintContext context)
    {
        if (context.Number("temperature") is not (0, _))
            yield break;
        foreach (var name in SamplingNames)
        {
            if (context.Number(name) is var (_, origin))
                yield return new Hit(
                    origin.Span,
                    $"With temperature 0 the most likely token is always taken, so {name} has no effect.",
                    "remove it, or raise temperature");
        }
    }

    private static IEnumerable<Hit> DuplicateStop(LintContext context)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return from stop in context.Named("stop")
               where !seen.Add(stop.Value)
               select new Hit(stop.Span, "This stop text is in the list already.", "remove it", Fixes.RemoveLines(context.Source, stop));
    }

    private static IEnumerable<Hit> EmptyStop(LintContext context) =>
        from stop in context.Named("stop")
        where stop.Value.Length == 0
        select new Hit(stop.Span, "An empty stop text stops nothing, or everything.", "remove it");

    private static IEnumerable<Hit> AnswerBeyondContext(LintContext context) =>
        BeyondContext(context, "num_predict", "An answer cannot be longer than the context of {0} tokens.", limitIsOutside: true);

    private static IEnumerable<Hit> KeepBeyondContext(LintContext context) =>
        BeyondContext(context, "num_keep", "The context of {0} tokens would never have room again.", limitIsOutside: false);

    private static IEnumerable<Hit> BatchBeyondContext(LintContext context) =>
        BeyondContext(context, "num_batch", "No prompt is longer than the context of {0} tokens.", limitIsOutside: true);

    private static IEnumerable<Hit> BeyondContext(LintContext context, string name, string message, bool limitIsOutside)
    {
        if (context.Number("num_ctx") is var (length, _) && context.Number(name) is var (value, origin)
            && (limitIsOutside ? value > length : value >= length))
        {
            yield return new Hit(
                origin.ValueSpan, message.Replace("{0}", $"{length}", StringComparison.Ordinal), $"write less than {length}");
        }
    }

    private static IEnumerable<Hit> DraftWithoutModel(LintContext context)
    {
        if (context.Number("draft_num_predict") is ( > 0, var origin) && context.Meaning.Drafts.IsEmpty)
            yield return new Hit(
                origin.Span, "Nothing drafts: there is no DRAFT.", "name a draft model, unless the weights have their own draft layers");
    }

    private static IEnumerable<Hit> SystemBeyondContext(LintContext context)
    {
        if (context.Number("num_ctx") is var (length, _) && context.InForce(InstructionNames.System) is { } system
            && system.Value.Length / CharactersPerToken > length)
        {
            yield return new Hit(
                system.KeywordSpan, $"This text alone is longer than the context of {length} tokens.", "raise num_ctx or shorten the text");
        }
    }

    private static IEnumerable<Hit> MissingStop(LintContext context)
    {
        if (context.Facts is not { } facts || context.InForce(InstructionNames.Template) is not { } template)
            yield break;
        var stops = context.Named("stop").Select(stop => stop.Value).Concat(facts.StopTokens).ToArray();
        foreach (var (marker, stop) in Families)
        {
            if (template.Value.Contains(marker, StringComparison.Ordinal) && !stops.Contains(stop, StringComparer.Ordinal))
                yield return new Hit(
                    template.KeywordSpan, $"The template uses {marker}, and nothing stops at {stop}.", $"add PARAMETER stop {stop}");
        }
    }

    private static IEnumerable<Hit> TextFromEmbedding(LintContext context) =>
        from instruction in context.Modelfile.Instructions
        where context.Facts is { IsEmbedding: true }
        where instruction.Name is InstructionNames.System or InstructionNames.Template
            or InstructionNames.Message or "temperature" or "num_predict" or "stop"
        select new Hit(instruction.KeywordSpan, "The weights make embeddings and no text, so this has no effect.", "remove it");
}
