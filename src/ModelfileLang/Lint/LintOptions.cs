using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>What is allowed here, and how severe each rule is.</summary>
public sealed record LintOptions
{
    /// <summary>Every rule as it is by default.</summary>
    public static LintOptions Default { get; } = new();

    /// <summary>Severities other than the default ones, by code.</summary>
    public ImmutableDictionary<string, Severity> Severities { get; init; } = ImmutableDictionary<string, Severity>.Empty;

    /// <summary>Codes that are not looked for; has no effect on what the reference refuses.</summary>
    public ImmutableHashSet<string> Disabled { get; init; } = [];

    /// <summary>Whether <c># modelops ignore=…</c> counts.</summary>
    public bool HonourIgnores { get; init; } = true;

    /// <summary>Whether every ignore needs a reason.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether a lock file pins what names resolve to, so that a floating tag is not a risk.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Absolute folders that FROM, ADAPTER and DRAFT may name.</summary>
    public ImmutableArray<string> AllowedPaths { get; init; } = [];

    /// <summary>Registry hosts that models may come from; empty allows all.</summary>
    public ImmutableArray<string> AllowedRegistries { get; init; } = [];

    /// <summary>License names of which one must occur in a LICENSE; empty allows all.</summary>
    public ImmutableArray<string> AllowedLicenses { get; init; } = [];

    /// <summary>
    /// Whether a relative path, as written, leads out of the repository; null judges by the path of the file as it is shown.
    /// </summary>
    public Func<string, bool>? Leaves { get; init; }

    /// <summary>Whether an argument, as written, names a file or folder beside the Modelfile; null when this cannot be checked.</summary>
    public Func<string, bool>? Exists { get; init; }
}
