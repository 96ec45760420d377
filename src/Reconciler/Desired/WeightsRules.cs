using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Desired;

/// <summary>
/// What a build would refuse of the files that FROM, ADAPTER and DRAFT name (MF4018), and of what does not fit together (MF4014).
/// </summary>
internal sealed class WeightsRules(IRevisionTree tree, WeightsLook look, DiagnosticList problems)
{
    private readonly List<(ModelName Model, string Instruction, BuildInput Input, string File, SourceSpan Span)> _named = [];

    /// <summary>The weights of each model that names one file of them, once they were checked.</summary>
    internal Dictionary<ModelName, PinnedWeights> Weights { get; } = [];

    internal void Add(ModelName model, string instruction, BuildInput input, string file, SourceSpan span) =>
        _named.Add((model, instruction, input, file, span));

    /// <param name="pointers">What files lie in git LFS, by their paths.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task CheckAsync(LfsPointers pointers, CancellationToken cancellationToken)
    {
        var bases = new Dictionary<ModelName, string>();
        foreach (var (model, instruction, input, file, span) in _named.OrderBy(named => named.Instruction == "model" ? 0 : 1))
        {
            var resolved = pointers.Resolved(input);
            var verdicts = await VerdictsAsync(resolved, cancellationToken);
            var architecture = Architecture(verdicts, file, span);
            if (instruction == "model")
            {
                bases.TryAdd(model, architecture);
                if (verdicts is [{ Facts: { } facts, Geometry: { } geometry }])
                    Weights.TryAdd(model, new PinnedWeights(resolved.Identity, facts, geometry));
            }
            else if (instruction == "adapter" && !WeightsCheck.Fits(bases.GetValueOrDefault(model, ""), architecture))
            {
                problems.Error(
                    "MF4014", file, span, $"The adapter was made for {architecture}, the base is {bases[model]}.",
                    "use an adapter made for this base");
            }
        }
    }

    /// <summary>The first architecture that a file names; reports what is wrong with the files.</summary>
    private string Architecture(List<WeightsVerdict> verdicts, string file, SourceSpan span)
    {
        var architecture = "";
        foreach (var verdict in verdicts)
        {
            if (verdict.Problem is { } problem)
                problems.Error("MF4018", file, span, $"The weights cannot be used: {problem}.", hint: null);
            if (architecture.Length == 0)
                architecture = verdict.Architecture;
        }

        return architecture;
    }

    private async Task<List<WeightsVerdict>> VerdictsAsync(BuildInput input, CancellationToken cancellationToken)
    {
        var verdicts = new List<WeightsVerdict>();
        if (input is BuildInput.RepositoryFiles repository)
        {
            foreach (var file in repository.Files)
                verdicts.Add(await look.OfAsync(tree, file, cancellationToken));
        }
        else if (input is BuildInput.HostFiles host)
        {
            // What was taken in was looked at then; another file in its place is drift, and no error of the revision.
            verdicts.AddRange(
                host.Files.Where(file => !file.IsTakenIn || HostFiles.IsUnchanged(file))
                    .Select(file => WeightsLook.Of(file.Path, Path.GetFileName(file.Path))));
        }

        return verdicts;
    }
}
