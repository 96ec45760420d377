using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Lint;

namespace ModelOps.Reconciler.Lint;

/// <summary>Every rule about <c>modelops.yaml</c> (DS) and about the repository around it (RP).</summary>
public static class RepositoryRules
{
    /// <summary>The rules, in order of their codes.</summary>
    public static ImmutableArray<RuleDescriptor> All { get; } =
    [
        Error("DS1001", "Not YAML"),
        Error("DS1002", "Unknown key"),
        Error("DS1003", "Key twice"),
        Error("DS1004", "Wrong type"),
        Error("DS1005", "Missing key"),
        Error("DS1006", "Unknown word"),
        Error("DS1007", "Out of range"),
        Error("DS1008", "Not a duration"),
        Error("DS1009", "Not a model name"),
        Error("DS1010", "No modelops.yaml"),
        Error("DS1011", "No such Modelfile"),
        Error("DS1012", "Not exactly one source"),
        Error("DS1013", "Name claimed twice"),
        Error("DS1014", "Built from itself"),
        Error("DS1015", "No such file"),
        Error("DS1016", "Path outside the repository"),
        Error("DS1017", "Path of the host that is not allowed"),
        Error("DS1018", "Unknown version or kind"),
        Error("DS1019", "Not a regular expression"),
        Error("DS1020", "YAML that is not read"),
        new("DS1022", "No models", Severity.Warning),
        Error("DS1023", "Name that the source may not declare"),
        Error("DS1024", "Built from a model of another source"),
        Error("DS1025", "Not a schedule"),
        Error("DS1026", "Unknown time zone"),
        Error("DS1027", "Depends on no model of the set"),
        Error("DS1028", "Waits for itself"),
        Error("DS1029", "Not a JSON Schema"),
        Error("DS1030", "Not a vector"),
        Error("DS1031", "Rate without a question"),
        Error("DS1032", "Canary beside a build that has left"),
        new("DS2001", "Pins that do not fit together", Severity.Warning),
        new("DS2002", "Gate of a model that is never in memory", Severity.Warning),
        new("DS2003", "Two contexts", Severity.Info),
        new("DS2005", "Pinned, and drained for an update", Severity.Info),
        new("DS2007", "Alias without effect", Severity.Warning),
        new("DS2008", "Setting of a rollout without effect", Severity.Warning),
        Error("RP1001", "Symbolic link"),
        Error("RP1002", "Submodule"),
        Error("RP1003", "Unsafe path"),
        Error("RP1004", "Paths that differ only in case"),
        Error("RP1005", "File too large"),
        Error("RP1006", "Too many files"),
        Error("RP1007", "Git LFS pointer"),
        Error("RP1008", "Not a regular file"),
    ];

    private static RuleDescriptor Error(string code, string title) => new(code, title, Severity.Error) { CanBeIgnored = false };
}
