using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Watches how builds serve that took over a while ago. One that serves badly is rolled back on the way that a person's rollback takes: it
/// is written down, told and audited, and the model is held until git asks for another build. Everything else goes on being applied.
/// </summary>
internal sealed class ObservationWatch(
    ObservationRecords records, IModelRuntime runtime, FollowedSources sources, ManagedNames managed, HoldRecords holds, TimeProvider time)
{
    private const string Actor = "modelops (observation)";

    private static readonly TimeSpan s_often = TimeSpan.FromSeconds(2);

    /// <summary>Where rollbacks are asked for.</summary>
    internal IReconcilerControl? Control { get; set; }

    /// <summary>How long until the next look; null when nothing is observed.</summary>
    internal TimeSpan? NextLook => records.All.IsEmpty ? null : s_often;

    /// <summary>Judges what is observed. Called by every pass.</summary>
    internal void Look()
    {
        foreach (var record in records.All.Values)
        {
            var name = ModelName.Parse(record.Model);
            if (sources.FindModel(name) is not var (source, model))
                continue;
            var now = time.GetUtcNow();
            if (managed.Find(name)?.Build != record.Build || holds.Find(name) is not null || now >= record.Until || now < record.Since)
                records.Remove(record.Model);
            else if (!source.IsFrozen && Problem(model, record.Build) is { } problem)
            {
                records.Remove(record.Model);
                Control?.Ask(new ControlCommand.Rollback(name, record.Previous), Actor, problem);
            }
        }
    }

    private string? Problem(DesiredModel model, string build)
    {
        ModelName[] names = [.. model.Names];
        return model.Spec.Rollout.Rollback.Rule.ProblemOf(
            names.Select(runtime.ServiceOf).OfType<ServiceReport>().Where(report => report.Build == build), runtime.Problems, names);
    }
}
