using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Looks whether content outside git that models are built from is still what was taken in. A look asks for size and time, or for the
/// digest of a manifest, and reads no weights.
/// </summary>
internal sealed class ContentWatch(LocalStore store, ContentPins pins, BuildRecords builds)
{
    /// <summary>What changed under each model; a model that was not built yet took nothing in, so nothing can have changed.</summary>
    internal ImmutableDictionary<ModelName, string> Look(IEnumerable<DesiredModel> models)
    {
        var drifted = ImmutableDictionary.CreateBuilder<ModelName, string>();
        foreach (var model in models)
        {
            if (builds.Find(model.Inputs) is null)
                continue;
            if (InputsOf(model).Select(Changed).FirstOrDefault(change => change is not null) is { } change)
                drifted[model.Name] = change;
        }

        return drifted.ToImmutable();
    }

    /// <summary>Models that were not built yet, and whose files changed since the revision was read: nothing was taken in yet.</summary>
    internal ImmutableArray<ModelName> LookUnbuilt(DesiredState desired) =>
    [
        .. desired.Models
            .Where(model => builds.Find(model.Inputs) is null
                && InputsOf(model).OfType<BuildInput.HostFiles>().Any(host => Changed(host) is not null))
            .Select(model => model.Name),
    ];

    /// <summary>Remembers files as the revision that was read just now has them.</summary>
    internal void Keep(DesiredState desired)
    {
        foreach (var host in desired.Models.SelectMany(InputsOf).OfType<BuildInput.HostFiles>())
            pins.Set(ContentPins.SubjectOf(host.Written), ContentPins.Fingerprint(host.Files));
    }

    /// <summary>Forgets what nothing is built from.</summary>
    /// <param name="all">What all sources ask for.</param>
    internal void Retain(IEnumerable<DesiredState> all) => pins.Retain(
        all.SelectMany(desired => desired.Models).SelectMany(InputsOf)
            .Select(input => input switch
            {
                BuildInput.HostFiles host => ContentPins.SubjectOf(host.Written),
                BuildInput.StoredName stored => SubjectOf(stored),
                _ => null,
            })
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal));

    /// <summary>
    /// Takes what is there now for what is wanted: files are read as they are with the next reading of the revision, and what was built
    /// from a name counts as not built.
    /// </summary>
    /// <returns>What was remembered of the files before.</returns>
    internal ImmutableArray<(string Subject, string Fingerprint)> TakeIn(DesiredState desired, IReadOnlyCollection<ModelName> models)
    {
        var before = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var model in desired.Models.Where(model => models.Contains(model.Name)))
        {
            foreach (var input in InputsOf(model).Where(input => Changed(input) is not null))
            {
                if (input is BuildInput.HostFiles host && HostFiles.FindNow(host.Written) is { IsEmpty: false } now)
                {
                    var subject = ContentPins.SubjectOf(host.Written);
                    before.Add((subject, pins.Find(subject)!));
                    pins.Set(subject, ContentPins.Fingerprint(now));
                }
                else if (input is BuildInput.StoredName stored && DigestOf(stored.Name) is { } digest)
                {
                    pins.Set(SubjectOf(stored), digest);
                    builds.Forget(model.Inputs);
                }
            }
        }

        return before.ToImmutable();
    }

    /// <summary>The new content is of no use: what was remembered before holds.</summary>
    internal void PutBack(ImmutableArray<(string Subject, string Fingerprint)> before)
    {
        foreach (var (subject, fingerprint) in before)
            pins.Set(subject, fingerprint);
    }

    private string? Changed(BuildInput input) => input switch
    {
        BuildInput.HostFiles host => Changed(host),
        BuildInput.StoredName stored => Changed(stored),
        _ => null,
    };

    private string? Changed(BuildInput.HostFiles host)
    {
        if (pins.Find(ContentPins.SubjectOf(host.Written)) is not { } taken)
            return null;
        try
        {
            var now = HostFiles.FindNow(host.Written);
            return now.IsEmpty ? $"{host.Written} is gone"
                : ContentPins.Fingerprint(now) == taken ? null
                : $"the content of {host.Written} changed (its size or its time)";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{host.Written} cannot be looked at: {error.Message}";
        }
    }

    /// <summary>What a name meant is remembered with the first look after the build, since only the build may have fetched it.</summary>
    private string? Changed(BuildInput.StoredName stored)
    {
        if (DigestOf(stored.Name) is not { } digest)
            return null;
        if (pins.Find(SubjectOf(stored)) is { } taken)
            return taken == digest ? null : $"{stored.Name.PlainName} is another model now";
        pins.Set(SubjectOf(stored), digest);
        return null;
    }

    private string? DigestOf(ModelName name)
    {
        try
        {
            return store.Find(name)?.Digest;
        }
        catch (StoreException)
        {
            // What cannot be read is no other content.
            return null;
        }
    }

    private static IEnumerable<BuildInput> InputsOf(DesiredModel model) => model.From.Concat(model.Adapters).Concat(model.Drafts);

    private static string SubjectOf(BuildInput.StoredName stored) => "name " + stored.Name.FullName;
}
