namespace ModelOps.ModelfileLang.Diagnostics;

/// <summary>One problem in a file that the user wrote, described so that the user can fix it.</summary>
/// <param name="Code">Stable identifier, documented in docs/diagnostics.md.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="File">Path as the user would name it, relative to the repository with <c>/</c>; empty for a text without a file.</param>
/// <param name="Span">The smallest piece of source that is wrong.</param>
/// <param name="Message">What is wrong, in one sentence.</param>
/// <param name="Hint">What to write instead, when we know.</param>
public sealed record Diagnostic(string Code, Severity Severity, string File, SourceSpan Span, string Message, string? Hint = null)
{
    /// <summary><c>file:line:column: severity CODE: message (hint)</c>, the one-line form for logs and status. Safe to print.</summary>
    public override string ToString()
    {
        var place = $"{(File.Length > 0 ? File + ":" : "")}{Span.Line}:{Span.Column}";
#pragma warning disable CA1308 // Severities are printed in lower case.
        return SafeText.ForLine($"{place}: {Severity.ToString().ToLowerInvariant()} {Code}: {Message}{(Hint is null ? "" : $" ({Hint})")}");
#pragma warning restore CA1308
    }
}
