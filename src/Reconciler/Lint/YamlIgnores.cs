using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Reconciler.Lint;

/// <summary>
/// Ignore comments of a YAML file: <c># modelops ignore=DS2003 reason="…"</c> on a line of its own holds for the entry that follows, with
/// all that is indented below it; with <c>global</c> for the file.
/// </summary>
internal sealed class YamlIgnores
{
    private const string Unused = "MF5009";
    private const string WithoutReason = "MF5010";
    private const string Malformed = "MF5011";

    private readonly string _file;
    private readonly List<Scope> _scopes = [];

    internal YamlIgnores(ModelfileSource source, string file)
    {
        _file = file;
        for (var line = 1; line <= source.LineCount; line++)
        {
            var text = source.LineText(line);
            if (text.TrimStart().StartsWith('#') && IgnoreComment.Parse(text.Trim()) is { } comment)
                _scopes.Add(ScopeOf(source, line, text, comment));
        }
    }

    /// <summary>What is left of the findings.</summary>
    internal LintReport Apply(IReadOnlyList<Diagnostic> diagnostics, LintOptions options, Func<IEnumerable<Diagnostic>, LintReport> report)
    {
        var kept = diagnostics.Where(diagnostic => !_scopes.Any(scope => scope.Takes(diagnostic))).ToList();
        var ignored = diagnostics.Count - kept.Count;
        foreach (var scope in _scopes)
            kept.AddRange(About(scope, options));
        return report(kept) with { Ignored = ignored };
    }

    private IEnumerable<Diagnostic> About(Scope scope, LintOptions options)
    {
        if (scope.Comment.Error is { } error)
        {
            yield return Make(Malformed, scope, error, "# modelops ignore=DS2003 reason=\"why\"");
            yield break;
        }

        foreach (var code in scope.Comment.Codes)
        {
            var rule = RepositoryRules.All.FirstOrDefault(rule => rule.Code == code);
            if (rule is null)
                yield return Make(Malformed, scope, $"There is no rule '{code}' for modelops.yaml.", null);
            else if (!rule.CanBeIgnored)
                yield return Make(Malformed, scope, $"{code} cannot be ignored: the revision would not be accepted.", null);
            else if (!scope.Used.Contains(code) && !options.Disabled.Contains(code))
                yield return Make(Unused, scope, $"Nothing here needs an ignore of {code}.", "remove it");
        }

        if (options.Strict && string.IsNullOrWhiteSpace(scope.Comment.Reason))
            yield return Make(WithoutReason, scope, "This ignore gives no reason.", "add reason=\"why\"");
    }

    private Diagnostic Make(string code, Scope scope, string message, string? hint) =>
        new(code, LintRules.Find(code)!.Severity, _file, scope.Span, message, hint);

    private static Scope ScopeOf(ModelfileSource source, int line, string text, IgnoreComment comment)
    {
        var column = text.Length - text.TrimStart().Length;
        var span = new SourceSpan(0, 0, line, column + 1, line, text.TrimEnd().Length + 1);
        if (comment.IsGlobal)
            return new Scope(comment, span, 1, int.MaxValue);
        var first = line + 1;
        while (first <= source.LineCount && IsNothing(source.LineText(first)))
            first++;
        if (first > source.LineCount)
            return new Scope(comment, span, 0, 0);
        var indent = Indent(source.LineText(first));
        var last = first;
        while (last < source.LineCount && (IsNothing(source.LineText(last + 1)) || Indent(source.LineText(last + 1)) > indent))
            last++;
        return new Scope(comment, span, first, last);
    }

    private static bool IsNothing(string line) => line.AsSpan().Trim() is [] or ['#', ..];

    private static int Indent(string line) => line.Length - line.TrimStart(' ').Length;

    private sealed record Scope(IgnoreComment Comment, SourceSpan Span, int FirstLine, int LastLine)
    {
        internal HashSet<string> Used { get; } = new(StringComparer.Ordinal);

        internal bool Takes(Diagnostic diagnostic)
        {
            var takes = Comment.Error is null && diagnostic.Span.Line >= FirstLine && diagnostic.Span.Line <= LastLine
                && Comment.Codes.Contains(diagnostic.Code, StringComparer.Ordinal)
                && RepositoryRules.All.Any(rule => rule.Code == diagnostic.Code && rule.CanBeIgnored);
            if (takes)
                Used.Add(diagnostic.Code);
            return takes;
        }
    }
}
