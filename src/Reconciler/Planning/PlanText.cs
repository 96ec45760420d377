using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diff;

namespace ModelOps.Reconciler.Planning;

/// <summary>A plan as people read it.</summary>
public static class PlanText
{
    /// <summary>The plan for people.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="from">Revision in force; null when there is none.</param>
    public static string Write(Plan plan, string? from)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"Plan for {(from is null ? "" : Short(from) + "..")}{Short(plan.Revision)}   plan sha256:{PlanDigest.Of(plan)[..12]}\n");
        var width = plan.Models.Select(model => model.Model.ShortName.Length).DefaultIfEmpty().Max();
        foreach (var model in plan.Models)
            Write(text, model, width);
        foreach (var note in plan.Notes)
            text.Append(CultureInfo.InvariantCulture, $"  ! {note.Reason}: {note.Message}\n");
        text.Append(plan.IsEmpty ? "Nothing to do.\n" : Summary(plan));
        return text.ToString();
    }

    private static void Write(StringBuilder text, ModelPlan model, int width)
    {
        var first = $"  {Mark(model.Action)} {model.Model.PlainName.PadRight(width)}  ";
        var updateClass = (model.Class is { } known ? DiffWords.Of(known) : "").PadRight(7);
        var lines = model.Changes.Select(Line).DefaultIfEmpty(model.Action switch
        {
            PlanAction.Add => "new",
            PlanAction.Move => "renamed, nothing to load",
            PlanAction.Remove => "removed",
            PlanAction.Repair => "brought back into memory",
            _ => "rebuilt",
        });
        var lead = first + updateClass;
        foreach (var line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{lead}  {line}\n");
            lead = new string(' ', lead.Length);
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"{new string(' ', first.Length + updateClass.Length)}  steps: {string.Join(" → ", model.Steps.Select(step => step.Word))}\n");
    }

    private static string Line(PlanChange change) => (change.Before, change.After) switch
    {
        ("", "") => $"{change.Subject} changed",
        ("", var after) => $"{change.Subject} + {after}",
        (var before, "") => $"{change.Subject} - {before}",
        var (before, after) => $"{change.Subject} {before} → {after}",
    };

    private static char Mark(PlanAction action) => action switch
    {
        PlanAction.Add => '+',
        PlanAction.Move => '→',
        PlanAction.Remove => '-',
        _ => '~',
    };

    private static string Summary(Plan plan)
    {
        int Count(params PlanAction[] actions) => plan.Models.Count(model => actions.Contains(model.Action));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Plan: {Count(PlanAction.Add)} to add, {Count(PlanAction.Change)} to change, {Count(PlanAction.Move)} to move, "
            + $"{Count(PlanAction.Repair)} to repair, {Count(PlanAction.Remove)} to remove.\n");
    }

    /// <summary>A merged plan has the revisions of all sources, cut already.</summary>
    private static string Short(string revision) => revision.Length > 12 && !revision.Contains(' ') ? revision[..12] : revision;
}
