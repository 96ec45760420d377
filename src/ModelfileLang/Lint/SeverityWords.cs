using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>How severities are spelled.</summary>
public static class SeverityWords
{
    /// <summary>The word, in lower case.</summary>
    public static string Of(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Info => "info",
        _ => "style",
    };

    /// <summary>The severity of a word in any case.</summary>
    public static bool TryParse(string word, out Severity severity)
    {
        foreach (var candidate in Enum.GetValues<Severity>())
        {
            severity = candidate;
            if (string.Equals(Of(candidate), word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        severity = default;
        return false;
    }
}
