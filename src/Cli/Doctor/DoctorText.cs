using System.Text;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Doctor;

/// <summary>What the doctor found, as people read it: a line each, and what to do below it.</summary>
internal static class DoctorText
{
    internal static string Of(IReadOnlyList<Finding> findings, int columns, bool color)
    {
        var text = new StringBuilder();
        var widest = findings.Max(finding => finding.Check.Length);
        foreach (var finding in findings)
        {
            var word = Word(finding.Verdict);
            var head = $"{word.PadRight(7)}  {finding.Check.PadRight(widest)}  ";
            var line = LineWrap.Of(head + SafeText.ForLine(finding.Found), columns, head.Length);
            text.Append(Paint.At(line, 0, word, color)).Append('\n');
            if (finding.Fix.Length > 0)
            {
                var fix = new string(' ', head.Length) + "→ " + SafeText.ForLine(finding.Fix);
                text.Append(LineWrap.Of(fix, columns, head.Length + 2)).Append('\n');
            }
        }

        var bad = findings.Count(finding => finding.Verdict == Verdict.Bad);
        var warnings = findings.Count(finding => finding.Verdict == Verdict.Warning);
        text.Append('\n').Append(bad > 0
            ? $"This machine cannot serve: {CountText.Of(bad, "thing")} to mend"
            : "This machine can serve");
        return text.Append(warnings > 0 ? $"; {CountText.Of(warnings, "warning")}\n" : "\n").ToString();
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Bad => "error",
        Verdict.Warning => "warning",
        _ => "ok",
    };
}
