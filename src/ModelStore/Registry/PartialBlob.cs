using System.Buffers;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Registry;

/// <summary>The file of a blob that is being fetched and the files of its parts. Held by one process at a time.</summary>
internal sealed class PartialBlob : IDisposable
{
    private readonly BlobStore _blobs;
    private readonly string _path;
    private readonly FileStream _file;
    private readonly List<SafeFileHandle> _states = [];

    private PartialBlob(BlobStore blobs, string path, FileStream file) => (_blobs, _path, _file) = (blobs, path, file);

    /// <summary>Its parts, in order.</summary>
    public IReadOnlyList<PartState> Parts { get; private set; } = [];

    /// <summary>Whether it had begun earlier.</summary>
    public bool Resumed { get; private set; }

    /// <summary>The content.</summary>
    public SafeFileHandle Content => _file.SafeFileHandle;

    /// <summary>Takes the file, or gives null while another process has it.</summary>
    /// <param name="blobs">Where.</param>
    /// <param name="name">File name of the blob.</param>
    public static PartialBlob? TryHold(BlobStore blobs, string name)
    {
        var path = PathOf(blobs, name);
        try
        {
            // The lock is the system's: it ends with the process, however that ends.
            return new PartialBlob(
                blobs, path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DiskFailed.Explain(blobs.Folder, 0, error);
        }
    }

    /// <summary>Bytes that the process that fetches a blob has recorded.</summary>
    public static long Recorded(BlobStore blobs, string name) =>
        StateFiles(PathOf(blobs, name)).Sum(file => PartState.Read(file)?.Completed ?? 0);

    /// <summary>Takes up the parts of an earlier attempt, or cuts new ones.</summary>
    public void Begin(long total, RegistryOptions options)
    {
        try
        {
            var found = StateFiles(_path).Select(PartState.Read).OfType<PartState>().OrderBy(part => part.Number).ToArray();
            Resumed = found.Length > 0 && _file.Length == total && PartState.Cover(found, total);
            if (!Resumed)
                Forget();
            Parts = Resumed ? found : PartState.Plan(total, options);
            _file.SetLength(total);
            foreach (var part in Parts)
            {
                _states.Add(
                    File.OpenHandle(
                        StatePath(part.Number), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
                part.Record(_states[^1]);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DiskFailed.Explain(_blobs.Folder, total, error);
        }
    }

    /// <summary>Writes bytes of a part.</summary>
    public void Write(PartState part, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(Content, bytes, part.Next);
            PosixFiles.StartWriteBack(Content, part.Next, bytes.Length);
        }
        catch (IOException error)
        {
            throw DiskFailed.Explain(_blobs.Folder, part.Remaining, error);
        }

        part.Advance(bytes.Length);
    }

    /// <summary>Compares bytes of a part with what is there, and writes them where they are others. True when they were.</summary>
    public bool Correct(PartState part, ReadOnlySpan<byte> bytes)
    {
        var present = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            var read = RandomAccess.Read(Content, present.AsSpan(0, bytes.Length), part.Next);
            if (!present.AsSpan(0, read).SequenceEqual(bytes))
            {
                Write(part, bytes);
                return true;
            }

            part.Advance(bytes.Length);
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(present);
        }
    }

    /// <summary>Notes how far a part is, for a later attempt.</summary>
    public void Record(PartState part)
    {
        try
        {
            part.Record(_states[part.Number]);
        }
        catch (IOException error)
        {
            throw DiskFailed.Explain(_blobs.Folder, part.Remaining, error);
        }
    }

    /// <summary>Makes the whole content a blob.</summary>
    public BlobWritten Keep(Digest digest)
    {
        try
        {
            _file.Flush(flushToDisk: true);
            var size = _file.Length;

            // Elsewhere the name changes while the lock is held, so that no other process takes up a file that is done.
            if (OperatingSystem.IsWindows())
                _file.Dispose();
            var kept = _blobs.Keep(_path, digest, size);
            Forget();
            return kept;
        }
        catch (IOException error)
        {
            throw DiskFailed.Explain(_blobs.Folder, 0, error);
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Delete()
    {
        Forget();
        File.Delete(_path);
    }

    /// <summary>Forgets what was fetched, so that the next attempt begins anew.</summary>
    public void Forget()
    {
        _states.ForEach(state => state.Dispose());
        _states.Clear();
        foreach (var file in StateFiles(_path))
            File.Delete(file);
    }

    public void Dispose()
    {
        _states.ForEach(state => state.Dispose());
        _file.Dispose();
    }

    // EWOULDBLOCK of Linux and of macOS, and Windows' sharing and lock violations.
    private static bool IsHeld(IOException error) => (error.HResult & 0xFFFF) is 11 or 35 or 32 or 33;

    private static string PathOf(BlobStore blobs, string name) => Path.Combine(blobs.Folder, name + "-partial");

    private static string[] StateFiles(string path) =>
        Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "-*");

    private string StatePath(int number) => _path + "-" + number.ToString(CultureInfo.InvariantCulture);
}
