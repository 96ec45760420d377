using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Planning;

/// <summary>Decides; never does. Same inputs, same plan; equal states, empty plan.</summary>
public static class Planner
{
    /// <summary>The plan that leads from the actual state to the desired one.</summary>
    public static Plan Plan(DesiredState desired, ActualState actual)
    {
        var models = ImmutableArray.CreateBuilder<ModelPlan>();
        var notes = ImmutableArray.CreateBuilder<PlanNote>();
        var policies = ImmutableArray.CreateBuilder<ModelPolicy>();
        foreach (var model in desired.Models)
        {
            if (actual.Damaged.TryGetValue(model.Name, out var damage))
                notes.Add(new PlanNote("WeightsDamaged", model.Name, damage));
            var plan = PlanModel(model, desired, actual, notes);
            if (plan is not null)
                models.Add(plan);
            if (actual.ContentDrift.TryGetValue(model.Name, out var change))
            {
                notes.Add(
                    new PlanNote(
                        "Drifted", model.Name,
                        $"{change} since it was taken in; what was built from it is served on. Put it back, or take it in with "
                        + "drift.files: correct"));
            }

            if (model.Shortage is { } shortage)
                notes.Add(new PlanNote("InsufficientMemory", model.Name, $"{shortage}; it is served on demand, as far as there is room"));
            var stays = plan is not null || HoldScope.KeptPolicy(model, actual) is not null;
            policies.AddRange(PolicyChanges.Before(model, desired.Revision, isChanged: stays, actual));
        }

        models.AddRange(PrunePlanner.Plan(desired, actual, notes));
        notes.AddRange(Postponed(models, desired, actual));
        return new Plan(desired.Revision, models.ToImmutable(), notes.ToImmutable())
        {
            Policies = policies.ToImmutable(),
            BlobRetention = desired.Set.Prune.BlobRetention,
        };
    }

    /// <summary>What a maintenance window puts off. Bringing back into memory what serves already is no change.</summary>
    private static IEnumerable<PlanNote> Postponed(IEnumerable<ModelPlan> models, DesiredState desired, ActualState actual)
    {
        var changed = desired.Set.Windows.IsEmpty ? [] : models.Where(model => !model.OnlyLoads).ToArray();
        return changed.Length > 0 && MaintenanceWindows.Closed(desired.Set.Windows, actual.At) is { } closed
            ? changed.Select(model => new PlanNote(
                "WindowClosed", model.Model, $"{model.Model.PlainName} is to be changed: {closed.Message}"))
            : [];
    }

    private static ModelPlan? PlanModel(
        DesiredModel model, DesiredState desired, ActualState actual, ImmutableArray<PlanNote>.Builder notes)
    {
        var kept = HoldScope.KeptPolicy(model, actual);
        var policyChanges = kept is null ? PolicyChanges.Of(model, desired.Revision, actual) : [];
        var wanted = actual.Builds.GetValueOrDefault(model.Inputs)?.Build;
        var wrong = model.Names.Where(name => wanted is null || actual.Stored.GetValueOrDefault(name) != wanted).ToImmutableArray();
        var unrecorded = model.Names
            .Where(name => !IsRecorded(model, desired.Source, wanted, actual.Managed.GetValueOrDefault(name))).ToImmutableArray();

        if (actual.Holds.GetValueOrDefault(model.Name) is { } hold && hold.Covers(model))
        {
            notes.Add(HoldScope.NoteOf(hold, model));
            (wrong, unrecorded) = ([], []);
        }
        else if (IsDrift(model, wrong, actual) && desired.Set.Drift.Models == DriftAction.Warn)
        {
            notes.Add(new PlanNote("Drifted", model.Name, $"{model.Name.PlainName} was changed outside git, and drift.models is warn"));
            (wrong, unrecorded) = ([], []);
        }
        else if (IsDrift(model, wrong, actual) && actual.Fights.TryGetValue(model.Name, out var fight))
        {
            notes.Add(new PlanNote("Fight", model.Name, fight));
            (wrong, unrecorded) = ([], []);
        }

        var planned = PlannedModel.Of(model, desired);
        planned = kept is null ? planned : planned with { Policy = kept };
        var steps = Steps(model, planned.Policy, desired, actual, (wrong, unrecorded), !policyChanges.IsEmpty, notes);
        if (steps.IsEmpty)
            return null;
        var changes = Changes(model, actual, wrong).AddRange(policyChanges);
        return new ModelPlan
        {
            Model = model.Name,
            Action = ActionOf(model, desired, actual, wrong),
            Class = wrong.Contains(model.Name) || !changes.IsEmpty ? ClassOf(changes, actual, model) : null,
            Changes = changes,
            Steps = steps,
            After = [.. model.After.OrderBy(name => name.FullName, StringComparer.Ordinal)],
            Planned = planned,
        };
    }

