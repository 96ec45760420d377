using System.Collections.Immutable;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>What was found in some files.</summary>
/// <param name="Findings">In order of file and place.</param>
public sealed record LintReport(ImmutableArray<Finding> Findings)
{
    /// <summary>Nothing found.</summary>
    public static LintReport Empty { get; } = new([]);

    /// <summary>How many findings an ignore comment took out.</summary>
    public int Ignored { get; init; }

    /// <summary>The files that were looked at, as the user names them.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Several reports as one.</summary>
    public static LintReport Merge(IEnumerable<LintReport> reports)
    {
        var all = reports.ToArray();
        return new LintReport(InOrder(all.SelectMany(report => report.Findings)))
        {
            Ignored = all.Sum(report => report.Ignored),
            Files = [.. all.SelectMany(report => report.Files).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
    }

    internal static ImmutableArray<Finding> InOrder(IEnumerable<Finding> findings) =>
    [
        .. findings
            .OrderBy(finding => finding.Diagnostic.File, StringComparer.Ordinal)
            .ThenBy(finding => finding.Diagnostic.Span.Offset)
            .ThenBy(finding => finding.Diagnostic.Span.Line)
            .ThenBy(finding => finding.Code, StringComparer.Ordinal),
    ];
}
