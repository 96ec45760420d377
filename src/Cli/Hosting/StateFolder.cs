using ModelOps.ModelStore.Native;

namespace ModelOps.Cli.Hosting;

/// <summary>Where this user's server keeps state and models; closed to other users.</summary>
internal static class StateFolder
{
    private static readonly string[] Own =
        ["git", "state.db", "state.db-wal", "state.db-shm", "lock", "lock.pid", "id_ed25519", "id_ed25519.pub", "keys", "keys.lock"];

    /// <summary>
    /// <c>--home</c>, else <c>MODELOPS_HOME</c>, else <c>.modelops</c> in the user's home; absolute, whether it exists or not.
    /// </summary>
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
                $"there is no home folder to keep state and models in: HOME is '{context.UserHome}', which is no absolute path; name a "
                + "folder with MODELOPS_HOME, or 'serve' with --home");
    }

    /// <summary>Makes it (0700), or narrows it and what is ours in it.</summary>
    /// <param name="home">The folder.</param>
    /// <param name="withStore">The store in it is ours too, and not one that <c>OLLAMA_MODELS</c> names.</param>
    /// <returns>The mode that it had, when it was narrowed; else null.</returns>
    internal static UnixFileMode? Prepare(string home, bool withStore) =>
        PrivateFolder.Prepare(home, withStore ? [.. Own, "store"] : Own);

    /// <summary>The note that is printed once, when the folder was narrowed.</summary>
    internal static string Narrowed(string home, UnixFileMode before) =>
        $"Note: {home} could be read by other users (mode 0{Convert.ToString((int)before, 8)}); it is 0700 now, and its files 0600. "
        + "A store that others shall read is named with OLLAMA_MODELS";
}
