using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Output;

/// <summary>A status as people read it.</summary>
internal static class StatusText
{
    /// <summary>Nothing is wrong: a daemon without a source, or one that is ready. A source that is silent for a moment is no fault yet.</summary>
    internal static bool IsGood(DaemonStatus status) => status.Source is null || status.Ready;

    /// <param name="status">The status to show.</param>
    /// <param name="now">The time that ages are counted from.</param>
    /// <param name="columns">How wide a line may be.</param>
    internal static string Of(DaemonStatus status, DateTimeOffset now, int columns)
    {
        if (status.Source is not { } source)
        {
            return "No source: nothing is managed by git. Models of the store are served as they are.\n"
                + RuntimeText.Of(status.Runtime, now, columns);
        }

        var text = new StringBuilder();
        void Line(string label, string value) =>
            text.Append(LineWrap.Of($"{label,-10} {SafeText.ForLine(value)}", columns, indent: 11)).Append('\n');

        Line("Source", SourceText.Place(source));
        if (source.Remote is { } remote && remote != source.Url)
            Line("Remote", remote);
        if (source.Git.Length > 0)
            Line("Git", source.Git);
        Line("Wanted", Revision(source.Accepted, source.Subject));
        Line("In force", InForce(status, source));
        if (source.Tip is not null && source.Tip != source.Accepted)
            Line("Newest", $"{Short(source.Tip)} (not accepted)");
        if (source.LastSuccess is { } success)
            Line("Fetched", HumanText.Age(success, now).ToLowerInvariant());
        Line("State", $"{status.Sync}, {status.Health}, {(status.Ready ? "ready" : "not ready")}");
        if (status.Suspended is { } reason)
            Line("Suspended", reason);
        if (source.Error is { } sourceError)
            Line("Source error:", SourceText.Error(sourceError, source, Short, now));
        if (status.LastError is { } lastError && lastError != source.Error)
            Line("Last error:", lastError);

        if (status.Diagnostics.Length > 0)
            text.Append('\n');
        foreach (var problem in status.Diagnostics)
            AppendProblem(text, problem, columns);
        AppendModels(text, status, columns);
        return text.Append(RuntimeText.Of(status.Runtime, now, columns)).ToString();
    }

    private static void AppendModels(StringBuilder text, DaemonStatus status, int columns)
    {
        if (status.Models.Length == 0)
            return;
        var table = new TextTable("MODEL", "SYNC", "HEALTH", "RESIDENCY", "IN MEMORY", "BUILD");
        foreach (var model in status.Models)
        {
            table.Add(
                ShownWords.Name(model.Name), model.Sync.ToString(), model.Health.ToString(), ShownWords.Of(model.Residency),
                model.Resident ? "yes" : "no",
                model.ServedBuild is null ? "-" : model.ServedBuild[..Math.Min(12, model.ServedBuild.Length)]);
            var aliases = model.Aliases.Length == 0 ? "" : $"also {ShownWords.Names(model.Aliases)}";
            var note = model.Hold ?? model.Message ?? "";
            if (aliases.Length + note.Length > 0)
                table.AddNote(aliases.Length > 0 && note.Length > 0 ? $"{aliases}; {note}" : aliases + note);
        }

        text.Append('\n').Append(table.ToText(columns));
        if (status.Orphaned.Length > 0)
        {
            text.Append('\n')
                .Append(
                    LineWrap.Of(
                        SafeText.ForLine($"No longer declared, to be removed: {ShownWords.Names(status.Orphaned)}"), columns, indent: 4))
                .Append('\n');
        }
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

    private static string InForce(DaemonStatus status, SourceStatus source)
    {
        if (source.Applied is { } applied)
            return Revision(applied, applied == source.Accepted ? source.Subject : "");
        var served = status.Models.Count(model => model.Sync == SyncState.Synced);
        return served == 0 ? "none yet" : $"in part: {served} of {CountText.Of(status.Models.Length, "model")} as wanted";
    }

    private static string Revision(string? revision, string subject) =>
        revision is null ? "none yet" : subject.Length == 0 ? Short(revision) : $"{Short(revision)} {subject}";

    private static string Short(string revision) =>
        revision.StartsWith("sha256:", StringComparison.Ordinal)
            ? revision[..Math.Min(19, revision.Length)]
            : revision[..Math.Min(10, revision.Length)];
}
