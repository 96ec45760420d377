namespace ModelOps.ModelStore.Native;

/// <summary>A folder that no other user may look into: our files hold other people's private repositories, weights and keys.</summary>
public static class PrivateFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder (0700), or narrows one that others may use.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="own">Names in it that are ours: they are narrowed with it, folders wholly. What else lies there is left alone.</param>
    /// <returns>The mode that the folder had before, when it was narrowed; else null.</returns>
    /// <exception cref="IOException">It cannot be made, or is one that everybody shares, such as /tmp.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    public static UnixFileMode? Prepare(string folder, params ReadOnlySpan<string> own)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return null;
        }

        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, Owner);
            return null;
        }

        var before = File.GetUnixFileMode(folder);
        if ((before & UnixFileMode.StickyBit) != UnixFileMode.None || Path.GetDirectoryName(Path.GetFullPath(folder)) is null)
            throw new IOException($"{folder} is shared by all users of this machine");
        if (IsOpen(before))
            File.SetUnixFileMode(folder, Owner);
        foreach (var path in own)
        {
            if (Path.Combine(folder, path) is var full && Path.Exists(full) && IsOpen(File.GetUnixFileMode(full)))
                Narrow(full);
        }

        return IsOpen(before) ? before : null;
    }

    /// <summary>Writes a folder's own entries through to the disk, so that a rename in it survives a power cut.</summary>
    public static void WriteThrough(string folder) => PosixFiles.SyncFolder(folder);

    private static bool IsOpen(UnixFileMode mode) => (mode & Others) != UnixFileMode.None;

    private static void Narrow(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path).LinkTarget is not null)
            return;
        if (Directory.Exists(path))
        {
            File.SetUnixFileMode(path, Owner);
            foreach (var entry in Directory.EnumerateFileSystemEntries(path))
                Narrow(entry);
        }
        else if (File.Exists(path) && !HasOtherNames(path))
        {
            File.SetUnixFileMode(path, OwnerFile);
        }
    }

    // A blob that was linked is the user's own file as well, whose mode is theirs.
    private static bool HasOtherNames(string path) => FileIdentity.NamesOf(path) > 1;
}
