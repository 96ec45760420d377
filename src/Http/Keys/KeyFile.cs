using System.Collections.Immutable;
using System.Text;
using ModelOps.ModelStore.Native;

namespace ModelOps.Http.Keys;

/// <summary>
/// The keys of a server, in one file for its user only. It is replaced whole and written through, so that a kill or a power cut leaves the
/// old keys or the new ones; who changes it waits for others who do.
/// </summary>
/// <param name="path">The file, absolute. That there is none means that there are no keys.</param>
public sealed class KeyFile(string path)
{
    /// <summary>Its name in the state folder.</summary>
    public const string UsualName = "keys";

    private const long LargestFile = 4 << 20;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Where it is.</summary>
    public string Path { get; } = path;

    /// <summary>The keys in it, in the order of their names.</summary>
    /// <exception cref="KeyFileException">It cannot be read, or is not one.</exception>
    public ImmutableArray<ApiKey> Read()
    {
        try
        {
            if (!File.Exists(Path) && RegularFile.OtherKindOf(Path) is null)
                return [];
            RequireOurs();
            return KeyFileText.Parse(RegularFile.ReadAllBytes(Path, LargestFile));
        }
        catch (FormatException error)
        {
            throw new KeyFileException(
                $"{Path} is no file of keys: {error.Message.TrimEnd('.')}", "put back a copy, or move it away and make new keys", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(
                $"the keys in {Path} cannot be read: {error.Message.TrimEnd('.')}", "give the file to the user who serves", error);
        }
    }

    /// <summary>Changes the keys. Others who do so at the same time wait.</summary>
    /// <param name="change">The keys that there are, to those that there will be.</param>
    /// <exception cref="KeyFileException">They cannot be read or written; nothing was changed.</exception>
    public void Change(Func<ImmutableArray<ApiKey>, ImmutableArray<ApiKey>> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        try
        {
            if (System.IO.Path.GetDirectoryName(Path) is { } folder && !Directory.Exists(folder))
                PrivateFolder.Prepare(folder);
            using var turn = Lock();
            Write(change(Read()));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(
                $"the keys in {Path} cannot be written: {error.Message.TrimEnd('.')}", "give the folder to the user who serves", error);
        }
    }

    /// <summary>Who could write the file could give himself any key.</summary>
    private void RequireOurs()
    {
        if (OperatingSystem.IsWindows())
            return;
        if ((File.GetUnixFileMode(Path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
        {
            throw new KeyFileException(
                $"other users may write {Path}, and so make keys", $"look at what is in it, then chmod 600 {Path}");
        }
    }

    private FileStream Lock()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        for (var waited = TimeSpan.Zero; ; waited += s_pause)
        {
            try
            {
                return new FileStream(Path + ".lock", options);
            }
            catch (IOException) when (waited < s_patience && File.Exists(Path + ".lock"))
            {
                Thread.Sleep(s_pause);
            }
        }
    }

    private void Write(ImmutableArray<ApiKey> keys)
    {
        var temporary = $"{Path}.new-{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = Private;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes(KeyFileText.Write(keys)));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path, overwrite: true);
            PrivateFolder.WriteThrough(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
