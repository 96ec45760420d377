using System.Security.Cryptography;
using System.Text;

namespace ModelOps.ModelfileLang.Lint.Formats;

/// <summary>Names for findings that stay when lines move: rule, file, the line's text, and which of several equal ones it is.</summary>
internal static class Fingerprints
{
    internal static string[] Of(IReadOnlyList<Finding> findings)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var result = new string[findings.Count];
        for (var index = 0; index < findings.Count; index++)
        {
            var finding = findings[index];
            var content = string.Join(' ', finding.SourceLine.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
            var key = $"{finding.Code}\n{finding.Diagnostic.File}\n{content}";
            var count = seen.GetValueOrDefault(key);
            seen[key] = count + 1;
            result[index] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{count}")))[..32];
        }

        return result;
    }
}
