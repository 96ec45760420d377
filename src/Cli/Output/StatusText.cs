using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Cli.Output;

/// <summary>A status as people read it.</summary>
internal static class StatusText
{
    private const int ShownOrphans = 10;

    /// <summary>
    /// Nothing is wrong: a daemon without a source, or one that is ready. A source that is silent for a moment is no fault yet.
    /// </summary>
    internal static bool IsGood(DaemonStatus status) => status.Source is null || status.Ready;

    /// <param name="status">The status to show.</param>
    /// <param name="now">The time that ages are counted from.</param>
    /// <param name="columns">How wide a line may be.</param>
    /// <param name="color">Whether words that say how something is are coloured.</param>
    internal static string Of(DaemonStatus status, DateTimeOffset now, int columns, bool color = false)
    {
        if (status.Source is null)
        {
            return Unsafe(status, columns) + "No source: nothing is managed by git. Models of the store are served as they are.\n"
                + RuntimeText.Of(status.Runtime, now, columns);
        }

        var text = new StringBuilder(Unsafe(status, columns));
        void Line(string label, string value) =>
            text.Append(LineWrap.Of($"{label,-10} {SafeText.ForLine(value)}", columns, indent: 11)).Append('\n');

        var sources = status.Sources.IsEmpty ? [status.Source] : status.Sources;
        foreach (var known in sources)
            AppendSource(Line, status, known, now);
        var state = new[] { status.Sync.ToString(), status.Health.ToString(), status.Ready ? "ready" : "not ready" };
        text.Append(CultureInfo.InvariantCulture, $"{"State",-10} {string.Join(", ", state.Select(word => Paint.Word(word, color)))}\n");
        if (status.Suspended is { } reason)
            Line("Suspended", reason);

        // What stands below with its place need not stand here too.
        foreach (var known in sources.Where(known => known.Error is { } told && !status.Diagnostics.Any(problem => IsOf(problem, told))))
        {
            var whose = status.Sources.Length > 1 ? $"source {known.Name}: " : "";
            Line("Source error:", whose + SourceText.Error(known.Error!, known, ShownWords.Revision, now));
        }

        if (status.LastError is { } lastError
            && !sources.Any(known => known.Error is { } told && lastError.EndsWith(told, StringComparison.Ordinal)))
            Line("Last error:", lastError);
        if (status.Conditions.Any(condition => condition is { Type: ConditionType.PruneBlocked, Status: true }))
            Line("Blocked", "what is no longer declared is not removed; see below");

        if (status.Diagnostics.Length > 0)
            text.Append('\n');
        foreach (var problem in status.Diagnostics)
            AppendProblem(text, problem, columns);
        AppendModels(text, status, columns, color);
        AppendOrphans(text, status, columns);
        return text.Append(RuntimeText.Of(status.Runtime, now, columns)).ToString();
    }

    /// <summary>What is unsafe comes first, until it is mended.</summary>
    private static string Unsafe(DaemonStatus status, int columns) =>
        status.Insecure is { } told ? LineWrap.Of(SafeText.ForLine(told), columns, indent: 2) + "\n" : "";

    /// <summary>One source: its name counts where there are several.</summary>
    private static void AppendSource(Action<string, string> line, DaemonStatus status, SourceStatus source, DateTimeOffset now)
    {
        var several = status.Sources.Length > 1;
        line("Source", several ? $"{source.Name}: {SourceText.Place(source)}" : SourceText.Place(source));
        if (source.Remote is { } remote && remote != source.Url)
            line("Remote", remote);
        if (source.Git is { Length: > 0 } git)
            line("Git", git + SourceText.LargeFiles(source.LargeFiles));
        line("Wanted", Revision(source.Accepted, source.Subject));
        line("In force", InForce(status, source));
        if (source.Tip is not null && source.Tip != source.Accepted)
            line("Newest", $"{ShownWords.Revision(source.Tip)} (not accepted)");
        if (source.LastSuccess is { } success)
            line("Fetched", HumanText.Age(success, now).ToLowerInvariant());
        if (several && source.Suspended is { } reason && reason != status.Suspended)
            line("Suspended", reason);
        else if (several)
            line("Ready", source.Ready ? "yes" : "no");
    }

