using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>A name in the store that we made because git declares it.</summary>
/// <param name="Name">Complete name.</param>
/// <param name="Model">Complete name of the model; equal to <paramref name="Name"/> unless this is an alias.</param>
/// <param name="Build">Manifest digest that we wrote, bare hex.</param>
/// <param name="Inputs">Digest of what it was built from.</param>
/// <param name="Revision">Revision that declared it.</param>
/// <param name="DeclaredAt">Where.</param>
internal sealed record ManagedName(string Name, string Model, string Build, string Inputs, string Revision, string DeclaredAt);

/// <summary>Remembers which names are ours, so that nothing else is ever pruned.</summary>
internal sealed class ManagedNames(StateDatabase database)
{
    internal ImmutableArray<ManagedName> All() =>
    [
        .. database.Query(
            "SELECT name, model, build, inputs, revision, declared_at FROM managed ORDER BY name",
            row => new ManagedName(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5))),
    ];

    internal void Set(ManagedName name) => database.Execute(
        """
        INSERT INTO managed (name, model, build, inputs, revision, declared_at) VALUES ($name, $model, $build, $inputs, $revision, $at)
        ON CONFLICT (name) DO UPDATE SET model = $model, build = $build, inputs = $inputs, revision = $revision, declared_at = $at
        """,
        ("$name", name.Name),
        ("$model", name.Model),
        ("$build", name.Build),
        ("$inputs", name.Inputs),
        ("$revision", name.Revision),
        ("$at", name.DeclaredAt));

    internal void Remove(string name) => database.Execute("DELETE FROM managed WHERE name = $name", ("$name", name));
}
