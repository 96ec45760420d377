using System.Collections.Immutable;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Meaning;

/// <summary>What a create request is made of, once it is known which arguments are files.</summary>
public sealed record CreateInputs
{
    /// <summary>What the instructions mean by themselves.</summary>
    public required ModelfileMeaning Meaning { get; init; }

    /// <summary>The base model's name; null when every FROM is a file.</summary>
    public string? From { get; init; }

    /// <summary>Files of every FROM that names some.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Files of the last ADAPTER.</summary>
    public ImmutableArray<string> Adapters { get; init; } = [];

    /// <summary>Files of every DRAFT.</summary>
    public ImmutableArray<string> Drafts { get; init; } = [];

    /// <summary>Lines that the reference prints before it gives up or goes on.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The first error, in the reference's words; null when a request can be sent.</summary>
    public string? Error { get; init; }

    /// <summary>The FROM, ADAPTER or DRAFT that <see cref="Error"/> is about; null when it is about none of them.</summary>
    public Instruction? Failed { get; init; }

    /// <summary>The FROM that names <see cref="From"/>.</summary>
    public Instruction? FromInstruction { get; init; }

    /// <summary>Goes through the instructions in the order of the reference and stops at its first error.</summary>
    /// <param name="modelfile">A parsed Modelfile.</param>
    /// <param name="lookUp">Finds what is at an argument of FROM, ADAPTER or DRAFT, exactly as written.</param>
    public static CreateInputs Of(Modelfile modelfile, Func<string, PathContent> lookUp)
    {
        var (from, files, adapters, drafts) = ((string?)null, new List<string>(), ImmutableArray<string>.Empty, new List<string>());
        var (fromPaths, draftPaths) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var done = ImmutableArray.CreateBuilder<Instruction>();
        string? error = null;
        Instruction? failed = null, fromInstruction = null;

        foreach (var instruction in modelfile.Instructions)
        {
            error = instruction.Name switch
            {
                InstructionNames.Model => AddFrom(instruction.Value),
                InstructionNames.Adapter => AddAdapter(instruction.Value),
                InstructionNames.Draft => AddDraft(instruction.Value),
                _ => null,
            };
            if (error is not null)
            {
                failed = instruction;
                break;
            }

            if (instruction.Name == InstructionNames.Model && from == instruction.Value)
                fromInstruction = instruction;
            done.Add(instruction);
        }

        // The instructions before the one that failed may fail for other reasons; those errors come first.
        var meaning = ModelfileMeaning.Of(modelfile with { Instructions = done.ToImmutable() });
        var own = error is null || meaning.ReferenceError?.StartsWith("json:", StringComparison.Ordinal) == false
            ? meaning.ReferenceError
            : null;
        return new CreateInputs
        {
            Meaning = meaning,
            From = from,
            Files = [.. files],
            Adapters = adapters,
            Drafts = [.. drafts],
            Warnings = meaning.ReferenceWarnings,
            Error = own ?? error,
            Failed = own is null ? failed : null,
            FromInstruction = fromInstruction,
        };

        string? AddFrom(string argument)
        {
            var content = lookUp(argument);
            if (content is PathContent.Missing)
                from = argument;
            return content is PathContent.Files found ? Take(found, files, fromPaths) : (content as PathContent.Unusable)?.Error;
        }

        string? AddAdapter(string argument)
        {
            var content = lookUp(argument);
            if (content is PathContent.Files found)
                adapters = found.Paths;
            return Problem(content);
        }

        string? AddDraft(string argument)
        {
            var content = lookUp(argument);
            return content is PathContent.Files found ? Take(found, drafts, draftPaths) : Problem(content);
        }

        string? Take(PathContent.Files found, List<string> list, HashSet<string> places)
        {
            places.Add(found.Path);
            list.AddRange(found.Paths);
            return fromPaths.Overlaps(draftPaths) ? $"DRAFT must not reference the same local path as FROM: {found.Path}" : null;
        }
    }

    private static string? Problem(PathContent content) => content switch
    {
        PathContent.Missing missing => $"stat {missing.Path}: no such file or directory",
        PathContent.Unusable unusable => unusable.Error,
        _ => null,
    };
}
