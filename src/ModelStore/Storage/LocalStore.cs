using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>A store of models on disk, in the layout of the reference. Safe for any number of threads and processes.</summary>
public sealed partial class LocalStore
{
    private readonly ILogger _logger;
    private readonly ManifestFolder _manifests;
    private readonly FactsCache _facts;
    private readonly ManifestCache _models;
    private readonly StoreLock _lock;
    private readonly UnusedBlobs _unused;

    private LocalStore(string folder, TimeProvider time, ILogger logger)
    {
        Folder = folder;
        Time = time;
        _logger = logger;
        Blobs = new BlobStore(Path.Combine(folder, "blobs"), time);
        _manifests = new ManifestFolder(Path.Combine(folder, "manifests"), folder);
        _facts = new FactsCache(Blobs);
        _models = new ManifestCache(Blobs, time);
        _lock = new StoreLock(Path.Combine(folder, ".modelops-store.lock"), time);
        _unused = new UnusedBlobs(Blobs, _manifests, _lock, logger);
    }

    /// <summary>Root of the store.</summary>
    public string Folder { get; }

    /// <summary>Bytes that are free for us where the blobs lie; null where that cannot be asked.</summary>
    public long? FreeBytes => DiskFailed.Free(Blobs.Folder) is < long.MaxValue and var free ? free : null;

    /// <summary>The blobs.</summary>
    public BlobStore Blobs { get; }

    internal TimeProvider Time { get; }

    internal ManifestFolder Manifests => _manifests;

    /// <summary>How many manifests were read since the store was opened; one that did not change is not read again.</summary>
    public long ManifestReads => _models.Reads;

    /// <summary>Opens a store and makes its folders if they are not there. Removes nothing.</summary>
    public static LocalStore Open(string folder, TimeProvider time, ILogger<LocalStore>? logger = null)
    {
        var full = Path.GetFullPath(folder);
        var store = new LocalStore(full, time, logger ?? (ILogger)NullLogger.Instance);
        StoreFolder.Create(store.Blobs.Folder);
        StoreFolder.Create(Path.Combine(full, "manifests"));
        return store;
    }

    /// <summary>All models that can be read, newest first. Our own staged and kept builds are left out.</summary>
    public IReadOnlyList<StoredModel> List() =>
        [.. ListAll().Where(model => !model.Name.IsReserved)];

    /// <summary>All models that can be read, staged and kept builds too.</summary>
    public IReadOnlyList<StoredModel> ListAll()
    {
        var models = new List<StoredModel>();
        foreach (var (path, name) in _manifests.Files())
        {
            try
            {
                if (name is not null && _models.Read(path, name, needsConfig: true) is { } model)
                    models.Add(model);
            }
            catch (StoreException error)
            {
                LogUnreadable(path, error.Message);
            }
        }

        return
        [
            .. models.OrderByDescending(model => model.ModifiedAt.ToUnixTimeSeconds())
                .ThenBy(model => model.Name.FullName, StringComparer.Ordinal),
        ];
    }

    /// <summary>Every model whose manifest can be read, complete or not, and the files of those that cannot.</summary>
    internal IReadOnlyList<StoredModel> ListManifests(out IReadOnlyList<string> unreadable)
    {
        var (models, broken) = (new List<StoredModel>(), new List<string>());
        foreach (var (path, name) in _manifests.Files())
        {
            try
            {
                if (name is not null && _models.Read(path, name, needsConfig: false) is { } model)
                    models.Add(model);
            }
            catch (StoreException)
            {
                broken.Add(path);
            }
        }

        unreadable = broken;
        return models;
    }

    /// <summary>The model with exactly this name, or null. Its case must be that of the files (see <see cref="Canonicalise"/>).</summary>
    /// <exception cref="StoreException">There is a manifest, and it cannot be read.</exception>
    public StoredModel? Find(ModelName name) => _models.Read(_manifests.PathOf(name), name, needsConfig: false);

    /// <summary>Gives every part of a name the case that a stored name has it in, as the reference does: part by part.</summary>
    public ModelName Canonicalise(ModelName name) => _manifests.Canonicalise(name);

    /// <summary>Reads a model's contents.</summary>
    /// <exception cref="StoreException">A blob is missing or broken.</exception>
    public ModelBuild Read(StoredModel model) => new ModelBuildReader(Blobs, _facts).Read(model);

