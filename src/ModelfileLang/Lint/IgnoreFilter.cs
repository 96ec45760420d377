using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>Takes out what a file's ignore comments name, and reports the comments that have no use.</summary>
internal static class IgnoreFilter
{
    internal static LintReport Apply(LintContext context, ImmutableArray<Finding> findings)
    {
        var scopes = Scopes(context).ToArray();
        var kept = findings.Where(finding => !scopes.Any(scope => scope.Takes(finding))).ToList();
        var ignored = findings.Length - kept.Count;

        foreach (var scope in scopes)
            kept.AddRange(About(context, scope));
        return new LintReport(LintReport.InOrder(kept)) { Ignored = ignored };
    }

    private static IEnumerable<Scope> Scopes(LintContext context)
    {
        var instructions = context.Modelfile.Instructions;
        foreach (var span in context.Modelfile.Comments)
        {
            if (IgnoreComment.Parse(context.Source.TextOf(span)) is not { } comment)
                continue;
            var next = instructions.FirstOrDefault(instruction => instruction.Span.Offset > span.Offset);
            var (from, to) = comment.IsGlobal ? (1, int.MaxValue) : next is null ? (0, 0) : (next.Span.Line, next.Span.EndLine);
            yield return new Scope(comment, span, from, to);
        }
    }

    private static IEnumerable<Finding> About(LintContext context, Scope scope)
    {
        if (scope.Comment.Error is { } error)
        {
            yield return Make(context, StyleCodes.MalformedIgnore, scope.Span, error, "# modelops ignore=MF2006 reason=\"why\"");
            yield break;
        }

        foreach (var code in scope.Comment.Codes)
        {
            var rule = LintRules.Find(code);
            if (rule is null)
                yield return Make(
                    context, StyleCodes.MalformedIgnore, scope.Span, $"There is no rule '{code}' for Modelfiles.", Meant(code));
            else if (!rule.CanBeIgnored)
                yield return Make(
                    context, StyleCodes.MalformedIgnore, scope.Span, $"{code} cannot be ignored: the file would not build.", null);
            else if (!rule.NeedsFacts && !scope.Used.Contains(code) && !context.Options.Disabled.Contains(code))
                yield return Make(context, StyleCodes.UnusedIgnore, scope.Span, $"Nothing here needs an ignore of {code}.", "remove it");
        }

        if (context.Options.Strict && string.IsNullOrWhiteSpace(scope.Comment.Reason))
            yield return Make(context, StyleCodes.IgnoreWithoutReason, scope.Span, "This ignore gives no reason.", "add reason=\"why\"");
    }

    private static string? Meant(string code) =>
        Suggestion.For(code, LintRules.All.Select(rule => rule.Code)) is { } near ? $"did you mean {near}?" : null;

    private static Finding Make(LintContext context, string code, SourceSpan span, string message, string? hint) =>
        ModelfileLint.Make(context, LintRules.Find(code)!, new Hit(span, message, hint));

    private sealed record Scope(IgnoreComment Comment, SourceSpan Span, int FirstLine, int LastLine)
    {
        internal HashSet<string> Used { get; } = new(StringComparer.Ordinal);

        internal bool Takes(Finding finding)
        {
            var line = finding.Diagnostic.Span.Line;
            var takes = Comment.Error is null && finding.Rule.CanBeIgnored && line >= FirstLine && line <= LastLine
                && Comment.Codes.Contains(finding.Code, StringComparer.Ordinal);
            if (takes)
                Used.Add(finding.Code);
            return takes;
        }
    }
}
