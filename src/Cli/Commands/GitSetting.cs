using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Commands;

/// <summary>
/// Which git reads repositories: what an option says, else <c>MODELOPS_GIT</c>; <c>auto</c> is null, and chosen where it is used.
/// </summary>
internal static class GitSetting
{
    private const string Variable = "MODELOPS_GIT";

    /// <exception cref="CliException">It is none of the words.</exception>
    internal static GitEngine? Of(CliContext context, string? given = null)
    {
        var set = new HostEnvironment(context.Environment).Text(Variable);
        return (given ?? set) switch
        {
            "" or "auto" => null,
            "program" => GitEngine.Of(GitChoice.Program),
            "builtin" => GitEngine.Of(GitChoice.BuiltIn),
            var other => throw new CliException(
                ExitCode.Usage, $"{(given is null ? Variable : "--git")} '{other}' is not auto, program or builtin"),
        };
    }
}
