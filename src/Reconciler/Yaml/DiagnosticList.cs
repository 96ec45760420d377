using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Yaml;

/// <summary>Collects everything that is wrong with a revision, so that it is reported at once.</summary>
internal sealed class DiagnosticList
{
    private readonly List<Diagnostic> _items = [];

    internal bool HasErrors => _items.Exists(item => item.Severity == Severity.Error);

    internal void Error(string code, string file, SourceSpan span, string message, string? hint) =>
        _items.Add(new Diagnostic(code, Severity.Error, file, span, message, hint));

    internal void Warning(string code, string file, SourceSpan span, string message, string? hint) =>
        _items.Add(new Diagnostic(code, Severity.Warning, file, span, message, hint));

    internal void Info(string code, string file, SourceSpan span, string message, string? hint) =>
        _items.Add(new Diagnostic(code, Severity.Info, file, span, message, hint));

    internal void Add(IEnumerable<Diagnostic> diagnostics) => _items.AddRange(diagnostics);

    /// <summary>In the order of files and of places in them; what several models share is reported once.</summary>
    internal ImmutableArray<Diagnostic> ToImmutable() =>
    [
        .. _items.Distinct()
            .OrderBy(item => item.File, StringComparer.Ordinal)
            .ThenBy(item => item.Span.Line)
            .ThenBy(item => item.Span.Column)
            .ThenBy(item => item.Code, StringComparer.Ordinal),
    ];
}
