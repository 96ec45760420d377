namespace ModelOps.ModelfileLang.Syntax;

/// <summary>Codes of the problems that the parser itself reports; the reference refuses all of them.</summary>
internal static class SyntaxRules
{
    internal const string UnknownInstruction = "MF1001";
    internal const string NameWithoutSpace = "MF1002";
    internal const string MessageRole = "MF1003";
    internal const string ParameterName = "MF1004";
    internal const string UnclosedQuote = "MF1005";
    internal const string NoFrom = "MF1006";
}
