using System.Collections.Immutable;
using ModelOps.Reconciler.Gates;
using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Desired;

/// <summary>Reads the vectors that gates compare with, from the revision.</summary>
internal sealed class VectorFiles(IRevisionTree tree, SourceLimits limits, string yaml, DiagnosticList problems)
{
    private readonly Dictionary<string, ImmutableArray<float>> _read = new(StringComparer.Ordinal);

    /// <summary>The model with the vectors of its gate; what is wrong with their files is reported.</summary>
    internal async Task<DesiredModel> ReadAsync(DesiredModel model, CancellationToken cancellationToken)
    {
        var gate = model.Spec.Rollout.Gate;
        if (gate.Embedding.IsEmpty)
            return model;
        var checks = ImmutableArray.CreateBuilder<EmbeddingCheck>();
        foreach (var check in gate.Embedding)
            checks.Add(check with { Vector = await ReadAsync(check.Path, model.Spec, cancellationToken) });
        var rollout = model.Spec.Rollout with { Gate = gate with { Embedding = checks.ToImmutable() } };
        return model with { Spec = model.Spec with { Rollout = rollout } };
    }

    private async Task<ImmutableArray<float>> ReadAsync(string path, ModelSpec model, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(path, out var known))
            return known;
        return _read[path] = await FindAsync(path, model, cancellationToken);
    }

    private async Task<ImmutableArray<float>> FindAsync(string path, ModelSpec model, CancellationToken cancellationToken)
    {
        if (!tree.Files.TryGetValue(path, out var file))
        {
            problems.Error(
                "DS1015", yaml, model.Span, $"the gate of {model.ShownName} names {tree.Prefix}{path}, and there is no such file",
                NearestWord.Hint(path, tree.Files.Keys.Where(other => other.EndsWith(".json", StringComparison.Ordinal))));
            return [];
        }

        if (file.Size > limits.ModelfileBytes)
        {
            problems.Error("RP1005", tree.Prefix + path, default, $"the vector is larger than {limits.ModelfileBytes} bytes", hint: null);
            return [];
        }

        if (StoredVector.Parse((await tree.ReadAsync([file], cancellationToken))[0]) is { } vector)
            return vector;
        problems.Error(
            "DS1030", yaml, model.Span, $"{tree.Prefix}{path}, which the gate of {model.ShownName} names, is no list of numbers",
            "write the vector as a JSON list: [0.12, -0.03, …]");
        return [];
    }
}
