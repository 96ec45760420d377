using ModelOps.Http.Keys;

namespace ModelOps.Cli.Hosting;

/// <summary>The key of a server that needs keys and was never given any: without one, nobody could ask it for another.</summary>
internal static class FirstKey
{
    internal const string Name = "admin";

    /// <summary>Makes it where there is no file of keys yet. Who revoked all keys has a file, and gets none.</summary>
    /// <param name="path">The file of keys.</param>
    /// <param name="time">The clock of when it was made.</param>
    /// <returns>The key; null when the server has a file.</returns>
    /// <exception cref="KeyFileException">It cannot be written.</exception>
    internal static string? Make(string path, TimeProvider time)
    {
        if (Path.Exists(path))
            return null;
        var (text, id, hash) = KeyText.Create();
        var made = new ApiKey { Name = Name, Id = id, Hash = hash, Scopes = KeyScope.Admin, Created = time.GetUtcNow() };
        var isFirst = false;
        new KeyFile(path).Change(keys =>
        {
            isFirst = keys.IsEmpty;
            return isFirst ? [made] : keys;
        });
        return isFirst ? text : null;
    }
}
