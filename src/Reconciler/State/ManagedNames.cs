using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.State;

/// <summary>A name in the store that we made because git declares it.</summary>
/// <param name="Name">Complete name.</param>
/// <param name="Model">Complete name of the model; equal to <paramref name="Name"/> unless this is an alias.</param>
/// <param name="Build">Manifest digest that we wrote, bare hex.</param>
/// <param name="Inputs">Digest of what it was built from.</param>
/// <param name="Revision">Revision that declared it.</param>
/// <param name="Protect">It was declared with <c>protect: true</c>.</param>
internal sealed record ManagedName(string Name, string Model, string Build, string Inputs, string Revision, bool Protect);

/// <summary>Remembers which names are ours, so that nothing else is ever pruned.</summary>
internal sealed class ManagedNames(StateDatabase database)
{
    private ImmutableDictionary<ModelName, ManagedName> _names = Load(database);

    internal ImmutableDictionary<ModelName, ManagedName> All => _names;

    internal ManagedName? Find(ModelName name) => _names.GetValueOrDefault(name);

    internal void Set(ImmutableArray<ManagedName> names)
    {
        database.Together(() =>
        {
            foreach (var name in names)
                Write(name);
        });
        ImmutableInterlocked.Update(
            ref _names, (all, added) => all.SetItems(added.Select(name => KeyValuePair.Create(ModelName.Parse(name.Name), name))), names);
    }

    internal void Remove(ModelName name)
    {
        database.Execute("DELETE FROM managed WHERE name = $name", ("$name", Find(name)?.Name ?? name.FullName));
        ImmutableInterlocked.Update(ref _names, (all, gone) => all.Remove(gone), name);
    }

    private static ImmutableDictionary<ModelName, ManagedName> Load(StateDatabase database) => database
        .Query(
            "SELECT name, model, build, inputs, revision, protect FROM managed",
            row => new ManagedName(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5)))
        .ToImmutableDictionary(name => ModelName.Parse(name.Name));

    private void Write(ManagedName name) => database.Execute(
        """
        INSERT INTO managed (name, model, build, inputs, revision, protect) VALUES ($name, $model, $build, $inputs, $revision, $protect)
        ON CONFLICT (name) DO UPDATE SET model = $model, build = $build, inputs = $inputs, revision = $revision, protect = $protect
        """,
        ("$name", name.Name),
        ("$model", name.Model),
        ("$build", name.Build),
        ("$inputs", name.Inputs),
        ("$revision", name.Revision),
        ("$protect", name.Protect));
}
