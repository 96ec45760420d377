using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Diff;

namespace ModelOps.Reconciler.Diff;

/// <summary>A comparison of two sets for the comment of a pull request. All content of the repository stays plain text.</summary>
public static class ModelSetDiffMarkdown
{
    /// <summary>A table of models, then a section for each that changed.</summary>
    public static string Write(ModelSetDiff diff)
    {
        if (diff.IsEmpty)
            return "No change of meaning.\n" + Shortages(diff);
        var text = new StringBuilder("| | model | class | declared at |\n|---|---|---|---|\n");
        foreach (var model in diff.Models)
        {
            text.Append("| `").Append(DiffWords.Mark(model.Kind)).Append("` | ").Append(SafeText.ForMarkdown(model.Name)).Append(" | ");
            text.Append(model.Class is { } cost ? DiffWords.Of(cost) : DiffWords.Of(model.Kind))
                .Append(" | ")
                .Append(SafeText.ForMarkdown(model.DeclaredAt))
                .Append(" |\n");
        }

        foreach (var model in diff.Models.Where(model => model.Kind == ChangeKind.Changed))
        {
            text.Append("\n### ").Append(SafeText.ForMarkdown(model.Name)).Append("\n\n");
            AppendSettings(text, model.Settings);
            if (!model.Modelfile.IsEmpty)
                text.Append(ModelfileDiffMarkdown.Write(model.Modelfile));
        }

        if (!diff.Settings.IsEmpty)
            text.Append("\n### The set\n\n");
        AppendSettings(text, diff.Settings);
        return text.Append(Shortages(diff)).ToString();
    }

    private static string Shortages(ModelSetDiff diff) => diff.Shortages.IsEmpty
        ? ""
        : "\n### Does not fit\n\n"
            + string.Concat(diff.Shortages.Select(shortage => $"- CapacityShort: {SafeText.ForMarkdown(shortage)}\n"));

    private static void AppendSettings(StringBuilder text, IReadOnlyCollection<SettingChange> changes)
    {
        if (changes.Count == 0)
            return;
        text.Append("| setting | class | before | after |\n|---|---|---|---|\n");
        foreach (var change in changes)
        {
            text.Append("| ").Append(SafeText.ForMarkdown(change.Key)).Append(" | ").Append(DiffWords.Of(change.Class)).Append(" | ");
            text.Append(SafeText.ForMarkdown(ModelSetDiffText.Value(change.Before)))
                .Append(" | ")
                .Append(SafeText.ForMarkdown(ModelSetDiffText.Value(change.After)))
                .Append(" |\n");
        }

        text.Append('\n');
    }
}
