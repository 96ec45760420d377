using System.Collections.Immutable;
using System.Globalization;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.State;

/// <summary>
/// Remembers what content outside git was like when it was taken in: files of this machine by size and time, names in the store by their
/// digest. Other content under the same name is drift, and not a change that anybody declared.
/// </summary>
internal sealed class ContentPins(StateDatabase database)
{
    private ImmutableDictionary<string, string> _pins = database
        .Query("SELECT subject, fingerprint FROM content_pins", row => (Subject: row.GetString(0), Fingerprint: row.GetString(1)))
        .ToImmutableDictionary(row => row.Subject, row => row.Fingerprint, StringComparer.Ordinal);

    internal string? Find(string subject) => _pins.GetValueOrDefault(subject);

    /// <summary>The files of a path as they were taken in; empty when they never were.</summary>
    internal ImmutableArray<HostFile> FilesOf(string path) => Find(SubjectOf(path)) is { } fingerprint ? Parse(fingerprint) : [];

    internal void Set(string subject, string fingerprint)
    {
        if (Find(subject) == fingerprint)
            return;
        database.Execute(
            """
            INSERT INTO content_pins (subject, fingerprint) VALUES ($subject, $fingerprint)
            ON CONFLICT (subject) DO UPDATE SET fingerprint = $fingerprint
            """,
            ("$subject", subject), ("$fingerprint", fingerprint));
        _pins = _pins.SetItem(subject, fingerprint);
    }

    /// <summary>Forgets content that nothing is built from any more.</summary>
    internal void Retain(IReadOnlySet<string> subjects)
    {
        foreach (var subject in _pins.Keys.Where(subject => !subjects.Contains(subject)).ToArray())
        {
            database.Execute("DELETE FROM content_pins WHERE subject = $subject", ("$subject", subject));
            _pins = _pins.Remove(subject);
        }
    }

    internal static string SubjectOf(string path) => "file " + Path.GetFullPath(path);

    internal static string Fingerprint(ImmutableArray<HostFile> files) => string.Join(
        '\n', files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Size} {file.ModifiedTicks} {file.Path}")));

    private static ImmutableArray<HostFile> Parse(string fingerprint) =>
    [
        .. fingerprint.Split('\n').Select(line => line.Split(' ', 3)).Where(parts => parts.Length == 3).Select(parts => new HostFile(
            parts[2], long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture))
        {
            IsTakenIn = true,
        }),
    ];
}
