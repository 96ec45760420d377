using System.Globalization;

namespace ModelOps.Reconciler.State;

/// <summary>One daemon per home folder. The system lets go of it when the process ends, however it ends.</summary>
public sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;

    private HomeLock(FileStream file) => _file = file;

    /// <summary>Takes the lock and writes who holds it.</summary>
    /// <param name="home">The home folder; made when absent.</param>
    /// <param name="processId">Id of this process.</param>
    /// <exception cref="StateException">Another process holds it (the message says which), or the folder cannot be written.</exception>
    public static HomeLock Acquire(string home, int processId)
    {
        var path = Path.Combine(home, "lock");
        FileStream file;
        try
        {
            Directory.CreateDirectory(home);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StateException(home, $"{home} cannot be written; give another folder with --home, or make it yours", error);
        }
        catch (IOException error)
        {
            throw Holder(home) is { } holder
                ? new StateException(
                    home, $"{home} is in use: held by process {holder}; stop that one, or give another folder with --home", error)
                {
                    IsHeld = true,
                }
                : new StateException(home, $"{home} cannot be used: {error.Message}", error);
        }

        // Beside the lock, since on some systems a locked file cannot be read.
        File.WriteAllText(HolderFile(home), processId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new HomeLock(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string HolderFile(string home) => Path.Combine(home, "lock.pid");

    private static string? Holder(string home)
    {
        try
        {
            return File.ReadAllText(HolderFile(home)).Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
