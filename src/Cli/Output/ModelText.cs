using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Output;

/// <summary>Managed models as people read them: a table of them, or everything that is known of one.</summary>
internal static class ModelText
{
    private const int LabelWidth = 12;

    /// <summary>The table of <c>status</c> and <c>get</c>.</summary>
    internal static string Table(IReadOnlyCollection<ModelStatus> models, int columns, bool color, bool headers = true)
    {
        // Which source a model is of is worth a column where there are several.
        var several = models.Select(model => model.Source).Distinct(StringComparer.Ordinal).Count() > 1;
        string[] Row(string name, string source, params ReadOnlySpan<string> rest) => several ? [name, source, .. rest] : [name, .. rest];
        var table = new TextTable(Row("MODEL", "SOURCE", "SYNC", "HEALTH", "RESIDENCY", "IN MEMORY", "BUILD"))
        {
            GiveWay = ["BUILD", "RESIDENCY", "SOURCE", "IN MEMORY"],
        };
        foreach (var model in models)
        {
            table.Add(
                Row(
                    ShownWords.Name(model.Name), model.Source, model.Sync.ToString(), model.Health.ToString(),
                    ShownWords.Of(model.Residency), model.Resident ? "yes" : "no", Short(model.ServedBuild)));
            var aliases = model.Aliases.Length == 0 ? "" : $"also {ShownWords.Names(model.Aliases)}";
            var work = model.Operation is { } operation ? OperationText.Of(operation) : null;
            var held = model.Hold is { } hold && !hold.StartsWith("held ", StringComparison.Ordinal) ? $"held: {hold}" : model.Hold;
            var note = string.Join("; ", new[] { work, held ?? model.Message }.OfType<string>());
            if (aliases.Length + note.Length > 0)
                table.AddNote(aliases.Length > 0 && note.Length > 0 ? $"{aliases}; {note}" : aliases + note);
        }

        return table.ToText(columns, color, headers);
    }

    /// <summary>Everything that is known of one.</summary>
    /// <param name="detail">It.</param>
    /// <param name="now">The time that ages are counted from.</param>
    /// <param name="columns">How wide a line may be.</param>
    /// <param name="color">Whether words are coloured.</param>
    internal static string Describe(ModelDetail detail, DateTimeOffset now, int columns, bool color)
    {
        var model = detail.Model;
        var text = new StringBuilder();
        void Line(string label, string value, string? painted = null)
        {
            var line = LineWrap.Of($"{label.PadRight(LabelWidth)} {SafeText.ForLine(value)}", columns, LabelWidth + 1);
            text.Append(painted is null ? line : Paint.At(line, LabelWidth + 1, painted, color)).Append('\n');
        }

        Line("Name", ShownWords.Name(model.Name));
        if (model.Aliases.Length > 0)
            Line("Aliases", ShownWords.Names(model.Aliases));
        if (model.Source.Length > 0)
            Line("Source", model.Source);
        Line("Declared at", model.DeclaredAt.Length == 0 ? "-" : model.DeclaredAt);
        Line("Sync", $"{model.Sync}{(model.UpdateClass is { } update ? $", the change touches {update}" : "")}", model.Sync.ToString());
        Line("Health", $"{model.Health}, {ShownWords.Of(model.Phase)}", model.Health.ToString());
        if (model.Operation is { } operation)
            Line("Work", OperationText.Whole(operation, now));
        Line("In memory", model.Resident ? "yes" : "no");
        if (model.Draining is { } drain)
        {
            var late = now > drain.Deadline
                ? $", longer than its deadline of {Durations.Format(drain.Deadline.Value - drain.Since)}; none is cut"
                : "";
            var answers = CountText.Of(drain.Requests, "answer");
            Line("Draining", $"{answers} of its replaced build, for {HumanText.Short(now - drain.Since)}{late}");
        }

        if (model.Pause is { } pause)
        {
            Line(
                "Pause",
                $"{HumanText.Short(TimeSpan.FromMilliseconds(pause.Milliseconds))}, {HumanText.Age(pause.At, now).ToLowerInvariant()}; "
                + $"{CountText.Of(pause.Waited, "request")} waited, {pause.Refused} refused");
        }

        Line("Serves", model.ServedBuild ?? "nothing yet");
        var same = model.DesiredBuild == model.ServedBuild;
        Line("Wanted", model.DesiredBuild is not { } wanted ? "not built yet" : same ? "the same" : wanted);
        if (detail.Digests is { } digests)
        {
            Line("Inputs", digests.Inputs);
            Line("Load profile", digests.LoadProfile);
            Line("Gate", digests.Gate);
            Line("Attempt", digests.Attempt);
        }
        if (model.Hold is { } hold)
        {
            var by = $"by {model.HeldBy ?? "nobody known"}";
            var since = model.HeldSince is { } at ? HumanText.Age(at, now).ToLowerInvariant() : null;
            var about = string.Join(", ", new[] { hold.EndsWith(by, StringComparison.Ordinal) ? null : by, since }.OfType<string>());
            Line("Held", about.Length == 0 ? hold : $"{hold} ({about})");
        }

        if (model.Failure is { } failure)
        {
            Line("Failed", $"{failure.Reason}: {model.Message ?? failure.Message}");
            var next = failure.NextRetry is { } due
                ? due <= now ? "tried again now" : $"tried again {HumanText.Age(due, now).ToLowerInvariant()}"
                : "not tried again by itself";
            Line("", $"{CountText.Of(failure.Attempts, "time")} in a row; {next}");
        }
        else if (model.Message is { } message && message != model.Hold)
            Line("Note", message);

        Section(text, "Policy", detail.Revision is { } revision ? $"of revision {ShownWords.Revision(revision)}" : "none in force yet");
        var longest = detail.Policy.Select(setting => setting.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var setting in detail.Policy)
            text.Append("  ").Append(SafeText.ForLine($"{setting.Name.PadRight(longest)}  {setting.Value}")).Append('\n');

        Section(text, "Conditions", "of the set");
        var widest = detail.Conditions.Select(condition => condition.Type.ToString().Length).DefaultIfEmpty(0).Max();
        foreach (var condition in detail.Conditions)
        {
            var type = condition.Type.ToString().PadRight(widest);
            var line = $"  {type}  {ShownWords.Of(condition.Status),-5}  {condition.Reason}: {condition.Message}";
            text.Append(LineWrap.Of(SafeText.ForLine(line), columns, indent: 4)).Append('\n');
        }

        Section(text, "History", detail.History.Length == 0 ? "none yet" : "");
        if (detail.History.Length > 0)
            text.Append(HistoryText.Of(detail.History, columns, color));
        Section(text, "Events", detail.Events.Length == 0 ? "none that is kept" : "");
        foreach (var item in detail.Events)
            text.Append(EventText.Of(item, columns, color));
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, string about) =>
        text.Append('\n').Append(title).Append(about.Length > 0 ? $" ({about})" : "").Append('\n');

    private static string Short(string? build) => build is null ? "-" : build[..Math.Min(12, build.Length)];
}
