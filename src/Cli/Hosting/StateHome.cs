using ModelOps.ModelStore.Native;

namespace ModelOps.Cli.Hosting;

/// <summary>The state folder of this user's server, which is nobody else's business.</summary>
internal static class StateHome
{
    private static readonly string[] Own =
        ["git", "state.db", "state.db-wal", "state.db-shm", "lock", "lock.pid", "id_ed25519", "id_ed25519.pub"];

    /// <summary>Makes it (0700), or narrows it and what is ours in it.</summary>
    /// <param name="home">The folder.</param>
    /// <param name="withStore">The store in it is ours too, and not one that <c>OLLAMA_MODELS</c> names.</param>
    /// <returns>The mode that it had, when it was narrowed; else null.</returns>
    internal static UnixFileMode? Prepare(string home, bool withStore) =>
        PrivateFolder.Prepare(home, withStore ? [.. Own, "store"] : Own);

    /// <summary>What is told once.</summary>
    internal static string Narrowed(string home, UnixFileMode before) =>
        $"Note: {home} could be read by other users (mode 0{Convert.ToString((int)before, 8)}); it is 0700 now, and its files 0600. "
        + "A store that others shall read is named with OLLAMA_MODELS";
}
