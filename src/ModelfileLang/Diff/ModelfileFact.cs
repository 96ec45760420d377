using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Parameters;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>One thing that a Modelfile says, in a form in which equal meanings are equal texts.</summary>
internal sealed record ModelfileFact(string Subject, UpdateClass Class, ChangeStyle Style, ImmutableArray<string> Items, SourceSpan Place)
{
    /// <summary>Everything that a Modelfile says, in one order.</summary>
    internal static ImmutableArray<ModelfileFact> Of(Modelfile modelfile)
    {
        var meaning = ModelfileMeaning.Of(modelfile);
        return
        [
            .. List(modelfile, InstructionNames.Model, ChangeStyle.Value),
            .. List(modelfile, InstructionNames.Adapter, ChangeStyle.Value, lastOnly: true),
            .. List(modelfile, InstructionNames.Draft, ChangeStyle.Value),
            .. Single(meaning, InstructionNames.Requires, meaning.Requires, ChangeStyle.Value),
            .. Single(meaning, InstructionNames.Template, meaning.Template, ChangeStyle.Text),
            .. Single(meaning, InstructionNames.Renderer, meaning.Renderer, ChangeStyle.Value),
            .. Single(meaning, InstructionNames.Parser, meaning.Parser, ChangeStyle.Value),
            .. Single(meaning, InstructionNames.System, meaning.System, ChangeStyle.Text),
            .. Parameters(modelfile),
            .. List(modelfile, InstructionNames.Message, ChangeStyle.List),
            .. List(modelfile, InstructionNames.License, ChangeStyle.List),
        ];
    }

    private static IEnumerable<ModelfileFact> Single(ModelfileMeaning meaning, string name, string? value, ChangeStyle style)
    {
        // An empty text sets nothing, so it says nothing.
        if (!string.IsNullOrEmpty(value) && meaning.Origin(name) is { } origin)
            yield return new ModelfileFact(InstructionNames.KeywordOf(name), UpdateClasses.Of(name), style, [value], origin.Span);
    }

    private static IEnumerable<ModelfileFact> List(Modelfile modelfile, string name, ChangeStyle style, bool lastOnly = false)
    {
        var instructions = modelfile.Named(name).ToArray();
        if (instructions.Length == 0)
            yield break;
        if (lastOnly)
            instructions = instructions[^1..];
        yield return new ModelfileFact(
            InstructionNames.KeywordOf(name),
            UpdateClasses.Of(name),
            instructions.Length > 1 ? ChangeStyle.List : style,
            [.. instructions.Select(instruction => instruction.Value)],
            instructions[^1].Span);
    }

    private static IEnumerable<ModelfileFact> Parameters(Modelfile modelfile) => modelfile.Instructions
        .Where(instruction => instruction.IsParameter && !ParameterCatalogue.IsDeprecated(instruction.Name))
        .GroupBy(instruction => instruction.Name, StringComparer.Ordinal)
        .OrderBy(repeats => repeats.Key, StringComparer.Ordinal)
        .Select(repeats => Parameter(repeats.Key, [.. repeats]));

    private static ModelfileFact Parameter(string name, Instruction[] instructions)
    {
        var isList = ParameterCatalogue.Find(name)?.Type == ParameterType.Strings;
        var inForce = isList ? instructions : instructions[^1..];
        return new ModelfileFact(
            $"PARAMETER {name}",
            UpdateClasses.Of(name),
            isList ? ChangeStyle.List : ChangeStyle.Value,
            [.. inForce.Select(Canonical)],
            inForce[^1].Span);
    }

    /// <summary>Numbers that are equal are spelled the same; what is not a value of its type stays as it is.</summary>
    private static string Canonical(Instruction instruction)
    {
        var value = ParameterText.Convert(instruction.Name, [instruction.Value]).Value;
        return value is null or ParameterValue.Strings ? instruction.Value : value.ToJson()?.ToJsonString() ?? instruction.Value;
    }
}