    private static ImmutableArray<PlanStep> Steps(
        DesiredModel model, ModelPolicy policy, DesiredState desired, ActualState actual,
        (ImmutableArray<ModelName> Wrong, ImmutableArray<ModelName> Unrecorded) names, bool policyDiffers,
        ImmutableArray<PlanNote>.Builder notes)
    {
        var wrong = names.Wrong;
        var steps = ImmutableArray.CreateBuilder<PlanStep>();
        var pinned = policy.Residency == ResidencyMode.Always;
        var resident = actual.Resident.Contains(model.Name);
        if (wrong.Contains(model.Name))
        {
            steps.Add(new PlanStep.Build(model.Name, model.Inputs));

            // What does not fit beside the pinned models is in memory for the last time: its next build comes there when it is asked for.
            var warms = pinned || (resident && model.Shortage is null);
            steps.AddRange(Trials(model, warms, HasCanary(model, policy, actual)));
        }

        var switched = model.Names.Where(name => wrong.Contains(name) || names.Unrecorded.Contains(name)).ToImmutableArray();
        if (!switched.IsEmpty)
            steps.Add(new PlanStep.Switch(model.Name, model.Inputs, switched));
        else if (policyDiffers)
            steps.Add(new PlanStep.Declare(model.Name));

        var serves = actual.Stored.ContainsKey(model.Name);
        if (pinned && !resident && serves && !wrong.Contains(model.Name))
        {
            if (desired.Set.Drift.Residency == DriftAction.Correct)
                steps.Add(new PlanStep.Load(model.Name));
            else
            {
                notes.Add(
                    new PlanNote(
                        "Drifted", model.Name,
                        $"{model.Name.PlainName} is declared always but not in memory, and drift.residency is warn"));
            }
        }

        return steps.ToImmutable();
    }

    /// <summary>What a build goes through between being made and serving.</summary>
    private static IEnumerable<PlanStep> Trials(DesiredModel model, bool warms, bool hasCanary)
    {
        var rollout = model.Spec.Rollout;
        if (warms || hasCanary || !rollout.Gate.IsEmpty)
        {
            yield return new PlanStep.Warm(model.Name, model.Inputs, rollout.Strategy)
            {
                Fallback = hasCanary ? RolloutFallback.None : rollout.Fallback,
                Queue = rollout.Queue,
            };
        }

        if (!rollout.Gate.IsEmpty)
            yield return new PlanStep.Gate(model.Name, model.Inputs, model.Attempt, rollout.Gate);
        if (hasCanary)
            yield return new PlanStep.Canary(model.Name, model.Inputs, model.Attempt, rollout.Canary);
    }

    /// <summary>Another build of ours serves, whose clients can be shared with it.</summary>
    private static bool HasCanary(DesiredModel model, ModelPolicy policy, ActualState actual) =>
        model.Spec.Rollout.Canary.Share > 0
            && policy.Residency != ResidencyMode.Never
            && actual.Managed.GetValueOrDefault(model.Name) is { } managed
            && managed.Inputs != model.Inputs
            && actual.Stored.GetValueOrDefault(model.Name) == managed.Build;

    /// <summary>False for a name that serves the right build without a record: the work was cut short between the two.</summary>
    private static bool IsRecorded(DesiredModel model, string source, string? wanted, ManagedState? managed) =>
        managed is not null
            && managed.Build == wanted
            && managed.Model == model.Name
            && managed.Source == source
            && managed.Inputs == model.Inputs
            && managed.Protect == model.Spec.Protect;

    /// <summary>Git asks for the same as before; the store was changed by something else.</summary>
    private static bool IsDrift(DesiredModel model, ImmutableArray<ModelName> wrong, ActualState actual) =>
        wrong.Contains(model.Name)
            && actual.Managed.GetValueOrDefault(model.Name)?.Inputs == model.Inputs
            && actual.Builds.ContainsKey(model.Inputs);

    private static PlanAction ActionOf(DesiredModel model, DesiredState desired, ActualState actual, ImmutableArray<ModelName> wrong)
    {
        if (actual.Managed.ContainsKey(model.Name))
            return wrong.IsEmpty || IsDrift(model, wrong, actual) ? PlanAction.Repair : PlanAction.Change;
        return OldName(model, desired, actual) is null ? PlanAction.Add : PlanAction.Move;
    }

    /// <summary>The undeclared name that serves exactly this build now.</summary>
    private static ModelName? OldName(DesiredModel model, DesiredState desired, ActualState actual)
    {
        var declared = desired.Models.SelectMany(other => other.Names).ToHashSet();
        return actual.Managed
            .Where(pair => pair.Value.Inputs == model.Inputs && pair.Value.Model == pair.Key && !declared.Contains(pair.Key))
            .Select(pair => pair.Key)
            .OrderBy(name => name.FullName, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private static ImmutableArray<PlanChange> Changes(DesiredModel model, ActualState actual, ImmutableArray<ModelName> wrong)
    {
        if (wrong.IsEmpty)
            return [];
        var changes = ImmutableArray.CreateBuilder<PlanChange>();
        var managed = actual.Managed.GetValueOrDefault(model.Name);
        if (wrong.Contains(model.Name))
        {
            if (managed is null && actual.Stored.ContainsKey(model.Name))
            {
                var what = model.Spec.Adopt ? "adopted" : "replaced";
                changes.Add(new PlanChange("name", UpdateClass.Live, "unmanaged model of this name", what));
            }
            else if (managed is not null && managed.Inputs == model.Inputs)
            {
                changes.Add(
                    new PlanChange(
                        "drift", UpdateClass.Live, actual.Stored.ContainsKey(model.Name) ? "changed outside git" : "deleted outside git",
                        "put right"));
            }
            else if (managed is not null && actual.Builds.GetValueOrDefault(managed.Inputs) is { } built)
                changes.AddRange(BuildDescription.Compare(built.Description, model));
        }

        foreach (var alias in wrong.Where(name => name != model.Name && actual.Managed.GetValueOrDefault(name)?.Model != model.Name))
            changes.Add(new PlanChange("alias", UpdateClass.Live, "", alias.ShortName));
        return changes.ToImmutable();
    }

    private static UpdateClass ClassOf(ImmutableArray<PlanChange> changes, ActualState actual, DesiredModel model) =>
        !actual.Managed.ContainsKey(model.Name) ? UpdateClass.Weights
        : changes.IsEmpty ? UpdateClass.Live
        : changes.Max(change => change.Class);
}
