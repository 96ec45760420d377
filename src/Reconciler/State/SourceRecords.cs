using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.State;

/// <summary>What was known of a source when it was last written down.</summary>
/// <param name="Tip">Newest revision that was seen.</param>
/// <param name="LastFetch">When it was last asked.</param>
/// <param name="LastSuccess">When it last answered.</param>
/// <param name="Failure">What kind of failure the last one was; null when it answered.</param>
/// <param name="Error">Why it did not answer; null when it did.</param>
internal sealed record SourceRecord(
    string? Tip, DateTimeOffset? LastFetch, DateTimeOffset? LastSuccess, SourceFailure? Failure, string? Error)
{
    /// <summary>Nothing is known.</summary>
    internal static SourceRecord Nothing { get; } = new(Tip: null, LastFetch: null, LastSuccess: null, Failure: null, Error: null);
}

/// <summary>Remembers the sources by the names that the operator gave them.</summary>
internal sealed class SourceRecords(StateDatabase database)
{
    internal SourceRecord Find(string name) => database
        .Query(
            "SELECT tip, last_fetch, last_success, failure, error FROM sources WHERE name = $name",
            row => new SourceRecord(
                Text(row, 0), Time(row, 1), Time(row, 2), Enum.TryParse<SourceFailure>(Text(row, 3), out var failure) ? failure : null,
                Text(row, 4)),
            ("$name", name))
        .FirstOrDefault() ?? SourceRecord.Nothing;

    internal void Set(string name, SourceRecord source) => database.Execute(
        """
        INSERT INTO sources (name, tip, last_fetch, last_success, failure, error)
        VALUES ($name, $tip, $fetch, $success, $failure, $error)
        ON CONFLICT (name) DO UPDATE SET tip = $tip, last_fetch = $fetch, last_success = $success, failure = $failure, error = $error
        """,
        ("$name", name),
        ("$tip", source.Tip),
        ("$fetch", Text(source.LastFetch)),
        ("$success", Text(source.LastSuccess)),
        ("$failure", source.Failure?.ToString()),
        ("$error", source.Error));

    private static string? Text(DateTimeOffset? time) => time is { } value ? StateDatabase.ToText(value) : null;

    private static string? Text(Microsoft.Data.Sqlite.SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(Microsoft.Data.Sqlite.SqliteDataReader row, int column) =>
        Text(row, column) is { } text ? StateDatabase.ToTime(text) : null;
}
