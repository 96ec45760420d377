using System.Collections.Immutable;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>
/// A comment that takes findings out: <c># modelops ignore=MF2006 reason="…"</c>, for the next instruction or (<c>global</c>) the
/// whole file.
/// </summary>
/// <param name="Codes">The rules that are ignored.</param>
/// <param name="IsGlobal">Whether it holds for the whole file.</param>
/// <param name="Reason">Why; null when no reason is given.</param>
/// <param name="Error">What is wrong with the comment; null when it can be read.</param>
public sealed record IgnoreComment(ImmutableArray<string> Codes, bool IsGlobal, string? Reason, string? Error = null)
{
    private const string Mark = "modelops ";

    /// <summary>Reads a comment, with its <c>#</c>; null when it is not for modelops. YAML files use the same form.</summary>
    public static IgnoreComment? Parse(string comment)
    {
        var text = comment.TrimStart('#').Trim();
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
            return null;

        text = text[Mark.Length..].TrimStart();
        var isGlobal = text.StartsWith("global ", StringComparison.Ordinal);
        text = isGlobal ? text["global ".Length..].TrimStart() : text;
        const string Ignore = "ignore=";
        if (!text.StartsWith(Ignore, StringComparison.Ordinal))
            return new IgnoreComment([], isGlobal, null, "This comment is for modelops but does not say ignore=.");

        var end = text.IndexOf(' ', StringComparison.Ordinal);
        var codes = text[Ignore.Length..(end < 0 ? text.Length : end)].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return WithReason([.. codes], isGlobal, end < 0 ? "" : text[end..].Trim());
    }

    private static IgnoreComment WithReason(ImmutableArray<string> codes, bool isGlobal, string rest)
    {
        const string Opening = "reason=\"";
        if (codes.IsEmpty)
            return new IgnoreComment(codes, isGlobal, null, "No rule is named after ignore=.");
        if (rest.Length == 0)
            return new IgnoreComment(codes, isGlobal, null);
        return rest.StartsWith(Opening, StringComparison.Ordinal) && rest.Length > Opening.Length && rest.EndsWith('"')
            ? new IgnoreComment(codes, isGlobal, rest[Opening.Length..^1])
            : new IgnoreComment(codes, isGlobal, null, "After the rules only reason=\"…\" may follow.");
    }
}
