using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint.Formats;

/// <summary>Findings as workflow commands, which GitHub shows beside the lines they are about.</summary>
public static class LintGitHub
{
    /// <summary>GitHub shows no more of each level.</summary>
    private const int MostPerLevel = 10;

    /// <summary>The worst findings first, then how many were left out, then the summary.</summary>
    public static string Write(LintRun run)
    {
        var text = new StringBuilder();
        foreach (var level in run.Report.Findings.GroupBy(finding => Level(finding.Severity)).OrderBy(level => Rank(level.Key)))
        {
            foreach (var finding in level.Take(MostPerLevel))
                text.Append(Command(finding)).Append('\n');
            if (level.Count() > MostPerLevel)
                text.Append($"{level.Count() - MostPerLevel} more of level {level.Key} are not shown; the other formats have all.\n");
        }

        return text.Append(run.Verdict.Summary).Append('\n').ToString();
    }

    private static string Command(Finding finding)
    {
        var span = finding.Diagnostic.Span;
        var properties = new StringBuilder(
            $"file={Property(SafeText.ForLine(finding.Diagnostic.File))},line={span.Line},endLine={span.EndLine}");
        if (span.Line == span.EndLine)
            properties.Append($",col={span.Column},endColumn={span.EndColumn}");
        return $"::{Level(finding.Severity)} "
            + $"{properties},title={Property($"{finding.Code} {finding.Rule.Title}")}::{Data(FindingText.MessageWithHint(finding))}";
    }

    private static string Level(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "notice",
    };

    private static int Rank(string level) => level switch { "error" => 0, "warning" => 1, _ => 2 };

    private static string Data(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
