using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.State;

/// <summary>A diagnostic as it is kept: with its place, without the text around it.</summary>
internal sealed record StoredDiagnostic(string Code, Severity Severity, string File, int Line, int Column, string Message, string? Hint)
{
    private const int Most = 200;

    internal static string Write(ImmutableArray<Diagnostic> problems) => JsonSerializer.Serialize(
        [
            .. problems.Take(Most).Select(problem => new StoredDiagnostic(
                problem.Code, problem.Severity, problem.File, problem.Span.Line, problem.Span.Column, problem.Message, problem.Hint)),
        ],
        StateJson.Default.ImmutableArrayStoredDiagnostic);

    internal static ImmutableArray<Diagnostic> Read(string text) => text.Length == 0
        ? []
        :
        [
            .. JsonSerializer.Deserialize(text, StateJson.Default.ImmutableArrayStoredDiagnostic).Select(problem => new Diagnostic(
                problem.Code, problem.Severity, problem.File,
                new SourceSpan(0, 0, problem.Line, problem.Column, problem.Line, problem.Column), problem.Message, problem.Hint)),
        ];
}
