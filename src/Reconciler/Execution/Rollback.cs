using System.Collections.Immutable;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>Goes back to a build that a model served before. Needs neither the source nor a registry: the build was kept.</summary>
internal sealed class Rollback(
    LocalStore store, IModelRuntime runtime, ManagedNames managed, NameSwitch switching, PauseBook pauses, ReconcilerOptions options,
    TimeProvider time)
{
    /// <summary>Kept builds that a model can go back to, the one that it served last first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="refused">Inputs of the build that is to be left.</param>
    /// <param name="unless">Digest of a build that is none to go back to, since it serves.</param>
    internal ImmutableArray<StoredModel> Choices(DesiredModel model, string refused, string? unless)
    {
        return
        [
            .. store.ListAll()
                .Where(
                    stored => stored.Name is { IsReserved: true, Namespace: ReservedNames.KeptSpace }
                        && stored.Name.Model == ReservedNames.ModelPart(model.Name)
                        && stored.Name.Tag != ReservedNames.TagOf(refused)
                        && stored.Digest != unless)
                .OrderByDescending(stored => stored.ModifiedAt),
        ];
    }

    /// <summary>Brings the kept build into memory, and then lets the model's names serve it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="kept">One of the choices.</param>
    /// <param name="request">Who goes back, and why.</param>
    /// <param name="hold">Called when the build is in memory and before any name changes: refuses the build that is left.</param>
    /// <param name="cancellationToken">The daemon stops; what serves goes on serving.</param>
    /// <exception cref="TimeoutException">Loading took too long.</exception>
    /// <exception cref="ModelRuntimeException">The build cannot be loaded, or does not fit.</exception>
    internal async Task GoBackAsync(
        DesiredModel model, StoredModel kept, RequestRecord request, Action hold, CancellationToken cancellationToken)
    {
        var warm = await WarmAsync(model, kept, cancellationToken);
        await using (warm)
        {
            hold();
            switching.GoBack(model, kept, warm, request);
        }

        pauses.Tell(warm?.Pause, new NewEvent(EventKind.Paused, "")
        {
            Model = model.Name,
            Source = managed.Find(model.Name)?.Source ?? "",
            Build = kept.Digest,
            Actor = request.Actor,
            Request = request.Token,
        });
    }

    /// <summary>A model that is never loaded for clients is not loaded for this either.</summary>
    private async Task<IWarmBuild?> WarmAsync(DesiredModel model, StoredModel kept, CancellationToken cancellationToken)
    {
        var policy = runtime.Policies.Models.GetValueOrDefault(model.Name) ?? model.PolicyOf(model.Name, "");
        if (policy.Residency == ResidencyMode.Never)
            return null;
        var queue = model.Spec.Rollout.Queue;
        var takeover = new Takeover([.. model.Names], DrainFirst: model.Spec.Rollout.Strategy == RolloutStrategy.DrainSwap)
        {
            MaxWaiting = queue.MaxRequests,
            MaxWait = queue.MaxWait,
        };
        using var elapsed = new CancellationTokenSource(options.WarmTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        try
        {
            return await runtime.WarmAsync(kept.Name, policy with { Name = kept.Name }, takeover, either.Token);
        }
        catch (OperationCanceledException error) when (elapsed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"loading build {kept.Digest[..12]} took longer than {Durations.Format(options.WarmTimeout)}", error);
        }
    }
}
