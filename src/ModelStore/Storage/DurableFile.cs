using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>
/// Writes that survive a kill and a power cut: a temporary file, written through, renamed, and the folder written through.
/// </summary>
public static class DurableFile
{
    /// <summary>The beginning of the names of files that are being written; no other files have it.</summary>
    public const string TemporaryPrefix = "writing-";

    /// <summary>A name for a file that is being written.</summary>
    public static string TemporaryName() => TemporaryPrefix + Guid.NewGuid().ToString("N");

    /// <summary>Replaces a file whole: a reader sees the old bytes or the new ones, never a part.</summary>
    public static void Replace(string path, string temporaryFolder, ReadOnlySpan<byte> bytes)
    {
        var temporary = Path.Combine(temporaryFolder, TemporaryName());
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            MoveIntoPlace(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Renames a finished file to its name, replacing what was there. Everyone who may use its folder may read it.</summary>
    public static void MoveIntoPlace(string temporary, string path)
    {
        StoreFolder.Admit(temporary, Path.GetDirectoryName(path)!);
        File.Move(temporary, path, overwrite: true);
        PosixFiles.SyncFolder(Path.GetDirectoryName(path)!);
    }
}
