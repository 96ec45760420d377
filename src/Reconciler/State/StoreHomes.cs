using System.Collections.Immutable;
using System.Globalization;

namespace ModelOps.Reconciler.State;

/// <summary>
/// The homes that share a store: which of them live, and whose turn it is to take names. Each holds a lock of its own in the store while it
/// runs; the system lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class StoreHomes : IDisposable
{
    internal const string FolderName = ".modelops-homes";

    private const int Tries = 50;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly string _folder;
    private readonly string _owner;
    private readonly FileStream _presence;

    private StoreHomes(string folder, string owner, FileStream presence) => (_folder, _owner, _presence) = (folder, owner, presence);

    /// <summary>Other homes that run now.</summary>
    internal ImmutableHashSet<string> Living
    {
        get
        {
            var living = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
            foreach (var file in Directory.EnumerateFiles(_folder, "*.lock"))
            {
                var owner = Path.GetFileNameWithoutExtension(file);
                if (owner != _owner && owner != "names" && IsHeld(file))
                    living.Add(owner);
            }

            return living.ToImmutable();
        }
    }

    /// <summary>Shows that this home lives.</summary>
    /// <param name="store">Folder of the store.</param>
    /// <param name="owner">Identity of the home.</param>
    /// <param name="home">Its folder, for those that meet it.</param>
    /// <exception cref="StateException">The store cannot be written, or another process has this home.</exception>
    internal static StoreHomes Enter(string store, string owner, string home)
    {
        var folder = Path.Combine(store, FolderName);
        try
        {
            Directory.CreateDirectory(folder);
            var presence = Open(Path.Combine(folder, owner + ".lock"))
                ?? throw new StateException(store, $"{store} is used by another process of the home {home}; stop that one");

            // Beside the lock, since on some systems a locked file cannot be read.
            File.WriteAllText(
                Path.Combine(folder, owner + ".home"),
                string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(home)} (process {Environment.ProcessId})\n"));
            return new StoreHomes(folder, owner, presence);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException(
                store, $"{folder} cannot be used: {error.Message}; is its disk full, or is it somebody else's?", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _presence.Dispose();

    /// <summary>Where a home is, for people.</summary>
    internal string Describe(string owner)
    {
        try
        {
            return File.ReadAllText(Path.Combine(_folder, owner + ".home")).Trim();
        }
        catch (IOException)
        {
            return owner;
        }
    }

    /// <summary>While it is held no other home takes names of this store.</summary>
    /// <exception cref="TimeoutException">Another one holds it for too long.</exception>
    internal IDisposable TakeTurn() => Open(Path.Combine(_folder, "names.lock"))
        ?? throw new TimeoutException("another server takes names in the same store, and does not come to an end");

    /// <summary>Null when it stays held. Who looks whether it is held holds it for a moment, too.</summary>
    private static FileStream? Open(string path)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (error is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
            {
                Thread.Sleep(s_pause);
            }
        }

        return null;
    }

    private static bool IsHeld(string path)
    {
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
