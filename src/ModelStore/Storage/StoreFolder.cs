namespace ModelOps.ModelStore.Storage;

/// <summary>
/// Everyone who may use a store's folder may read what lies in it. Our own is for one user only; one that others use as well keeps
/// the mode that its owner gave it, whatever the mask of this process is.
/// </summary>
internal static class StoreFolder
{
    private const UnixFileMode OfFiles =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;

    /// <summary>
    /// Makes a folder, and those above it, as the nearest one that is there; the first of a store as the mask of the process says.
    /// </summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path))!;
        if (!Directory.Exists(parent))
        {
            // Nothing of the store is there yet.
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path);
        Change(path, ModeOf(parent) & ~UnixFileMode.StickyBit);
    }

    /// <summary>Lets those read a file who may use the folder that it belongs to.</summary>
    public static void Admit(string file, string folder) =>
        Change(file, (ModeOf(folder) & OfFiles) | UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private static UnixFileMode ModeOf(string folder) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(folder);

    private static void Change(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != mode)
            File.SetUnixFileMode(path, mode);
    }
}
