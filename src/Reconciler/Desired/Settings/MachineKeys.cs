using System.Collections.Immutable;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>
/// Keys of the host's configuration. Whoever can push must not be able to change whom this machine trusts and what it gives away, so in a
/// models repository they are refused, with a sentence that says where they belong.
/// </summary>
public static class MachineKeys
{
    /// <summary>The objects at the top of the host's configuration file.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        "source", "sources", "notifications", "listen", "insecure", "access", "readiness", "origins", "home", "store", "allowPaths",
        "engine", "serving", "limits", "downloads", "log",
    ];

    internal static ImmutableDictionary<string, string> Hints { get; } = All.ToImmutableDictionary(
        key => key,
        key => $"'{key}' belongs to the configuration of the machine, which a repository cannot change; write it to the file of "
            + "'modelops serve --config FILE'",
        StringComparer.Ordinal);
}
