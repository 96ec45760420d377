using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.State;

/// <summary>A name in the store that we made because git declares it.</summary>
/// <param name="Name">Complete name.</param>
/// <param name="Model">Complete name of the model; equal to <paramref name="Name"/> unless this is an alias.</param>
/// <param name="Build">Manifest digest that we wrote, bare hex.</param>
/// <param name="Inputs">Digest of what it was built from.</param>
/// <param name="Revision">Revision that declared it.</param>
/// <param name="Protect">It was declared with <c>protect: true</c>.</param>
/// <param name="Policy">The policy it goes by; null when that is not known.</param>
internal sealed record ManagedName(
    string Name, string Model, string Build, string Inputs, string Revision, bool Protect, StoredPolicy? Policy = null)
{
    /// <summary>Name of the source that declared it. Records of older versions do not have it: there was one source then.</summary>
    public string Source { get => field ?? SourceOptions.UsualName; init; } = SourceOptions.UsualName;
}

/// <summary>
/// Remembers which names are ours, so that nothing else is ever pruned: in the database, and beside the models in the store, from where it
/// comes back when the database is lost.
/// </summary>
internal sealed class ManagedNames(StateDatabase database, StoredOwnership? ownership = null)
{
    private const string Known = "ownership";

    private ImmutableDictionary<ModelName, ManagedName> _names = Load(database);

    internal ImmutableDictionary<ModelName, ManagedName> All => _names;

    internal ManagedName? Find(ModelName name) => _names.GetValueOrDefault(name);

    /// <summary>
    /// Brings the two records together, once at each start. What only the store knows comes back when the database is new; otherwise it is
    /// left over from a removal that was cut short.
    /// </summary>
    /// <returns>The names that came back.</returns>
    internal ImmutableArray<ManagedName> Recover()
    {
        if (ownership is null)
            return [];
        ImmutableArray<ManagedName> found = [];
        if (database.Query("SELECT 1 FROM facts WHERE key = $key", row => row.GetInt32(0), ("$key", Known)).Count == 0)
        {
            found = [.. ownership.ReadAll().Where(name => !_names.ContainsKey(ModelName.Parse(name.Name)))];
            database.Together(() =>
            {
                foreach (var name in found)
                    Write(name);
                database.Execute("INSERT INTO facts (key, value) VALUES ($key, 'kept')", ("$key", Known));
            });
            Take(found);
        }

        ownership.Mend(_names.Values);
        return found;
    }

    /// <summary>Makes sure that names are no other home's, as long as what is returned is held.</summary>
    /// <exception cref="NameTakenException">One of them is.</exception>
    /// <exception cref="TimeoutException">Another home takes names, and does not come to an end.</exception>
    internal IDisposable? Claim(IReadOnlyCollection<ModelName> names) => ownership?.Claim(names);

    /// <summary>Another home that runs has the name by now.</summary>
    internal bool IsTaken(ModelName name) => ownership?.IsTaken(name) == true;

    internal void Set(ImmutableArray<ManagedName> names)
    {
        var before = names.Select(name => Find(ModelName.Parse(name.Name))?.Model);
        var models = names.Select(name => name.Model).Concat(before.OfType<string>()).Distinct(StringComparer.Ordinal).ToArray();
        database.Together(() =>
        {
            foreach (var name in names)
                Write(name);
        });
        Take(names);
        Array.ForEach(models, Keep);
    }

    internal void Remove(ModelName name)
    {
        var gone = Find(name);
        database.Execute("DELETE FROM managed WHERE name = $name", ("$name", gone?.Name ?? name.FullName));
        ImmutableInterlocked.Update(ref _names, (all, removed) => all.Remove(removed), name);
        if (gone is not null)
            Keep(gone.Model);
    }

    private static ImmutableDictionary<ModelName, ManagedName> Load(StateDatabase database) => database
        .Query(
            "SELECT name, model, build, inputs, revision, protect, policy, source FROM managed",
            row => (Key: ModelName.Parse(row.GetString(0)), Value: new ManagedName(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5),
                row.GetString(6) is { Length: > 0 } policy ? JsonSerializer.Deserialize(policy, StateJson.Default.StoredPolicy) : null)
            {
                Source = row.GetString(7),
            }))
        .ToImmutableDictionary(row => row.Key, row => row.Value);

    private void Take(ImmutableArray<ManagedName> names) => ImmutableInterlocked.Update(
        ref _names, (all, added) => all.SetItems(added.Select(name => KeyValuePair.Create(ModelName.Parse(name.Name), name))), names);

    private void Keep(string model) =>
        ownership?.Write(model, [.. _names.Values.Where(name => string.Equals(name.Model, model, StringComparison.Ordinal))]);

    private void Write(ManagedName name) => database.Execute(
        """
        INSERT INTO managed (name, model, build, inputs, revision, protect, policy, source)
        VALUES ($name, $model, $build, $inputs, $revision, $protect, $policy, $source)
        ON CONFLICT (name) DO UPDATE
            SET model = $model, build = $build, inputs = $inputs, revision = $revision, protect = $protect, policy = $policy,
                source = $source
        """,
        ("$name", name.Name),
        ("$model", name.Model),
        ("$build", name.Build),
        ("$inputs", name.Inputs),
        ("$revision", name.Revision),
        ("$protect", name.Protect),
        ("$policy", name.Policy is null ? "" : JsonSerializer.Serialize(name.Policy, StateJson.Default.StoredPolicy)),
        ("$source", name.Source));
}