    private static void AppendModels(StringBuilder text, DaemonStatus status, int columns, bool color)
    {
        if (status.Models.Length == 0)
            return;
        text.Append('\n').Append(ModelText.Table(status.Models, columns, color));
    }

    /// <summary>Names that git does not declare any more, each with why it is still there.</summary>
    private static void AppendOrphans(StringBuilder text, DaemonStatus status, int columns)
    {
        if (status.Orphans.IsEmpty)
            return;
        text.Append("\nNo longer declared\n");
        foreach (var alike in status.Orphans.Take(ShownOrphans)
            .GroupBy(orphan => (orphan.Residency == ResidencyMode.Always ? "pinned; " : "") + orphan.Message))
        {
            var names = ShownWords.Names(alike.Select(orphan => orphan.Name));
            text.Append(LineWrap.Of($"  {names}: {SafeText.ForLine(alike.Key)}", columns, indent: 4)).Append('\n');
        }

        if (status.Orphans.Length > ShownOrphans)
            text.Append(CultureInfo.InvariantCulture, $"  and {status.Orphans.Length - ShownOrphans} more\n");
    }

    private static void AppendProblem(StringBuilder text, StatusDiagnostic problem, int columns)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{problem.File}:{problem.Line}:{problem.Column}: {ShownWords.Of(problem.Severity)} {problem.Code}: {problem.Message}");
        text.Append(LineWrap.Of(SafeText.ForLine(line), columns, indent: 4)).Append('\n');
        if (problem.Hint is { } hint)
            text.Append(LineWrap.Of($"    {SafeText.ForLine(hint)}", columns, indent: 4)).Append('\n');
    }

    private static bool IsOf(StatusDiagnostic problem, string error) => error.StartsWith(
        string.Create(CultureInfo.InvariantCulture, $"{problem.File}:{problem.Line}:{problem.Column}: "), StringComparison.Ordinal);

    private static string InForce(DaemonStatus status, SourceStatus source)
    {
        if (source.Applied is { } applied)
            return Revision(applied, applied == source.Accepted ? source.Subject : "");
        return InPart([.. status.Models.Where(model => status.Sources.Length < 2 || model.Source == source.Name)]);
    }

    /// <summary>What is in force of a revision that is not wholly so, model by model.</summary>
    private static string InPart(ModelStatus[] models)
    {
        var synced = models.Count(model => model.Sync == SyncState.Synced);
        var others = models.Where(model => model.Sync != SyncState.Synced).ToArray();
        var absent = others.Count(model => model.ServedBuild is null);
        var kept = others.Count(model => model.ServedBuild is { } served && served != model.DesiredBuild);
        if (synced == 0 && absent == others.Length)
            return "none yet";
        var parts = new List<string> { synced == 0 ? "none" : $"in part: {synced} of {CountText.Of(models.Length, "model")} as wanted" };
        var of = synced == 0 ? $" of {CountText.Of(models.Length, "model")}" : "";
        if (kept > 0)
            parts.Add($"{kept}{of} {(kept == 1 ? "serves" : "serve")} another build");
        if (absent > 0)
            parts.Add($"{absent} not there yet");
        if (others.Length - kept - absent is > 0 and var late)
            parts.Add($"{late} with other settings");
        if (models.Count(model => model is { Sync: SyncState.Synced, Hold: not null }) is > 0 and var held)
            parts.Add($"{held} held");
        return synced == 0 ? $"{parts[0]}: {string.Join(", ", parts[1..])}" : string.Join(", ", parts);
    }

    private static string Revision(string? revision, string subject) =>
        revision is null ? "none yet" : subject.Length == 0 ? ShownWords.Revision(revision) : $"{ShownWords.Revision(revision)} {subject}";
}