    /// <summary>The parameters of a manifest, all layers of them together.</summary>
    public JsonObject ReadParameters(Manifest manifest) => new ModelBuildReader(Blobs, _facts).Parameters(manifest);

    /// <summary>Facts of a blob that is a GGUF file; read once.</summary>
    /// <exception cref="StoreException">It is not there, or no such file.</exception>
    public GgufFacts FactsOf(Digest digest) => _facts.Of(digest);

    /// <summary>Points a name at a manifest made here. Durable and atomic; the blobs must be in the store.</summary>
    public StoredModel WriteManifest(ModelName name, Manifest manifest) => WriteManifest(name, ManifestJson.Write(manifest));

    /// <summary>Points a name at a manifest, byte for byte as it was received.</summary>
    public StoredModel WriteManifest(ModelName name, ReadOnlyMemory<byte> bytes)
    {
        _manifests.Write(name, bytes.Span);
        return Find(name) ?? throw StoreException.Absent($"the manifest of {name} vanished while it was written", name.FullName);
    }

    /// <summary>The annotations of a name's manifest; empty when it has none, or is not there.</summary>
    /// <exception cref="StoreException">There is a manifest, and it cannot be read.</exception>
    public IReadOnlyDictionary<string, string> AnnotationsOf(ModelName name)
    {
        var path = _manifests.PathOf(name);
        try
        {
            return ManifestJson.ReadAnnotations(RegularFile.ReadAllBytes(path));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw StoreException.Unreadable($"the manifest of {name} cannot be read: {error.Message}", path, error);
        }
    }

    /// <summary>Lets another name mean the same. False when the source is not there.</summary>
    public bool Copy(ModelName source, ModelName destination)
    {
        var path = _manifests.PathOf(source);
        if (!File.Exists(path))
            return false;
        if (path == _manifests.PathOf(destination))
            return true;

        using var held = HoldBlobs();
        _manifests.Write(destination, RegularFile.ReadAllBytes(path));
        return true;
    }

    /// <summary>Removes a name and the blobs that nothing uses any more. False when the name is not there.</summary>
    /// <param name="name">What to remove.</param>
    /// <param name="keepBlobs">Keeps the blobs for the garbage collector, whose grace counts from now.</param>
    public bool Delete(ModelName name, bool keepBlobs = false)
    {
        var blobs = BlobsOf(name);
        if (!_manifests.Delete(name))
            return false;
        _models.Forget(_manifests.PathOf(name));
        if (keepBlobs)
            blobs.ForEach(Blobs.Touch);
        else
            RemoveUnused(blobs);
        return true;
    }

    /// <summary>
    /// Keeps every removal away while blobs are found, made and put into a manifest. Dispose it when the manifest is written or the attempt
    /// is given up.
    /// </summary>
    public IDisposable HoldBlobs() => _unused.Hold();

    /// <summary>
    /// Removes those of some blobs that no manifest mentions. What cannot be removed now is tried again after the next build.
    /// </summary>
    public void RemoveUnused(IEnumerable<Digest> candidates) => _unused.Remove(candidates);

    /// <summary>Sets a blob aside whose content is not what its name says; whatever needs it must be fetched or built again.</summary>
    internal string Quarantine(Digest digest)
    {
        var folder = Path.Combine(Folder, "quarantine");
        StoreFolder.Create(folder);
        var aside = Path.Combine(folder, digest.FileName);
        File.Move(Blobs.PathOf(digest), aside, overwrite: true);
        PosixFiles.SyncFolder(folder);
        LogQuarantined(digest, aside);
        return aside;
    }

    internal IDisposable? TryLockAlone() => _lock.TryAlone();

    private List<Digest> BlobsOf(ModelName name)
    {
        try
        {
            return [.. Find(name)?.Manifest.Blobs ?? []];
        }
        catch (StoreException)
        {
            // A broken manifest can be deleted as well; what it used is left to the garbage collector.
            return [];
        }
    }

    [LoggerMessage(LogLevel.Warning, "The manifest {Path} is left out: {Reason}")]
    private partial void LogUnreadable(string path, string reason);

    [LoggerMessage(LogLevel.Error, "The blob {Digest} is damaged and was moved to {Path}")]
    private partial void LogQuarantined(Digest digest, string path);
}
