using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>Everything that the rules may look at.</summary>
internal sealed class LintContext(ModelfileSource source, LintOptions options, WeightsFacts? facts)
{
    private ModelfileMeaning? _meaning;

    internal ModelfileSource Source { get; } = source;

    internal LintOptions Options { get; } = options;

    internal WeightsFacts? Facts { get; } = facts;

    internal ModelfileParseResult Parsed { get; } = ModelfileParser.Parse(source);

    internal Modelfile Modelfile => Parsed.Recovered;

    internal ModelfileMeaning Meaning => _meaning ??= ModelfileMeaning.Of(Modelfile);

    /// <summary>Instructions of one internal name.</summary>
    internal IEnumerable<Instruction> Named(string name) => Modelfile.Named(name);

    /// <summary>The instruction in force of a single-valued name, if its value is not empty.</summary>
    internal Instruction? InForce(string name) => Meaning.Origin(name) is { Value.Length: > 0 } origin ? origin : null;

    /// <summary>A parameter's value as a number, with the instruction that set it.</summary>
    internal (double Value, Instruction Origin)? Number(string name) =>
        Meaning.Parameters.TryGetPropertyValue(name, out var node) && node!.GetValueKind() == System.Text.Json.JsonValueKind.Number
            && Meaning.Origin(name) is { } origin
            ? (node.GetValue<double>(), origin)
            : null;

    /// <summary>Whether a place is inside a value that spans it, so that its white space is content.</summary>
    internal bool IsInsideValue(int offset)
    {
        var instructions = Modelfile.Instructions;
        var (low, high) = (0, instructions.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var value = instructions[middle].ValueSpan;
            if (offset < value.Offset)
                high = middle - 1;
            else if (offset >= value.Offset + value.Length)
                low = middle + 1;
            else
                return true;
        }

        return false;
    }

    internal SourceSpan Span(int offset, int length) => Source.Span(offset, length);
}
