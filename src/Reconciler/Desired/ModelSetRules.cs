using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Yaml;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Desired;

/// <summary>Rules across the models of a set: names (DS1xxx), and residency and capacity (DS2xxx).</summary>
internal static class ModelSetRules
{
    internal static void Check(ModelSetSpec set, ImmutableArray<DesiredModel> models, string file, DiagnosticList problems)
    {
        CheckNames(set, file, problems);
        DependencyRules.Check(set, models, file, problems);
        if (set.Models.IsEmpty && !problems.HasErrors)
        {
            problems.Warning(
                "DS1022", file, new(0, 0, 1, 1, 1, 1), "the set has no models",
                "an empty set prunes nothing; add a model under spec.models");
        }

        foreach (var model in set.Models)
        {
            CheckResidency(model, file, problems);
            CheckGate(model, file, problems);
            CheckTakeover(model, file, problems);
        }

        foreach (var model in models)
            CheckContext(model, file, problems);
    }

    private static void CheckNames(ModelSetSpec set, string file, DiagnosticList problems)
    {
        var claimed = new Dictionary<ModelName, ModelSpec>();
        foreach (var model in set.Models)
        {
            if (!claimed.TryAdd(model.Name, model))
            {
                problems.Error(
                    "DS1013", file, model.Span,
                    $"the name {model.Name.PlainName} is declared twice, first in line {Line(claimed[model.Name])}",
                    "rename or remove one of them");
            }
        }

        foreach (var model in set.Models)
        {
            foreach (var alias in model.Aliases)
                CheckAlias(model, alias, claimed, file, problems);
        }
    }

    private static void CheckAlias(
        ModelSpec model, ModelName alias, Dictionary<ModelName, ModelSpec> claimed, string file, DiagnosticList problems)
    {
        if (claimed.TryAdd(alias, model))
            return;
        if (alias == model.Name)
            problems.Warning("DS2007", file, model.Span, $"{alias.PlainName} is an alias of itself", "remove the alias");
        else if (claimed[alias] == model)
            problems.Warning("DS2007", file, model.Span, $"the alias {alias.PlainName} stands twice", "remove one of them");
        else
        {
            problems.Error(
                "DS1013", file, model.Span,
                $"the alias {alias.PlainName} belongs to {claimed[alias].Name.PlainName} already (line {Line(claimed[alias])})",
                "an alias can have one owner only");
        }
    }

    private static void CheckResidency(ModelSpec model, string file, DiagnosticList problems)
    {
        if (model.Residency.Mode == ResidencyMode.Never && !model.Rollout.Gate.IsEmpty)
        {
            problems.Warning(
                "DS2002", file, model.Span, $"{model.ShownName} is never in memory, so its gate loads it only to ask",
                "remove the gate, or let it be onDemand");
        }

        if (model.Residency.Mode == ResidencyMode.Always && model.Rollout.Strategy == RolloutStrategy.DrainSwap)
        {
            problems.Info(
                "DS2005", file, model.Span, $"{model.ShownName} is pinned, and drainSwap unloads it during an update",
                "warmStandby has no gap where the memory is there");
        }
    }

    private static void CheckGate(ModelSpec model, string file, DiagnosticList problems)
    {
        if (model.Rollout.Gate is { Smoke.IsEmpty: true, MinTokensPerSecond: not null } or { Smoke.IsEmpty: true, MaxFirstToken: not null })
        {
            problems.Error(
                "DS1031", file, model.Span, $"the gate of {model.ShownName} has a rate and no smoke question to measure it by",
                "add a question under rollout.gate.smoke");
        }
    }

    private static void CheckTakeover(ModelSpec model, string file, DiagnosticList problems)
    {
        var rollout = model.Rollout;
        if (rollout is { Canary.Share: > 0, Strategy: RolloutStrategy.DrainSwap })
        {
            problems.Error(
                "DS1032", file, model.Span,
                $"{model.ShownName} has a canary and drainSwap: with drainSwap the old build has left before the new one answers",
                "a canary needs strategy: warmStandby, and memory for both builds");
        }

        if (NeedlessOf(model) is var (setting, why))
            problems.Warning("DS2008", file, model.Span, $"{setting} of {model.ShownName} has no effect: {why}", "remove one of the two");
    }

    /// <summary>A setting that another one leaves without effect, and why.</summary>
    private static (string Setting, string Why)? NeedlessOf(ModelSpec model)
    {
        var (rollout, drains) = (model.Rollout, model.Rollout.Strategy == RolloutStrategy.DrainSwap);
        if (rollout.Fallback == RolloutFallback.None && drains)
            return ("rollout.fallback", "it is for warmStandby, and the strategy is drainSwap");
        if (!drains && (rollout.Fallback == RolloutFallback.None || rollout.Canary.Share > 0) && rollout.Queue != new QueueSpec())
            return ("rollout.queue", "the old build answers until the new one does, so no request waits");
        return rollout.Canary.Share > 0 && model.Residency.Mode == ResidencyMode.Never
            ? ("rollout.canary", "the model is never in memory, so it answers no request")
            : null;
    }

    private static void CheckContext(DesiredModel model, string file, DiagnosticList problems)
    {
        if (model.Spec.Runtime.Context is not { } context || model.Meaning.Parameters["num_ctx"] is not { } written)
            return;
        if (written.ToJsonString() != context.ToString(CultureInfo.InvariantCulture))
        {
            problems.Info(
                "DS2003", file, model.Spec.Span,
                $"{model.Spec.ShownName} has context {context} here and num_ctx {written.ToJsonString()} in its Modelfile; the one here "
                + "counts",
                "keep one of them");
        }
    }

    private static int Line(ModelSpec model) => model.Span.Line;
}
