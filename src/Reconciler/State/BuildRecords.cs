using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>A build that was made: same inputs, same build.</summary>
/// <param name="Inputs">Digest of what it is built from.</param>
/// <param name="Build">Manifest digest, bare hex.</param>
/// <param name="Description">What the inputs were, for telling what changed.</param>
internal sealed record BuildRecord(string Inputs, string Build, string Description);

/// <summary>Remembers builds, and which bytes of the source became which blob, so that nothing is built or hashed twice.</summary>
internal sealed class BuildRecords(StateDatabase database)
{
    private ImmutableDictionary<string, BuildRecord> _builds = database
        .Query("SELECT inputs, build, description FROM builds", row => new BuildRecord(row.GetString(0), row.GetString(1), row.GetString(2)))
        .ToImmutableDictionary(build => build.Inputs, StringComparer.Ordinal);

    internal BuildRecord? Find(string inputs) => _builds.GetValueOrDefault(inputs);

    internal BuildRecord? FindBuild(string digest) => _builds.Values.FirstOrDefault(build => build.Build == digest);

    internal void Add(BuildRecord build, DateTimeOffset now)
    {
        database.Execute(
            """
            INSERT INTO builds (inputs, build, description, made_at) VALUES ($inputs, $build, $description, $at)
            ON CONFLICT (inputs) DO UPDATE SET build = $build, made_at = $at
            """,
            ("$inputs", build.Inputs),
            ("$build", build.Build),
            ("$description", build.Description),
            ("$at", StateDatabase.ToText(now)));
        ImmutableInterlocked.Update(ref _builds, (all, added) => all.SetItem(added.Inputs, added), build);
    }

    internal string? BlobOf(string objectId) => database
        .Query("SELECT digest FROM contents WHERE object = $object", row => row.GetString(0), ("$object", objectId))
        .FirstOrDefault();

    internal void AddBlob(string objectId, string digest) => database.Execute(
        "INSERT INTO contents (object, digest) VALUES ($object, $digest) ON CONFLICT (object) DO UPDATE SET digest = $digest",
        ("$object", objectId),
        ("$digest", digest));
}
