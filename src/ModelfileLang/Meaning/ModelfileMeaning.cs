using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelfileLang.Meaning;

/// <summary>What a Modelfile asks for, without a look at any file: repeats are settled, parameters are typed.</summary>
public sealed record ModelfileMeaning
{
    /// <summary>Every FROM in order: model names and paths, not told apart yet.</summary>
    public ImmutableArray<string> From { get; init; } = [];

    /// <summary>Every ADAPTER in order; the reference uses the last one only.</summary>
    public ImmutableArray<string> Adapters { get; init; } = [];

    /// <summary>Every DRAFT in order.</summary>
    public ImmutableArray<string> Drafts { get; init; } = [];

    /// <summary>The last TEMPLATE; null when there is none.</summary>
    public string? Template { get; init; }

    /// <summary>The last SYSTEM; null when there is none.</summary>
    public string? System { get; init; }

    /// <summary>The last RENDERER; null when there is none.</summary>
    public string? Renderer { get; init; }

    /// <summary>The last PARSER; null when there is none.</summary>
    public string? Parser { get; init; }

    /// <summary>The last REQUIRES that is a version, without its <c>v</c>; null when there is none.</summary>
    public string? Requires { get; init; }

    /// <summary>Every LICENSE in order.</summary>
    public ImmutableArray<string> Licenses { get; init; } = [];

    /// <summary>Every MESSAGE in order.</summary>
    public ImmutableArray<ChatMessage> Messages { get; init; } = [];

    /// <summary>The parameters, typed, in order of first use; <c>stop</c> is a list. Do not change it: it is shared.</summary>
    public JsonObject Parameters { get; init; } = [];

    /// <summary>What the reference prints about deprecated parameters, line for line.</summary>
    public ImmutableArray<string> ReferenceWarnings { get; init; } = [];

    /// <summary>The first error that the reference would give up with; null when it would go on.</summary>
    public string? ReferenceError { get; init; }

    /// <summary>Every error and warning, with its place.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>
    /// The instructions in force, whose spans explain the fields: the last of each single-valued one, all of the others.
    /// </summary>
    public ImmutableArray<Instruction> InForce { get; init; } = [];

    /// <summary>Whether nothing here stops a build.</summary>
    public bool Succeeded => ReferenceError is null;

    /// <summary>The instruction that a single-valued name took its value from; null when there is none.</summary>
    public Instruction? Origin(string name) => InForce.LastOrDefault(instruction => instruction.Name == name);

    /// <summary>The meaning of a parsed Modelfile.</summary>
    public static ModelfileMeaning Of(Modelfile modelfile)
    {
        var collector = new MeaningCollector(modelfile.Source.File);
        foreach (var instruction in modelfile.Instructions)
            collector.Add(instruction);
        return collector.Finish();
    }
}
