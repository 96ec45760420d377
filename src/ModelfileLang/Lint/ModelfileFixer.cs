using System.Text;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>A text after its safe fixes.</summary>
/// <param name="Text">The new text; the old one when nothing could be fixed.</param>
/// <param name="Applied">How many fixes were made.</param>
public sealed record FixOutcome(string Text, int Applied);

/// <summary>Makes every safe fix, until none is left. Doing it again changes nothing.</summary>
public static class ModelfileFixer
{
    /// <summary>A fix can make another one possible; none of these rules needs more rounds than this.</summary>
    private const int MostRounds = 50;

    /// <summary>The fixed text of a file; ignored and disabled findings are left alone.</summary>
    public static FixOutcome Fix(ModelfileSource source, LintOptions options, WeightsFacts? facts = null)
    {
        var (current, applied) = (source, 0);
        for (var round = 0; round < MostRounds; round++)
        {
            var fixes = ModelfileLint.Check(current, options, facts).Findings.Select(finding => finding.Fix).OfType<Fix>().ToArray();
            if (fixes.Length == 0)
                break;
            var (text, count) = Apply(current.Text, fixes);
            (current, applied) = (ModelfileSource.OfText(text, source.File), applied + count);
        }

        return new FixOutcome(current.Text, applied);
    }

    /// <summary>Applies the fixes whose edits do not meet an earlier one; the others get their turn in the next round.</summary>
    private static (string Text, int Count) Apply(string text, IEnumerable<Fix> fixes)
    {
        var chosen = new List<SourceEdit>();
        var taken = new bool[text.Length + 1];
        var count = 0;
        foreach (var fix in fixes.Where(fix => !fix.Edits.Any(edit => Places(taken, edit).Contains(true))))
        {
            foreach (var edit in fix.Edits)
                Places(taken, edit).Fill(true);
            chosen.AddRange(fix.Edits);
            count++;
        }

        var result = new StringBuilder();
        var end = 0;
        foreach (var edit in chosen.OrderBy(edit => edit.Offset))
        {
            result.Append(text, end, edit.Offset - end).Append(edit.Replacement);
            end = edit.Offset + edit.Length;
        }

        return (result.Append(text, end, text.Length - end).ToString(), count);
    }

    /// <summary>
    /// The places between characters that an edit touches, its ends included, so that no two fixes decide about one place at once.
    /// </summary>
    private static Span<bool> Places(bool[] taken, SourceEdit edit) => taken.AsSpan(edit.Offset, edit.Length + 1);
}
