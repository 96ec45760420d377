namespace ModelOps.ModelStore.Storage;

/// <summary>Keeps removals of blobs apart from everything that is about to use blobs, in this process and in others.</summary>
/// <remarks>
/// A pull or build holds the lock shared from its first look at a blob until its manifest is written. A removal needs it alone,
/// never waits for it, and leaves what it could not remove to the next one.
/// </remarks>
internal sealed class StoreLock(string path, TimeProvider time)
{
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(60);

    /// <summary>Holds the lock with others; waits out a removal, which is short.</summary>
    /// <exception cref="StoreException">Another process has held it alone for a minute.</exception>
    public IDisposable? Share()
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return Open(FileAccess.Read, FileShare.Read);
            }
            catch (UnauthorizedAccessException)
            {
                // A store that we may only read: nothing can be removed from it by us, and nothing is built in it.
                return null;
            }
            catch (IOException error) when (error is not DirectoryNotFoundException)
            {
                if (DiskFailed.IsFull(error) || time.GetElapsedTime(begun) > LongestRemoval)
                    throw new StoreException(new StoreFailure.Locked($"the store is locked: {error.Message}"), path, error);
                Thread.Sleep(5);
            }
        }
    }

    /// <summary>Holds the lock alone, or gives null when it is held already.</summary>
    public IDisposable? TryAlone()
    {
        try
        {
            return Open(FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private FileStream Open(FileAccess access, FileShare share)
    {
        var isNew = !File.Exists(path);
        var file = new FileStream(path, FileMode.OpenOrCreate, access, share, bufferSize: 0);
        if (isNew)
            StoreFolder.Admit(path, Path.GetDirectoryName(path)!);
        return file;
    }
}
