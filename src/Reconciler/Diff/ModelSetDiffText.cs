using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Diff;

namespace ModelOps.Reconciler.Diff;

/// <summary>A comparison of two sets for a terminal or a log. Nothing in it can steer the terminal, and secrets are hidden.</summary>
public static class ModelSetDiffText
{
    /// <summary>A line per model with its class, then what changed in it.</summary>
    public static string Write(ModelSetDiff diff)
    {
        if (diff.IsEmpty)
            return "No change of meaning.\n" + Shortages(diff);
        var text = new StringBuilder();
        foreach (var model in diff.Models)
        {
            text.Append(DiffWords.Mark(model.Kind)).Append(' ').Append(SafeText.ForLine(model.Name)).Append("  ");
            text.Append(model.Class is { } cost ? DiffWords.Of(cost) : DiffWords.Of(model.Kind))
                .Append("  (")
                .Append(SafeText.ForLine(model.DeclaredAt))
                .Append(")\n");
            foreach (var change in model.Settings)
                text.Append("    ").Append(Line(change)).Append('\n');
            if (!model.Modelfile.IsEmpty)
                AppendIndented(text, ModelfileDiffText.Write(model.Modelfile));
        }

        foreach (var change in diff.Settings)
            text.Append(Line(change)).Append('\n');
        return text.Append(Shortages(diff)).ToString();
    }

    private static string Shortages(ModelSetDiff diff) =>
        string.Concat(diff.Shortages.Select(shortage => $"! CapacityShort: {SafeText.ForLine(shortage)}\n"));

    internal static string Line(SettingChange change) =>
        $"~ {SafeText.ForLine(change.Key)}  {DiffWords.Of(change.Class)}  {Value(change.Before)} → {Value(change.After)}";

    internal static string Value(string value) => value.Length == 0 ? "(not set)" : SafeText.ForLine(SecretText.Mask(value));

    private static void AppendIndented(StringBuilder text, string block)
    {
        foreach (var line in block.TrimEnd('\n').Split('\n'))
            text.Append("    ").Append(line).Append('\n');
    }
}
