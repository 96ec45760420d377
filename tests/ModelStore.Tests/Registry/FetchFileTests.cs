using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Registry;

public sealed class FetchFileTests
{
    private static readonly byte[] Weights = Pulling.Content(250_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_a_web_server_becomes_a_blob(bool pinned)
    {
        await using var pulling = await Pulling.StartAsync();
        pulling.Registry.Blobs["x.gguf"] = Weights;
        var address = new Uri($"http://{pulling.Registry.Host}/files/x.gguf");

        var written = await pulling.Client.FetchFileAsync(
            address, pinned ? Digest.Of(Weights) : null, pulling.Lines.Add, TestContext.Current.CancellationToken);

        Assert.Equal(new BlobWritten(Digest.Of(Weights), Weights.Length, Existed: false), written);
        Assert.Equal(Weights, pulling.Some.Store.Blobs.Read(written.Digest));
        Assert.Equal(Weights.Length, pulling.Lines[^1].Completed);
        Assert.Single(Directory.GetFiles(pulling.Some.Store.Blobs.Folder));
    }

    [Fact]
    public async Task A_file_that_is_not_what_its_pin_says_is_refused()
    {
        await using var pulling = await Pulling.StartAsync();
        pulling.Registry.Blobs["x.gguf"] = Weights;

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.Client.FetchFileAsync(
            new Uri($"http://{pulling.Registry.Host}/files/x.gguf"), Digest.Of("other"u8), _ => { },
            TestContext.Current.CancellationToken));

        Assert.StartsWith("digest mismatch", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(pulling.Some.Store.Blobs.Folder));
    }
}
