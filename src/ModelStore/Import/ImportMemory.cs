using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Import;

/// <summary>
/// Remembers which file had which digest, so that an unchanged file of many gigabytes is not read again. Losing it costs time only.
/// </summary>
/// <remarks>A file changed shortly before it was read may be changed again within the same tick of its file system, so such a file is not
/// remembered.</remarks>
internal sealed class ImportMemory(LocalStore store)
{
    private static readonly TimeSpan TooFresh = TimeSpan.FromSeconds(2);

    private readonly string _path = Path.Combine(store.Folder, ".modelops-imports.json");
    private readonly Lock _gate = new();

    /// <summary>The digest of an unchanged file, or null.</summary>
    public Digest? Recall(string path, FileIdentity identity)
    {
        lock (_gate)
        {
            return Load()[path] is JsonObject known && Matches(known, identity) && Digest.TryParse((string?)known["digest"], out var digest)
                ? digest
                : null;
        }
    }

    /// <summary>Keeps what a file was when it was read.</summary>
    public void Remember(string path, FileIdentity identity, Digest digest)
    {
        if (store.Time.GetUtcNow().UtcTicks - identity.ModifiedTicks < TooFresh.Ticks)
            return;
        lock (_gate)
        {
            var all = Load();
            all[path] = new JsonObject
            {
                ["digest"] = digest.ToString(),
                ["size"] = identity.Size,
                ["modified"] = Number(identity.ModifiedTicks),
                ["inode"] = identity.Inode.ToString(CultureInfo.InvariantCulture),
                ["device"] = identity.Device.ToString(CultureInfo.InvariantCulture),
            };
            try
            {
                DurableFile.Replace(_path, store.Folder, Encoding.UTF8.GetBytes(all.ToJsonString()));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The next import reads the file again; that is the only cost.
            }
        }
    }

    private static bool Matches(JsonObject known, FileIdentity identity) =>
        (long?)known["size"] == identity.Size
        && (string?)known["modified"] == Number(identity.ModifiedTicks)
        && (string?)known["inode"] == identity.Inode.ToString(CultureInfo.InvariantCulture)
        && (string?)known["device"] == identity.Device.ToString(CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private JsonObject Load()
    {
        try
        {
            return File.Exists(_path) ? JsonNode.Parse(File.ReadAllBytes(_path)) as JsonObject ?? [] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }
}
