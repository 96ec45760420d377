using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Output;

/// <summary>A status as people read it.</summary>
internal static class StatusText
{
    /// <summary>Nothing is wrong: a daemon without a source, or one whose revision is in force and whose source answers.</summary>
    internal static bool IsGood(DaemonStatus status) =>
        status.Source is null
        || (status is { Ready: true, Sync: SyncState.Synced, Source.Error: null, LastError: null }
            && status.Health is HealthState.Healthy or HealthState.Suspended
            && !status.Diagnostics.Any(problem => problem.Severity == Severity.Error));

    internal static string Of(DaemonStatus status, DateTimeOffset now)
    {
        var text = new StringBuilder();
        if (status.Source is not { } source)
            return "No source: nothing is managed by git. Models of the store are served as they are.\n" + RuntimeText.Of(status.Runtime, now);

        text.Append(CultureInfo.InvariantCulture, $"Source     {source.Url}{Detail("branch", source.Branch)}{Detail("folder", source.Path)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Wanted     {Revision(source.Accepted, source.Subject)}\n");
        text.Append(CultureInfo.InvariantCulture, $"In force   {Revision(source.Applied, source.Applied == source.Accepted ? source.Subject : "")}\n");
        if (source.Tip is not null && source.Tip != source.Accepted)
            text.Append(CultureInfo.InvariantCulture, $"Newest     {Short(source.Tip)} (not accepted)\n");
        if (source.LastSuccess is { } success)
            text.Append(CultureInfo.InvariantCulture, $"Fetched    {HumanText.Age(success, now)}\n");
        text.Append(CultureInfo.InvariantCulture, $"State      {status.Sync}, {status.Health}, {(status.Ready ? "ready" : "not ready")}\n");
        if (status.Suspended is { } reason)
            text.Append(CultureInfo.InvariantCulture, $"Suspended  {reason}\n");
        if (source.Error is { } sourceError)
            text.Append(CultureInfo.InvariantCulture, $"Source error: {sourceError}\n");
        if (status.LastError is { } lastError && lastError != source.Error)
            text.Append(CultureInfo.InvariantCulture, $"Last error: {lastError}\n");

        if (status.Diagnostics.Length > 0)
            text.Append('\n');
        foreach (var problem in status.Diagnostics)
            text.Append(Problem(problem));
        AppendModels(text, status);
        return text.Append(RuntimeText.Of(status.Runtime, now)).ToString();
    }

    private static void AppendModels(StringBuilder text, DaemonStatus status)
    {
        if (status.Models.Length == 0)
            return;
        var table = new TextTable("MODEL", "SYNC", "HEALTH", "RESIDENCY", "IN MEMORY", "BUILD", "NOTE");
        foreach (var model in status.Models)
        {
            table.Add(
                model.Aliases.Length == 0 ? model.Name : $"{model.Name} ({string.Join(", ", model.Aliases)})",
                model.Sync.ToString(), model.Health.ToString(), model.Residency.ToString(), model.Resident ? "yes" : "no",
                model.ServedBuild is null ? "-" : model.ServedBuild[..Math.Min(12, model.ServedBuild.Length)],
                model.Hold ?? model.Message ?? "");
        }

        text.Append('\n').Append(table);
        if (status.Orphaned.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\nNo longer declared, to be removed: {string.Join(", ", status.Orphaned)}\n");
    }

    private static string Problem(StatusDiagnostic problem)
    {
        var hint = problem.Hint is null ? "" : $"\n    {problem.Hint}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{problem.File}:{problem.Line}:{problem.Column}: {problem.Severity} {problem.Code}: {problem.Message}{hint}\n");
    }

    private static string Revision(string? revision, string subject) =>
        revision is null ? "none yet" : subject.Length == 0 ? Short(revision) : $"{Short(revision)} {subject}";

    private static string Short(string revision) =>
        revision.StartsWith("sha256:", StringComparison.Ordinal) ? revision[..Math.Min(19, revision.Length)] : revision[..Math.Min(10, revision.Length)];

    private static string Detail(string label, string? value) => string.IsNullOrEmpty(value) ? "" : $" ({label} {value})";
}
