using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.TestKit;

namespace ModelOps.ModelStore.Tests;

/// <summary>A fresh store in a folder of its own, and the demo weights.</summary>
public sealed class Some : IDisposable
{
    public Some() => Store = LocalStore.Open(Path.Combine(Folder, "store"), TimeProvider.System);

    public string Folder { get; } = Directory.CreateTempSubdirectory("modelops-test-").FullName;

    public LocalStore Store { get; }

    public static string Pico => RepoRoot.Combine("examples", "models-repo", "weights", "pico-q8_0.gguf");

    public static string PicoF16 => RepoRoot.Combine("examples", "models-repo", "weights", "pico-f16.gguf");

    public static ModelName Name(string text) => ModelName.Parse(text);

    public string PathOf(string relative) => Path.Combine(Folder, relative);

    public async Task<string> UploadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return (await Store.Blobs.WriteAsync(file, written: null, CancellationToken.None)).Digest.ToString();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
