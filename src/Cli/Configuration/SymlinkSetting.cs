using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Configuration;

/// <summary>Whether symbolic links are followed: what an option says, else <c>MODELOPS_SYMLINKS</c>, else not.</summary>
internal static class SymlinkSetting
{
    internal const string Variable = "MODELOPS_SYMLINKS";

    /// <summary>The bounds of a repository with it.</summary>
    /// <exception cref="CliException">It is none of the words.</exception>
    internal static SourceLimits Of(CliContext context, string? given = null)
    {
        var set = new HostEnvironment(context.Environment).Text(Variable);
        return (given ?? set) switch
        {
            "" or "refuse" => new SourceLimits(),
            "follow" => new SourceLimits { FollowsSymlinks = true },
            var other => throw new CliException(
                ExitCode.Usage, $"{(given is null ? Variable : "--symlinks")} '{other}' is not refuse or follow"),
        };
    }
}
