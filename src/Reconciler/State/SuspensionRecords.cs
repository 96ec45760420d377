using System.Collections.Concurrent;

namespace ModelOps.Reconciler.State;

/// <summary>Why changes are not applied.</summary>
/// <param name="Reason">A sentence.</param>
/// <param name="Until">When that ends by itself; null when it does not.</param>
internal sealed record Suspension(string Reason, DateTimeOffset? Until);

/// <summary>Remembers what people suspended: everything, or one source.</summary>
internal sealed class SuspensionRecords(StateDatabase database)
{
    private const string Key = "suspended";

    private const string UntilKey = "suspended_until";

    private readonly ConcurrentDictionary<string, Suspension?> _known = new(StringComparer.Ordinal);

    /// <summary>The suspension of one source, or of everything where none is named; null when there is none.</summary>
    internal Suspension? Find(string? source = null) => _known.GetOrAdd(source ?? "", _ => Read(source));

    /// <summary>Begins a suspension, or ends it with null.</summary>
    internal void Set(string? source, Suspension? suspension)
    {
        database.Together(() =>
        {
            Set(KeyOf(Key, source), suspension?.Reason);
            Set(KeyOf(UntilKey, source), suspension?.Until is { } end ? StateDatabase.ToText(end) : null);
        });
        _known[source ?? ""] = suspension;
    }

    private static string KeyOf(string key, string? source) => source is null ? key : $"{key}:{source}";

    private Suspension? Read(string? source) => Fact(KeyOf(Key, source)) is { } reason
        ? new Suspension(reason, Fact(KeyOf(UntilKey, source)) is { } until ? StateDatabase.ToTime(until) : null)
        : null;

    private string? Fact(string key) =>
        database.Query("SELECT value FROM facts WHERE key = $key", row => row.GetString(0), ("$key", key)).FirstOrDefault();

    private void Set(string key, string? value)
    {
        if (value is null)
            database.Execute("DELETE FROM facts WHERE key = $key", ("$key", key));
        else
        {
            database.Execute(
                "INSERT INTO facts (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = $value", ("$key", key),
                ("$value", value));
        }
    }
}
