using System.Collections.Immutable;

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
    internal ImmutableArray<ManagedName> All() =>
    [
        .. database.Query(
            "SELECT name, model, build, inputs, revision, protect FROM managed ORDER BY name",
            row => new ManagedName(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5))),
    ];

    internal void Set(ManagedName name) => database.Execute(
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

    internal void Remove(string name) => database.Execute("DELETE FROM managed WHERE name = $name", ("$name", name));
}
