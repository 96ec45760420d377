using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>
/// Points names at builds and takes them away. Each name changes by one atomic rename in the store; the record of it follows.
/// </summary>
internal sealed class NameSwitch(
    LocalStore store, IModelRuntime runtime, PolicyBook policies, ManagedNames managed, BuildRecords builds, EventLog events)
{
    /// <summary>Lets names serve a build. Not cancellable: it is quick, and a part of it would be a mix.</summary>
    /// <param name="step">The model, its inputs, and the names that do not serve the build yet or are not recorded.</param>
    /// <param name="planned">What the model will be; its policy names the revision that asks for it.</param>
    /// <param name="staged">The build under its reserved name; null when the model's own name has it.</param>
    /// <param name="warm">The build in memory, which takes the names over as they change; null when it is not in memory.</param>
    /// <returns>The build that served before; null when it is the first one, or the same.</returns>
    internal string? Switch(PlanStep.Switch step, PlannedModel planned, StoredModel? staged, IWarmBuild? warm)
    {
        var (model, revision) = (step.Model, planned.Policy.Revision);
        var source = staged ?? store.Find(model) ?? throw new StoreException(new StoreFailure.BuildGone(model), model.FullName);
        using var turn = managed.Claim(planned.Names);
        var old = managed.Find(model);
        if (staged is not null)
            Keep(model, old);
        foreach (var name in step.Names)
            Adopt(name, source.Digest, planned.Names[0], planned.Source, revision, planned.Adopts);
        warm?.Commit([.. planned.Names.Except(step.Names)]);
        foreach (var name in step.Names)
        {
            var changed = store.Find(name)?.Digest != source.Digest;
            if (changed && !store.Copy(source.Name, name))
                throw new StoreException(new StoreFailure.BuildGone(model), source.Name.FullName);
            warm?.Commit(name);
            if (changed)
            {
                events.Add(new NewEvent(EventKind.Switched, $"{name.PlainName} serves build {source.Digest[..12]}")
                {
                    Model = name,
                    Source = planned.Source,
                    Revision = revision,
                    Build = source.Digest,
                });
            }
        }

        managed.Set(
        [
            .. step.Names.Select(name =>
                new ManagedName(
                    name.FullName, model.FullName, source.Digest, step.Inputs, revision, planned.Protect, StoredPolicy.Of(planned.Policy))
                {
                    Source = planned.Source,
                }),
        ]);
        policies.Set(planned.Policies);
        if (staged is not null)
            Unstage(staged.Name);
        return old?.Build == source.Digest ? null : old?.Build;
    }

    /// <summary>Lets all names of a model serve an earlier build. A hold must keep the next plan from undoing it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="kept">The earlier build under its reserved name.</param>
    /// <param name="warm">That build in memory, which takes the names over as they change; null when it is not to be there.</param>
    /// <param name="request">Who goes back, and why.</param>
    internal void GoBack(DesiredModel model, StoredModel kept, IWarmBuild? warm, RequestRecord request)
    {
        var why = request.Reason.Length == 0 ? "" : $": {request.Reason}";
        var inputs = builds.FindBuild(kept.Digest)?.Inputs ?? "";
        using var turn = managed.Claim([.. model.Names]);
        var before = managed.Find(model.Name);
        var source = before?.Source ?? SourceOptions.UsualName;
        Keep(model.Name, before);
        foreach (var name in model.Names)
        {
            // What an earlier process did before it ended is not done again.
            if (managed.Find(name)?.Build == kept.Digest && store.Find(name)?.Digest == kept.Digest)
            {
                warm?.Commit(name);
                continue;
            }

            Adopt(name, kept.Digest, model.Name, source, revision: "", isAsked: false);
            if (!store.Copy(kept.Name, name))
                throw new StoreException(new StoreFailure.BuildGone(model.Name), kept.Name.FullName);
            warm?.Commit(name);
            var revision = managed.Find(name)?.Revision ?? "";
            managed.Set(
            [
                new ManagedName(
                    name.FullName, model.Name.FullName, kept.Digest, inputs, revision, model.Spec.Protect,
                    StoredPolicy.Of(runtime.Policies.Models.GetValueOrDefault(name) ?? model.PolicyOf(name, revision)))
                {
                    Source = source,
                },
            ]);
            events.Add(new NewEvent(EventKind.RolledBack, $"{name.PlainName} serves its earlier build {kept.Digest[..12]} again{why}")
            {
                Model = name,
                Source = source,
                Build = kept.Digest,
                Actor = request.Actor,
                Request = request.Token,
            });
        }
    }

    /// <summary>Fails before anything is done for names that another home has.</summary>
    /// <exception cref="NameTakenException">One of them is another home's.</exception>
    internal void RequireFree(PlannedModel planned)
    {
        using var turn = managed.Claim(planned.Names);
    }

    /// <summary>Takes a name away. Its build stays for going back. A name that another home has by now is only forgotten.</summary>
    internal async Task PruneAsync(ModelName name, CancellationToken cancellationToken)
    {
        // A name that is not ours, or not any more, may be somebody's model by now.
        if (managed.IsTaken(name) || managed.Find(name) is not { } record)
        {
            policies.Remove(name);
            managed.Remove(name);
            return;
        }

        if (record.Name == record.Model)
            Keep(name, record);
        events.Add(new NewEvent(EventKind.Pruned, $"{name.PlainName} is not declared any more")
        {
            Model = name,
            Source = record.Source,
            Revision = record.Revision,
            Build = record.Build,
        });
        policies.Remove(name);
        store.Delete(name, keepBlobs: true);
        managed.Remove(name);
        await runtime.UnloadAsync(name, cancellationToken);
    }

    /// <summary>Forgets a build that is in the making. Its blobs stay until they are collected.</summary>
    internal void Unstage(ModelName staged) => store.Delete(staged, keepBlobs: true);

    /// <summary>Builds of these models that a killed process left in the making, but for those that are gone on with.</summary>
    /// <param name="models">Our models. Those of other homes that share the store are none of ours.</param>
    /// <param name="spared">Reserved names that are gone on with.</param>
    internal void UnstageAll(IEnumerable<ModelName> models, IReadOnlySet<ModelName> spared)
    {
        var ours = models.Select(ReservedNames.ModelPart).ToHashSet(StringComparer.Ordinal);
        foreach (var stored in Reserved(ReservedNames.StagedSpace)
            .Where(stored => ours.Contains(stored.Name.Model) && !spared.Contains(stored.Name)))
        {
            Unstage(stored.Name);
        }
    }

    /// <summary>
    /// Keeps the newest builds of each model that are young enough, and lets go of the others and of what is remembered of them.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="oldest">Older ones go.</param>
    /// <remarks>
    /// Models are worked on meanwhile. A build is staged before it is remembered, and serves before it is unstaged: in this order of
    /// reading none that is on its way is missed.
    /// </remarks>
    internal void TrimKept(int count, DateTimeOffset oldest)
    {
        var remembered = builds.All;
        var tags = remembered.Select(build => ReservedNames.TagOf(build.Inputs)).ToHashSet(StringComparer.Ordinal);
        var ours = managed.All.Values.Select(record => ReservedNames.ModelPart(ModelName.Parse(record.Model)))
            .ToHashSet(StringComparer.Ordinal);
        var kept = Reserved(ReservedNames.KeptSpace)
            .Where(stored => ours.Contains(stored.Name.Model) || tags.Contains(stored.Name.Tag));
        foreach (var group in kept.GroupBy(stored => stored.Name.Model, StringComparer.Ordinal))
        {
            var newestFirst = group.OrderByDescending(stored => stored.ModifiedAt);
            foreach (var stored in newestFirst.Where((stored, index) => index >= count || stored.ModifiedAt < oldest))
                store.Delete(stored.Name);
        }

        var reserved = store.ListAll()
            .Where(stored => stored.Name.IsReserved)
            .Select(stored => stored.Name.Tag)
            .ToHashSet(StringComparer.Ordinal);
        var served = managed.All.Values.Select(record => record.Inputs).ToHashSet(StringComparer.Ordinal);
        builds.Forget(remembered.Where(
            build => !served.Contains(build.Inputs) && !reserved.Contains(ReservedNames.TagOf(build.Inputs))));
        builds.RetainBlobs(text => Digest.TryParse(text, out var digest) && store.Blobs.Has(digest));
    }

    private IEnumerable<StoredModel> Reserved(string space) =>
        store.ListAll().Where(stored => stored.Name.IsReserved && stored.Name.Namespace == space);

    /// <summary>A name that was not ours is taken over: that is told, and what it served is kept to go back to.</summary>
    /// <param name="name">The name.</param>
    /// <param name="wanted">Digest of the build that it will serve.</param>
    /// <param name="model">The model whose name it will be.</param>
    /// <param name="source">Name of the source that declares that.</param>
    /// <param name="revision">Revision that asks for it; empty when a person does.</param>
    /// <param name="isAsked">It is told also when the name serves what is wanted.</param>
    private void Adopt(ModelName name, string wanted, ModelName model, string source, string revision, bool isAsked)
    {
        // What serves what is wanted was switched by us, and the process ended before that was written down.
        if (managed.Find(name) is not null || Readable(name) is not { } found || (found.Digest == wanted && !isAsked))
            return;
        if (found.Digest != wanted)
            store.Copy(name, ReservedNames.Kept(model, found.Digest));
        events.Add(new NewEvent(
            EventKind.Adopted,
            $"{name.PlainName} was no model of git and served build {found.Digest[..12]}, "
            + (found.Digest == wanted ? "as git asks for" : "which is kept") + "; it is managed from now on")
        {
            Model = name,
            Source = source,
            Revision = revision,
            Build = found.Digest,
        });
    }

    /// <summary>One that cannot be read is of no use to anybody, and is replaced as if it were not there.</summary>
    private StoredModel? Readable(ModelName name)
    {
        try
        {
            return store.Find(name);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    /// <summary>A process that ended before it wrote the change down has kept it already; the name serves another build by now.</summary>
    private void Keep(ModelName model, ManagedName? record)
    {
        if (record is not null && builds.Find(record.Inputs) is not null && Readable(model)?.Digest == record.Build)
            store.Copy(model, ReservedNames.Kept(model, record.Inputs));
    }
}
