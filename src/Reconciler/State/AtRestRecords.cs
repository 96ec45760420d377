using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>A reading of the files of what a source declares.</summary>
/// <param name="Source">The source.</param>
/// <param name="BegunAt">When it began.</param>
/// <param name="EndedAt">When it was over; null while it goes on, or when the process ended before.</param>
/// <param name="Blobs">Files that were read.</param>
/// <param name="Bytes">Bytes that were read.</param>
internal sealed record AtRestRecord(string Source, DateTimeOffset BegunAt, DateTimeOffset? EndedAt = null, int Blobs = 0, long Bytes = 0);

/// <summary>A blob that is not what its digest says, until it is there again.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="At">When that was found.</param>
/// <param name="Detail">What was found, and where the file is by now.</param>
internal sealed record DamageRecord(string Digest, DateTimeOffset At, string Detail);

/// <summary>The last reading of each source, and what it found. Written by the loop.</summary>
internal sealed class AtRestRecords(StateDatabase database)
{
    private ImmutableDictionary<string, AtRestRecord> _readings = database
        .Query(
            "SELECT source, begun_at, ended_at, blobs, bytes FROM verifications",
            row => new AtRestRecord(
                row.GetString(0), StateDatabase.ToTime(row.GetString(1)), row.IsDBNull(2) ? null : StateDatabase.ToTime(row.GetString(2)),
                row.GetInt32(3), row.GetInt64(4)))
        .ToImmutableDictionary(record => record.Source, StringComparer.Ordinal);

    private ImmutableDictionary<string, DamageRecord> _damages = database
        .Query(
            "SELECT digest, at, detail FROM damages",
            row => new DamageRecord(row.GetString(0), StateDatabase.ToTime(row.GetString(1)), row.GetString(2)))
        .ToImmutableDictionary(record => record.Digest, StringComparer.Ordinal);

    /// <summary>Blobs that are damaged now, by their digests.</summary>
    internal ImmutableDictionary<string, DamageRecord> Damages => _damages;

    internal AtRestRecord? Find(string source) => _readings.GetValueOrDefault(source);

    internal void Set(AtRestRecord record)
    {
        database.Execute(
            "INSERT OR REPLACE INTO verifications (source, begun_at, ended_at, blobs, bytes) "
            + "VALUES ($source, $begun, $ended, $blobs, $bytes)",
            ("$source", record.Source),
            ("$begun", StateDatabase.ToText(record.BegunAt)),
            ("$ended", record.EndedAt is { } ended ? StateDatabase.ToText(ended) : null),
            ("$blobs", record.Blobs),
            ("$bytes", record.Bytes));
        _readings = _readings.SetItem(record.Source, record);
    }

    internal void Add(DamageRecord record)
    {
        database.Execute(
            "INSERT OR REPLACE INTO damages (digest, at, detail) VALUES ($digest, $at, $detail)",
            ("$digest", record.Digest),
            ("$at", StateDatabase.ToText(record.At)),
            ("$detail", record.Detail));
        _damages = _damages.SetItem(record.Digest, record);
    }

    internal void Remove(DamageRecord record)
    {
        database.Execute("DELETE FROM damages WHERE digest = $digest", ("$digest", record.Digest));
        _damages = _damages.Remove(record.Digest);
    }
}
