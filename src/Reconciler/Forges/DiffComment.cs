using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Diff;

namespace ModelOps.Reconciler.Forges;

/// <summary>
/// What a pull request changes, as the text of its comment. All of it is made here from what was compared; nothing that somebody wrote is
/// more than text in it.
/// </summary>
public static class DiffComment
{
    /// <summary>The line that the comment of a name begins with: a reference without a use, which no forge shows.</summary>
    public static string MarkOf(string name) => $"[//]: # (modelops {name})";

    /// <summary>The text below that line.</summary>
    /// <param name="diff">What changes.</param>
    /// <param name="name">What is compared, where there are several; as in the mark.</param>
    /// <param name="commit">The commit that was compared; empty when it is not known.</param>
    /// <param name="longest">Most characters; what would be more is left out whole, and the end says so.</param>
    public static string Of(ModelSetDiff diff, string name, string commit, int longest)
    {
        ArgumentNullException.ThrowIfNull(diff);
        var text = new StringBuilder("## Models");
        if (name != UsualName)
            text.Append(": ").Append(SafeText.ForMarkdown(name));
        text.Append("\n\n");
        if (commit.Length > 0)
            text.Append("Commit ").Append(SafeText.ForMarkdown(commit)).Append(". ");
        text.Append(Summary(diff)).Append("\n\n");
        var note = "\n…and more, which does not fit here: the output of `modelops diff` has all of it.\n";
        var body = ModelSetDiffMarkdown.Write(diff);
        if (text.Length + body.Length <= longest)
            return text.Append(body).ToString();

        // Whole models, or whole rows of the table of them: half a table or half a block would change what the rest means.
        for (var count = diff.Models.Length - 1; count >= 0; count--)
        {
            var shorter = ModelSetDiffMarkdown.Write(new ModelSetDiff([.. diff.Models.Take(count)], []));
            if (count == 0)
                shorter = "";
            if (text.Length + shorter.Length + note.Length <= longest)
                return text.Append(shorter).Append(note).ToString();
        }

        return text.Append(note).ToString();
    }

    /// <summary>The name where there is one set.</summary>
    public const string UsualName = "models";

    private static string Summary(ModelSetDiff diff)
    {
        if (diff.IsEmpty)
            return "Nothing that is served changes.";
        var parts = new List<string>();
        foreach (var kind in Enum.GetValues<ChangeKind>())
        {
            if (diff.Models.Count(model => model.Kind == kind) is > 0 and var count)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {DiffWords.Of(kind)}"));
        }

        var models = parts.Count == 0 ? "" : $"Models: {string.Join(", ", parts)}. ";
        var cost = diff.Models.Max(model => model.Class) switch
        {
            UpdateClass.Live => "Nothing is loaded anew.",
            UpdateClass.Context => "Contexts are made anew; weights stay in memory.",
            UpdateClass.Weights => "Weights are loaded anew.",
            UpdateClass.Worker => "Engines are started anew.",
            _ => "",
        };
        return (models + cost).Trim() is { Length: > 0 } text ? text : "Settings of the set change.";
    }
}
