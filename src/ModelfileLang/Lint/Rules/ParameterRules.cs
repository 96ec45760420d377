using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Parameters;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF2001-MF2009: parameters and versions, each for itself.</summary>
internal static class ParameterRules
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        FromMeaning(MeaningRules.UnknownParameter, Severity.Error, "Not a parameter").Unignorable(),
        FromMeaning(MeaningRules.InvalidValue, Severity.Error, "Value of the wrong type").Unignorable(),
        FromMeaning(MeaningRules.DeprecatedParameter, Severity.Warning, "Parameter without effect").Fixable(),
        FromMeaning(MeaningRules.NotFinite, Severity.Error, "Number that cannot be stored").Unignorable(),
        FromMeaning(MeaningRules.InvalidRequires, Severity.Error, "REQUIRES without a version").Unignorable(),
        new LintRule("MF2006", Severity.Warning, "Value out of range", OutOfRange),
        new LintRule("MF2007", Severity.Warning, "Context longer than trained", BeyondTraining).OverFacts(),
        new LintRule("MF2008", Severity.Info, "Parameter set to its default", Default),
        new LintRule("MF2009", Severity.Warning, "More layers on the GPU than there are", BeyondLayers).OverFacts(),
    ];

    private static LintRule FromMeaning(string code, Severity severity, string title) => new(
        code,
        severity,
        title,
        context => context.Meaning.Diagnostics
            .Where(diagnostic => diagnostic.Code == code)
            .Select(diagnostic => new Hit(diagnostic.Span, diagnostic.Message, diagnostic.Hint, FixOf(context, diagnostic))));

    /// <summary>A parameter without effect can be removed; no other problem can be fixed without knowing what was meant.</summary>
    private static Fix? FixOf(LintContext context, Diagnostic diagnostic) =>
        diagnostic.Code == MeaningRules.DeprecatedParameter
            ? Fixes.RemoveLines(
                context.Source, context.Modelfile.Instructions.First(instruction => instruction.NameSpan == diagnostic.Span))
            : null;

    private static IEnumerable<Hit> OutOfRange(LintContext context) =>
        from instruction in context.Modelfile.Instructions
        let parameter = ParameterCatalogue.Find(instruction.Name)
        where parameter is not null
        let number = ParameterText.Convert(instruction.Name, [instruction.Value]).Value?.Number
        where number is { } value && double.IsFinite(value) && !parameter.Accepts(value)
        select new Hit(instruction.ValueSpan, $"{instruction.Value} makes no sense for {parameter.Name}.", $"write {parameter.Range}");

    private static IEnumerable<Hit> BeyondTraining(LintContext context)
    {
        if (context.Facts?.TrainedContext is { } trained && context.Number("num_ctx") is var (value, origin) && value > trained)
            yield return new Hit(
                origin.ValueSpan,
                $"The weights were trained with a context of {trained} tokens; {value} is cut to that.",
                $"write {trained} or less");
    }

    private static IEnumerable<Hit> Default(LintContext context) =>
        from instruction in context.Meaning.InForce
        let parameter = ParameterCatalogue.Find(instruction.Name)
        where parameter is { Type: ParameterType.Int or ParameterType.Float }
        let value = ParameterText.Convert(instruction.Name, [instruction.Value]).Value
        where value is not null && value == ParameterText.Convert(instruction.Name, [parameter.Default]).Value
        where !IsNameOfModel(context)
        select new Hit(instruction.Span, $"{parameter.Name} is {parameter.Default} without this line.", "remove it");

    private static IEnumerable<Hit> BeyondLayers(LintContext context)
    {
        // One more than the layers also puts the output on the GPU.
        if (context.Facts?.Layers is { } layers && context.Number("num_gpu") is var (value, origin) && value > layers + 1)
            yield return new Hit(origin.ValueSpan, $"The model has {layers} layers.", "write -1 to put as many on the GPU as fit");
    }

    /// <summary>A base model may bring parameters of its own, which a default then resets on purpose.</summary>
    private static bool IsNameOfModel(LintContext context) =>
        context.Named(InstructionNames.Model).Any(instruction => !ModelArgument.Of(instruction.Value).IsPath);
}
