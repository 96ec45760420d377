using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint.Formats;

/// <summary>Findings for people: place, message, the line with a mark below it, a hint.</summary>
public static class LintText
{
    private const int WidestLine = 160;
    private const string Reset = "\u001b[0m";

    /// <summary>All findings and the summary line.</summary>
    /// <param name="run">What to print.</param>
    /// <param name="color">Whether the terminal shows colours.</param>
    public static string Write(LintRun run, bool color = false)
    {
        var text = new StringBuilder();
        foreach (var finding in run.Report.Findings)
            Append(text, finding, color);
        return text.Append(run.Verdict.Summary).Append('\n').ToString();
    }

    private static void Append(StringBuilder text, Finding finding, bool color)
    {
        var severity = Painted($"{SeverityWords.Of(finding.Severity)} {finding.Code}", Color(finding.Severity), color);
        text.Append(Painted(FindingText.Place(finding), "\u001b[1m", color)).Append(": ").Append(severity).Append(": ");
        text.Append(FindingText.Message(finding)).Append('\n');

        var number = $"{finding.Diagnostic.Span.Line}";
        var gutter = new string(' ', number.Length);
        if (finding.SourceLine.Trim().Length > 0)
        {
            var (line, offset, length) = Shown(finding);
            text.Append("  ").Append(number).Append(" | ").Append(line).Append('\n');
            if (length > 0)
                text.Append("  ")
                    .Append(gutter)
                    .Append(" | ")
                    .Append(' ', offset)
                    .Append(Painted(new string('^', length), Color(finding.Severity), color))
                    .Append('\n');
        }

        if (FindingText.Hint(finding) is { } hint)
            text.Append("  ").Append(gutter).Append(" = hint: ").Append(hint).Append('\n');
        if (finding.Fix is { } fix)
            text.Append("  ").Append(gutter).Append(" = fix: ").Append(fix.Title).Append('\n');
        text.Append('\n');
    }

    /// <summary>The line as it may be printed, and where the mark goes; no mark when a secret makes the places meaningless.</summary>
    private static (string Line, int Offset, int Length) Shown(Finding finding)
    {
        var (line, span) = (finding.SourceLine, finding.Diagnostic.Span);
        var from = Math.Clamp(span.Column - 1, 0, line.Length);
        var to = span.EndLine == span.Line ? Math.Clamp(span.EndColumn - 1, from, line.Length) : line.Length;
        var start = WindowStart(line, from);
        var end = Math.Min(line.Length, start + WidestLine);
        to = Math.Min(to, end);

        var (before, marked, after) = (
            FindingText.Safe(line[start..from]), FindingText.Safe(line[from..to]), FindingText.Safe(line[to..end]));
        var whole = FindingText.Safe(line[start..end]);
        return whole == before + marked + after
            ? (whole, before.Length, Math.Max(1, marked.Length))
            : (whole, 0, 0);
    }

    private static int WindowStart(string line, int from)
    {
        if (line.Length <= WidestLine)
            return 0;
        var start = Math.Max(0, from - (WidestLine / 2));
        return start > 0 && char.IsLowSurrogate(line[start]) ? start - 1 : start;
    }

    private static string Painted(string text, string code, bool color) => color ? $"{code}{text}{Reset}" : text;

    private static string Color(Severity severity) => severity switch
    {
        Severity.Error => "\u001b[31m",
        Severity.Warning => "\u001b[33m",
        Severity.Info => "\u001b[36m",
        _ => "\u001b[35m",
    };
}
