using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Registry;

/// <summary>Remembers where uploads go on that a push has begun. Losing it costs sending again, nothing else.</summary>
internal sealed class UploadMemory(string folder)
{
    private readonly string _path = Path.Combine(folder, ".modelops-uploads.json");
    private readonly Lock _gate = new();

    /// <summary>Where the upload of a blob goes on, or null.</summary>
    public Uri? Recall(string key)
    {
        lock (_gate)
            return Uri.TryCreate((string?)Load()[key], UriKind.Absolute, out var address) ? address : null;
    }

    public void Remember(string key, Uri address) => Change(all => all[key] = address.ToString());

    public void Forget(string key) => Change(all => all.Remove(key));

    private void Change(Action<JsonObject> change)
    {
        lock (_gate)
        {
            var all = Load();
            var before = all.ToJsonString();
            change(all);
            if (all.ToJsonString() is var after && after != before)
                Save(after);
        }
    }

    private void Save(string text)
    {
        try
        {
            DurableFile.Replace(_path, folder, Encoding.UTF8.GetBytes(text));

            // Everyone who knows such an address may write to it.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }

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
