using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint.Formats;

/// <summary>The texts of a finding as they may be printed: one line, no secrets, nothing that steers a terminal.</summary>
internal static class FindingText
{
    internal static string Message(Finding finding) => Safe(finding.Diagnostic.Message);

    internal static string? Hint(Finding finding) => finding.Diagnostic.Hint is { } hint ? Safe(hint) : null;

    /// <summary>For formats that have one text only: two sentences.</summary>
    internal static string MessageWithHint(Finding finding) => Hint(finding) is { } hint
        ? $"{Message(finding)}{(Message(finding) is [.., '.' or '!' or '?'] ? "" : ".")} Hint: {hint}"
        : Message(finding);

    internal static string Place(Finding finding)
    {
        var (file, span) = (finding.Diagnostic.File, finding.Diagnostic.Span);
        return $"{(file.Length > 0 ? SafeText.ForLine(file) : "-")}:{span.Line}:{span.Column}";
    }

    internal static string Safe(string text) => SafeText.ForLine(SecretText.Mask(text));
}
