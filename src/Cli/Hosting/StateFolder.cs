namespace ModelOps.Cli.Hosting;

/// <summary>Where this machine's state and models are kept when nothing else is said.</summary>
internal static class StateFolder
{
    /// <summary><c>--home</c>, else <c>MODELOPS_HOME</c>, else <c>.modelops</c> in the user's home; absolute, whether it exists or not.</summary>
    /// <exception cref="CliException">The option names nothing, or there is no home to keep it in.</exception>
    internal static string Of(CliContext context, string? given = null)
    {
        if (given is { } named && string.IsNullOrWhiteSpace(named))
            throw new CliException(ExitCode.Usage, "--home is empty; name the folder that state and models are kept in");
        if (given is null && new HostEnvironment(context.Environment).Text("MODELOPS_HOME") is { Length: > 0 } set)
            given = set;
        if (given is not null)
            return context.FullPath(given);
        return Path.IsPathRooted(context.UserHome)
            ? Path.Combine(context.UserHome, ".modelops")
            : throw new CliException(
                ExitCode.Usage,
                $"there is no home folder to keep state and models in: HOME is '{context.UserHome}', which is no absolute path; name a folder with MODELOPS_HOME, or 'serve' with --home");
    }
}
