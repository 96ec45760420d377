using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Times;
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
        if (runtime.Problems.FirstOrDefault(problem => problem.IsCrashLoop && model.Names.Contains(problem.Name)) is { } loop)
            return $"its engine died {loop.Failures} times in a row: {loop.Message}";
        var reports = model.Names.Select(runtime.ServiceOf).OfType<ServiceReport>().Where(report => report.Build == build).ToArray();
        var (requests, failed) = (reports.Sum(report => report.Requests), reports.Sum(report => report.Failed));
        var rule = model.Spec.Rollout.Rollback;
        if (requests < rule.MinRequests)
            return null;
        if (failed * 100 > requests * (double)rule.MaxErrorRate)
            return Invariant($"{failed} of {requests} answers failed, more than {rule.MaxErrorRate}%");
        if (reports.Max(report => report.FirstToken) is { } first && first > rule.MaxFirstToken)
        {
            var took = Durations.Format(TimeSpan.FromMilliseconds(Math.Ceiling(first.TotalMilliseconds)));
            return $"its first token took {took} (95 of 100), longer than {Durations.Format(rule.MaxFirstToken.Value)}";
        }

        return reports.Min(report => report.TokensPerSecond) is { } rate && rate < rule.MinTokensPerSecond
            ? Invariant($"it answers with {rate:0.#} tokens a second, fewer than {rule.MinTokensPerSecond}")
            : null;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
