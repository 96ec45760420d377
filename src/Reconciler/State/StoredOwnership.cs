using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Reconciler.State;

/// <summary>
/// Keeps the record of our names a second time, in the store: one manifest per model under a reserved name, with the layers of the build
/// and the record as an annotation. So a lost database forgets no ownership, no pin and no protection, and the manifests of the names
/// themselves keep the digests that clients see.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="owner">Identity of this home.</param>
/// <param name="homes">The homes that share the store; null when there can be no other.</param>
internal sealed class StoredOwnership(LocalStore store, string owner, StoreHomes? homes = null)
{
    internal const string Space = "managed";

    private const string Annotation = "modelops.ownership";

    private const string Tag = "names";

    private const int LongestModel = 60;

    /// <summary>Makes sure that names are no other home's. While what is returned is held they stay so.</summary>
    /// <exception cref="NameTakenException">One of them is.</exception>
    /// <exception cref="TimeoutException">Another home takes names, and does not come to an end.</exception>
    internal IDisposable? Claim(IReadOnlyCollection<ModelName> names)
    {
        if (homes is null || homes.Living is not { IsEmpty: false } living)
            return null;
        var turn = homes.TakeTurn();
        foreach (var (name, other) in Taken(living).Where(taken => names.Contains(taken.Name)))
        {
            turn.Dispose();
            throw new NameTakenException(
                $"{name.PlainName} belongs to another server on the same store, {homes.Describe(other)}; let one of them declare it under "
                + "another name, give one of them another store, or stop one");
        }

        return turn;
    }

    /// <summary>The name is another home's by now.</summary>
    internal bool IsTaken(ModelName name) =>
        homes?.Living is { IsEmpty: false } living && Taken(living).Any(taken => taken.Name == name);

    private IEnumerable<(ModelName Name, string Owner)> Taken(IReadOnlySet<string> living) =>
        from place in Places()
        let record = RecordAt(place)
        where record is not null && living.Contains(record.Owner)
        from name in record.Names
        select (ModelName.Parse(name.Name), record.Owner);

    /// <summary>Writes what a model has; no names remove its record. A record of another home that runs stays.</summary>
    /// <exception cref="StoreException">The disk refused.</exception>
    internal void Write(string model, ImmutableArray<ManagedName> names)
    {
        var place = PlaceOf(ModelName.Parse(model));
        if (RecordAt(place) is { } known && known.Owner != owner && homes?.Living.Contains(known.Owner) == true)
            return;
        if (names.IsEmpty)
        {
            store.Delete(place, keepBlobs: true);
            return;
        }

        // A name without a readable manifest is not served, so there is nothing to keep a record beside.
        if (names.Select(name => Find(ModelName.Parse(name.Name))).FirstOrDefault(stored => stored is { Manifest.Config: not null })
            is not { } served)
        {
            return;
        }

        var record = new OwnershipRecord(
            OwnershipRecord.NewestVersion, owner, [.. names.OrderBy(name => name.Name, StringComparer.Ordinal)]);
        var text = JsonSerializer.Serialize(record, StateJson.Default.OwnershipRecord);
        if (TextOf(place) != text || Find(place)?.Manifest.Layers.SequenceEqual(served.Manifest.Layers) != true)
        {
            store.WriteManifest(
                place,
                ManifestJson.Write(served.Manifest, new Dictionary<string, string>(StringComparer.Ordinal) { [Annotation] = text }));
        }
    }

    /// <summary>All names that this home owns by the records in the store.</summary>
    /// <exception cref="StateException">A record was written by a newer version.</exception>
    internal ImmutableArray<ManagedName> ReadAll() => [.. Places().SelectMany(place => Read(place))];

    /// <summary>Makes the records agree with what is ours; those of other homes stay.</summary>
    internal void Mend(IEnumerable<ManagedName> all)
    {
        var models = all.GroupBy(name => name.Model, StringComparer.Ordinal).ToArray();
        var wanted = models.Select(model => PlaceOf(ModelName.Parse(model.Key))).ToHashSet();
        foreach (var place in Places().Where(place => !wanted.Contains(place) && !Read(place).IsEmpty))
            store.Delete(place, keepBlobs: true);
        foreach (var model in models)
            Write(model.Key, [.. model]);
    }

    private ModelName[] Places() =>
        [.. store.ListAll().Where(stored => stored.Name is { IsReserved: true, Namespace: Space }).Select(stored => stored.Name)];

    private ImmutableArray<ManagedName> Read(ModelName place)
    {
        if (RecordAt(place) is not { } record || record.Owner != owner)
            return [];
        return record.Version <= OwnershipRecord.NewestVersion
            ? record.Names
            : throw new StateException(
                store.Folder,
                $"{store.Folder} holds records of a newer version of ModelOps (form {record.Version}; this one knows "
                + $"{OwnershipRecord.NewestVersion}); use that version, or a newer one");
    }

    private OwnershipRecord? RecordAt(ModelName place)
    {
        try
        {
            return TextOf(place) is { } text ? JsonSerializer.Deserialize(text, StateJson.Default.OwnershipRecord) : null;
        }
        catch (JsonException)
        {
            // Only we write these. One that is damaged is as good as lost, and is written again with the next change.
            return null;
        }
    }

    private string? TextOf(ModelName place)
    {
        try
        {
            return store.AnnotationsOf(place).GetValueOrDefault(Annotation);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private StoredModel? Find(ModelName name)
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

    private static ModelName PlaceOf(ModelName model)
    {
#pragma warning disable CA1308 // Names compare without case; the digest must too.
        var identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model.FullName.ToLowerInvariant())))[..8];
#pragma warning restore CA1308
        return new ModelName(ModelName.ReservedHost, Space, $"{model.Model[..Math.Min(model.Model.Length, LongestModel)]}-{identity}", Tag);
    }
}
