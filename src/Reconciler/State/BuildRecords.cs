using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>A build that was made: same inputs, same build.</summary>
/// <param name="Inputs">Digest of what it is built from.</param>
/// <param name="Build">Manifest digest, bare hex.</param>
internal sealed record BuildRecord(string Inputs, string Build);

/// <summary>Remembers builds, and which bytes of the source became which blob, so that nothing is built or hashed twice.</summary>
internal sealed class BuildRecords(StateDatabase database)
{
    private ImmutableDictionary<string, BuildRecord> _builds = database
        .Query("SELECT inputs, build FROM builds", row => new BuildRecord(row.GetString(0), row.GetString(1)))
        .ToImmutableDictionary(build => build.Inputs, StringComparer.Ordinal);

    internal BuildRecord? Find(string inputs) => _builds.GetValueOrDefault(inputs);

    internal BuildRecord? FindBuild(string digest) => _builds.Values.FirstOrDefault(build => build.Build == digest);

    /// <summary>
    /// What the inputs of a build were, to describe what changed; empty when it is not known. Long, so it is not kept in memory.
    /// </summary>
    internal string DescriptionOf(string inputs) => database
        .Query("SELECT description FROM builds WHERE inputs = $inputs", row => row.GetString(0), ("$inputs", inputs))
        .FirstOrDefault() ?? "";

    internal void Add(BuildRecord build, string description, DateTimeOffset now)
    {
        database.Execute(
            """
            INSERT INTO builds (inputs, build, description, made_at) VALUES ($inputs, $build, $description, $at)
            ON CONFLICT (inputs) DO UPDATE SET build = $build, made_at = $at
            """,
            ("$inputs", build.Inputs),
            ("$build", build.Build),
            ("$description", description),
            ("$at", StateDatabase.ToText(now)));
        ImmutableInterlocked.Update(ref _builds, (all, added) => all.SetItem(added.Inputs, added), build);
    }

    /// <summary>What was built from these inputs counts as not built.</summary>
    internal void Forget(string inputs)
    {
        database.Execute("DELETE FROM builds WHERE inputs = $inputs", ("$inputs", inputs));
        ImmutableInterlocked.TryRemove(ref _builds, inputs, out _);
    }

    /// <summary>All of them.</summary>
    internal IReadOnlyCollection<BuildRecord> All => [.. _builds.Values];

    /// <summary>Forgets these.</summary>
    internal void Forget(IEnumerable<BuildRecord> gone)
    {
        foreach (var build in gone)
            Forget(build.Inputs);
    }

    /// <summary>Forgets what became of content whose blob is gone.</summary>
    internal void RetainBlobs(Func<string, bool> isStored)
    {
        var gone = database.Query("SELECT object, digest FROM contents", row => (Object: row.GetString(0), Digest: row.GetString(1)))
            .Where(content => !isStored(content.Digest)).ToArray();
        if (gone.Length == 0)
            return;
        database.Together(() =>
        {
            foreach (var content in gone)
                database.Execute("DELETE FROM contents WHERE object = $object", ("$object", content.Object));
        });
    }

    internal string? BlobOf(string objectId) => database
        .Query("SELECT digest FROM contents WHERE object = $object", row => row.GetString(0), ("$object", objectId))
        .FirstOrDefault();

    internal void AddBlob(string objectId, string digest) => database.Execute(
        "INSERT INTO contents (object, digest) VALUES ($object, $digest) ON CONFLICT (object) DO UPDATE SET digest = $digest",
        ("$object", objectId),
        ("$digest", digest));
}
