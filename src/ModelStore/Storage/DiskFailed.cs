namespace ModelOps.ModelStore.Storage;

/// <summary>Says what a failed write means.</summary>
internal static class DiskFailed
{
    // ENOSPC and EDQUOT as .NET passes them on, and Windows' two codes for a full disk.
    private static readonly int[] FullCodes = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    public static bool IsFull(Exception error) =>
        FullCodes.Contains(error.HResult) || FullCodes.Contains(error.HResult & 0xFFFF)
        || error.Message.Contains("No space left", StringComparison.Ordinal);

    public static StoreException Explain(string folder, long bytes, Exception error) => IsFull(error)
        ? new StoreException(StoreFailure.NoSpace.In(folder, bytes, Free(folder)), folder, error)
        : new StoreException(new StoreFailure.Unwritable($"cannot write to {folder}: {error.Message}"), folder, error);

    /// <summary>Bytes that are free for us where a folder lies.</summary>
    public static long Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }
}
