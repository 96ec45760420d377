using ModelOps.ModelStore;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Execution;

/// <summary>
/// Makes the build of a model and stores it under a reserved name. The same inputs lead to the same build, so doing it again is free.
/// </summary>
internal sealed class BuildMaker(
    LocalStore store, ModelBuilder builder, InputImport import, BuildRecords records, ManagedNames managed, Places places,
    TimeProvider time)
{
    /// <summary>Returns the staged build.</summary>
    /// <param name="model">The model.</param>
    /// <param name="desired">The set that it belongs to.</param>
    /// <param name="tree">Files of the revision.</param>
    /// <param name="turn">A place to build.</param>
    /// <param name="telling">Hears how it goes; nothing, when the build was made before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">It cannot be built, or a model it is built from is absent.</exception>
    /// <exception cref="DependencyNotReadyException">A model of the set that it is built from does not serve its own new build.</exception>
    internal async Task<StoredModel> EnsureAsync(
        DesiredModel model, DesiredIndex desired, IRevisionTree tree, BuildTurn turn, BuildTelling telling,
        CancellationToken cancellationToken)
    {
        foreach (var name in model.After)
        {
            if (records.Find(desired.Models[name].Inputs)?.Build is { } wanted && TryFind(name)?.Digest == wanted)
                continue;
            var bond = model.DependsOn.Contains(name) ? "is built from" : "depends on";
            throw new DependencyNotReadyException($"it {bond} {name.PlainName}, which does not serve its new build");
        }

        var staged = ReservedNames.Staged(model.Name, model.Inputs);
        if (records.Find(model.Inputs) is { } made && FindStored(model, staged, made.Build) is { } stored)
        {
            if (stored.Name != staged)
                store.Copy(stored.Name, staged);
            return store.Find(staged) ?? stored;
        }

        var built = await CreateAsync(model, staged, tree, turn, telling, cancellationToken);
        records.Add(new BuildRecord(model.Inputs, built.Digest), BuildDescription.Of(model), time.GetUtcNow());
        telling.Made(built);
        return built;
    }

    /// <summary>The build under any name that may have it, if all its blobs are there.</summary>
    private StoredModel? FindStored(DesiredModel model, ModelName staged, string build)
    {
        // A model that was renamed serves under its old name what is wanted, and nothing is made anew.
        var moved = managed.All.Where(pair => pair.Value.Inputs == model.Inputs).Select(pair => pair.Key);
        foreach (var name in model.Names.Prepend(ReservedNames.Kept(model.Name, model.Inputs)).Prepend(staged).Concat(moved))
        {
            if (TryFind(name) is { } stored && stored.Digest == build && stored.Manifest.Blobs.All(store.Blobs.Has))
                return stored;
        }

        return null;
    }

    private StoredModel? TryFind(ModelName name)
    {
        try
        {
            return store.Find(name);
        }
        catch (StoreException)
        {
            // An unreadable build counts as absent: it is made anew.
            return null;
        }
    }

    private async Task<StoredModel> CreateAsync(
        DesiredModel model, ModelName staged, IRevisionTree tree, BuildTurn turn, BuildTelling telling,
        CancellationToken cancellationToken)
    {
        using var held = store.HoldBlobs();
        var meaning = model.Meaning;
        var from = model.From.Select(FromOf).FirstOrDefault(text => text is not null);
        telling.Begin(from, isFile: model.From.Any(input => input is BuildInput.WebFile));
        var request = new CreateRequest
        {
            Name = staged,
            From = from ?? "",
            Template = meaning.Template ?? "",
            System = meaning.System ?? "",
            Licenses = meaning.Licenses,
            Parameters = meaning.Parameters.Count == 0 ? null : meaning.Parameters.DeepClone().AsObject(),
            Messages = meaning.Messages,
            Renderer = meaning.Renderer ?? "",
            Parser = meaning.Parser ?? "",
            Requires = meaning.Requires ?? "",
            TellsUse = false,
        };
        if (builder.NeedsFetch(request) || Inputs(model).Any(import.NeedsFetch))
        {
            turn.Leave();
            telling.Enter(ModelPhase.Fetching);
            using var waiting = await places.FetchAsync(cancellationToken);
            request = await ImportAsync(model, request, tree, cancellationToken);
            request = await builder.FetchAsync(request, telling.Progress, cancellationToken);
        }

        await turn.TakeAsync(cancellationToken);
        telling.Enter(ModelPhase.Building);
        if (request.Files is null)
            request = await ImportAsync(model, request, tree, cancellationToken);
        var built = await builder.CreateAsync(request, telling.Progress, cancellationToken);
        turn.Leave();
        return built;
    }

    private static IEnumerable<BuildInput> Inputs(DesiredModel model) => model.From.Concat(model.Adapters).Concat(model.Drafts);

    /// <summary>The request with its files; those that were brought before are not read again.</summary>
    private async Task<CreateRequest> ImportAsync(
        DesiredModel model, CreateRequest request, IRevisionTree tree, CancellationToken cancellationToken) => request with
        {
            Files = request.From.Length == 0 ? await import.ImportAsync(model.From, tree, cancellationToken) : null,
            Adapters = await import.ImportAsync(model.Adapters.IsEmpty ? [] : [model.Adapters[^1]], tree, cancellationToken),
            DraftFiles = await import.ImportAsync(model.Drafts, tree, cancellationToken),
        };

    private static string? FromOf(BuildInput input) => input switch
    {
        BuildInput.OtherModel other => other.Model.ShortName,
        BuildInput.StoredName stored => stored.Name.ShortName,
        BuildInput.WebFile web => web.Written,
        _ => null,
    };
}
