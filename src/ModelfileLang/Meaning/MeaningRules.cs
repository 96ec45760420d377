namespace ModelOps.ModelfileLang.Meaning;

/// <summary>Codes of the problems that appear when instructions get their meaning.</summary>
internal static class MeaningRules
{
    internal const string UnknownParameter = "MF2001";
    internal const string InvalidValue = "MF2002";
    internal const string DeprecatedParameter = "MF2003";
    internal const string NotFinite = "MF2004";
    internal const string InvalidRequires = "MF2005";
}
