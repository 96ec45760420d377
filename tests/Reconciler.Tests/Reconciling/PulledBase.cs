using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A registry that has every model, and tells each fetch as the real client does.</summary>
internal sealed class PulledBase(LocalStore store) : IModelPuller
{
    private const long Size = 4_000_000;

    /// <summary>Called when half of a fetch is done; may throw.</summary>
    internal Action OnHalf { get; set; } = () => { };

    public async Task PullAsync(ModelName name, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        progress(new ProgressLine("pulling manifest"));
        progress(new ProgressLine("pulling 0123456789ab", "sha256:01", 500, 500));
        for (var done = 0L; done <= Size; done += Size / 20)
        {
            progress(new ProgressLine("pulling 89abcdef0123", "sha256:89", Size, done));
            if (done == Size / 2)
                OnHalf();
        }

        var weights = store.Blobs.Write(TinyGguf.Bytes("pulled"));
        await new ModelBuilder(store, puller: null, quantizer: null).CreateAsync(
            new CreateRequest
            {
                Name = name,
                From = "",
                Files = new Dictionary<string, string>(StringComparer.Ordinal) { ["w.gguf"] = weights.Digest.ToString() },
            },
            _ => { }, cancellationToken);
        progress(new ProgressLine("verifying sha256 digest"));
        progress(new ProgressLine("writing manifest"));
        progress(new ProgressLine("success"));
    }
}
