namespace ModelOps.ModelfileLang.Lint;

/// <summary>Codes of findings about ignore comments, which no rule finds by itself.</summary>
internal static class StyleCodes
{
    internal const string UnusedIgnore = "MF5009";
    internal const string IgnoreWithoutReason = "MF5010";
    internal const string MalformedIgnore = "MF5011";
}
