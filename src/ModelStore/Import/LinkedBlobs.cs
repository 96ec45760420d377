using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Import;

/// <summary>
/// Blobs that share their content with a file of the user, who can change it: what the file was is remembered, and looked at before it is
/// served.
/// </summary>
public sealed class LinkedBlobs(LocalStore store)
{
    private readonly string _path = Path.Combine(store.Folder, ".modelops-links.json");
    private readonly Lock _gate = new();

    /// <summary>Hashes a linked blob anew if its file has changed since; other blobs are left alone.</summary>
    /// <exception cref="StoreException">The content is not that of its name any more; the blob is set aside and the message names the
    /// file.</exception>
    public async Task CheckAsync(Digest digest, CancellationToken cancellationToken)
    {
        if (Load()[digest.Hex] is not JsonObject link || !store.Blobs.Has(digest))
            return;
        var path = store.Blobs.PathOf(digest);
        var now = FileIdentity.Of(path);
        if ((string?)link["state"] == State(now))
            return;

        if (await FileDigest.OfAsync(path, done: null, cancellationToken) == digest)
        {
            Remember(digest, (string?)link["source"] ?? "");
            return;
        }

        store.Quarantine(digest);
        var message = $"{(string?)link["source"]} was changed after it was linked into the store; import it again";
        throw new StoreException(new StoreFailure.Changed(message), digest.ToString());
    }

    /// <summary>Keeps what a linked blob is now.</summary>
    internal void Remember(Digest digest, string source)
    {
        lock (_gate)
        {
            var all = Load();
            all[digest.Hex] = new JsonObject { ["source"] = source, ["state"] = State(FileIdentity.Of(store.Blobs.PathOf(digest))) };
            DurableFile.Replace(_path, store.Folder, Encoding.UTF8.GetBytes(all.ToJsonString()));
        }
    }

    private static string State(FileIdentity identity) =>
        string.Create(CultureInfo.InvariantCulture, $"{identity.Size} {identity.ModifiedTicks} {identity.Inode}");

    private JsonObject Load()
    {
        try
        {
            return File.Exists(_path) ? JsonNode.Parse(File.ReadAllBytes(_path)) as JsonObject ?? [] : [];
        }
        catch (JsonException error)
        {
            throw StoreException.Damaged($"the list of linked blobs cannot be read: {error.Message}", _path, error);
        }
    }
}
