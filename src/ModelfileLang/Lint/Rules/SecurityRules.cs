using System.Text.RegularExpressions;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF4011-MF4016: what may not be in a file, and what does not belong together.</summary>
internal static partial class SecurityRules
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        new LintRule("MF4011", Severity.Error, "Secret in the file", Secrets),
        new LintRule("MF4012", Severity.Error, "Characters that reorder text", Reordering),
        new LintRule("MF4013", Severity.Warning, "Control tokens inside a text", ControlTokens),
        new LintRule("MF4014", Severity.Error, "Adapter for another architecture", WrongAdapter).OverFacts(),
        new LintRule("MF4015", Severity.Error, "Registry that is not allowed", Registry),
        new LintRule("MF4016", Severity.Warning, "License that is not allowed", License),
    ];

    private static IEnumerable<Hit> Secrets(LintContext context) =>
        from secret in SecretText.Find(context.Source.Text)
        select new Hit(
            context.Span(secret.Offset, secret.Length), $"This looks like {secret.Kind}.",
            "revoke it, and keep secrets out of the repository");

    private static IEnumerable<Hit> Reordering(LintContext context)
    {
        for (var index = 0; index < context.Source.Text.Length; index++)
        {
            var character = context.Source.Text[index];
            if (character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
                yield return new Hit(
                    context.Span(index, 1), $"U+{(int)character:X4} makes the text look different from what it says.", "remove it");
        }
    }

    private static IEnumerable<Hit> ControlTokens(LintContext context)
    {
        foreach (var instruction in context.Modelfile.Instructions)
        {
            if (instruction.Name is not (InstructionNames.System or InstructionNames.Message))
                continue;
            foreach (Match match in ControlToken().Matches(context.Source.TextOf(instruction.ContentSpan)))
            {
                yield return new Hit(
                    context.Span(instruction.ContentSpan.Offset + match.Index, match.Length),
                    $"{match.Value} separates turns; inside a text it can end the turn early.",
                    "put control tokens in the TEMPLATE only");
            }
        }
    }

    private static IEnumerable<Hit> WrongAdapter(LintContext context)
    {
        if (context.Facts is { Architecture.Length: > 0, AdapterArchitecture.Length: > 0 } facts
            && !string.Equals(facts.Architecture, facts.AdapterArchitecture, StringComparison.OrdinalIgnoreCase)
            && context.Named(InstructionNames.Adapter).LastOrDefault() is { } adapter)
        {
            yield return new Hit(
                adapter.ValueSpan,
                $"The adapter was made for {facts.AdapterArchitecture}, the base is {facts.Architecture}.",
                "use an adapter made for this base");
        }
    }

    private static IEnumerable<Hit> Registry(LintContext context) =>
        from instruction in context.Named(InstructionNames.Model)
        let argument = ModelArgument.Of(instruction.Value)
        where !context.Options.AllowedRegistries.IsEmpty
            && !argument.IsPath
            && !(context.Options.Exists?.Invoke(instruction.Value) ?? false)
        where !context.Options.AllowedRegistries.Contains(argument.Registry, StringComparer.OrdinalIgnoreCase)
        select new Hit(
            instruction.ValueSpan,
            $"Models may not come from {SafeText.ForLine(argument.Registry)} here.",
            $"allowed: {string.Join(", ", context.Options.AllowedRegistries)}");

    private static IEnumerable<Hit> License(LintContext context) =>
        from license in context.Named(InstructionNames.License)
        where !context.Options.AllowedLicenses.IsEmpty
        where !context.Options.AllowedLicenses.Any(name => license.Value.Contains(name, StringComparison.OrdinalIgnoreCase))
        select new Hit(
            license.KeywordSpan,
            "This license names none of the allowed ones.",
            $"allowed: {string.Join(", ", context.Options.AllowedLicenses)}");

#pragma warning disable MA0009 // The repetition is bounded.
    [GeneratedRegex(@"<\|[A-Za-z0-9_]{2,40}\|>|<(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>|</?s>")]
    private static partial Regex ControlToken();
#pragma warning restore MA0009
}
