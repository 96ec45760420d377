using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Registry;

public sealed class PullTests
{
    private static readonly byte[] Weights = Pulling.Content(1_050_000);

    [Fact]
    public async Task A_pulled_model_is_what_the_registry_has_byte_for_byte()
    {
        await using var pulling = await Pulling.StartAsync();
        var template = "{{ .Prompt }}"u8.ToArray();
        var name = pulling.Registry.Publish("chat", Weights, template, []);

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights, template, []);
        Assert.Equal(["pulling manifest", "verifying sha256 digest", "writing manifest", "success"], pulling.Statuses);
        Assert.Equal(
            pulling.Registry.Manifests["/v2/lab/chat/manifests/latest"],
            await File.ReadAllBytesAsync(Path.Combine(pulling.Some.Store.Folder, "manifests", name.ManifestPath)));
    }

    [Fact]
    public async Task Lines_of_a_blob_tell_its_digest_and_grow_to_its_size()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);

        await pulling.PullAsync(name);

        var digest = Digest.Of(Weights);
        var lines = pulling.Lines.Where(line => line.Digest == digest.ToString()).ToArray();
        Assert.All(lines, line => Assert.Equal(($"pulling {digest.Short}", (long)Weights.Length), (line.Status, line.Total)));
        Assert.Equal(lines.Select(line => line.Completed).Order(), lines.Select(line => line.Completed));
        Assert.Equal(Weights.Length, lines[^1].Completed);
    }

    [Fact]
    public async Task A_blob_that_is_there_is_told_once_and_not_fetched()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Some.Store.Blobs.Write(Weights);

        await pulling.PullAsync(name);

        var digest = Digest.Of(Weights).ToString();
        Assert.Equal(
            new ProgressLine($"pulling {Digest.Of(Weights).Short}", digest, Weights.Length, Weights.Length),
            Assert.Single(pulling.Lines, line => line.Digest == digest));
        Assert.Equal(0, pulling.Registry.Count(asked => asked.Path.EndsWith(digest, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_newer_manifest_takes_the_blobs_of_the_old_one_away()
    {
        await using var pulling = await Pulling.StartAsync();
        var old = Pulling.Content(5_000);
        await pulling.PullAsync(pulling.Registry.Publish("chat", old));
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Lines.Clear();

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
        Assert.False(pulling.Some.Store.Blobs.Has(Digest.Of(old)));
        Assert.Equal(
            ["pulling manifest", "verifying sha256 digest", "writing manifest", "removing unused layers", "success"], pulling.Statuses);
    }

    [Theory]
    [InlineData(404, "pull model manifest: file does not exist")]
    [InlineData(403, "pull model manifest: 403: sorry")]
    [InlineData(500, "pull model manifest: 500: sorry")]
    public async Task An_error_of_the_registry_is_told_in_the_references_words(int status, string message)
    {
        await using var pulling = await Pulling.StartAsync();
        pulling.Registry.Before = async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("sorry");
            return true;
        };

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(ModelName.Parse(pulling.Registry.Host + "/lab/nope")));

        Assert.Equal<StoreFailure>(
            status == 404 ? new StoreFailure.Absent(message) : new StoreFailure.RegistryFailed(message), error.Failure);
        Assert.Equal(["pulling manifest"], pulling.Statuses);
    }

    [Fact]
    public async Task A_host_that_nobody_listens_on_is_told_at_once()
    {
        await using var pulling = await Pulling.StartAsync();

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(ModelName.Parse("127.0.0.1:9/x/y")));

        Assert.StartsWith("pull model manifest: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_bytes_are_thrown_away_and_told()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Registry.Send = (context, blob, from, to) =>
        {
            var wrong = blob.ToArray();
            wrong[^1] ^= 1;
            return FaultyRegistry.SendWholeAsync(context, wrong, from, to);
        };

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(name));

        Assert.StartsWith(
            $"digest mismatch, file must be downloaded again: want {Digest.Of(Weights)}, got sha256:", error.Message,
            StringComparison.Ordinal);
        Assert.Equal(["pulling manifest", "verifying sha256 digest"], pulling.Statuses);
        Assert.Null(pulling.Some.Store.Find(name));
        Assert.Empty(Directory.GetFiles(pulling.Some.Store.Blobs.Folder));
    }

    [Fact]
    public async Task Two_pulls_of_one_blob_fetch_it_once()
    {
        await using var pulling = await Pulling.StartAsync();
        var (one, two) = (pulling.Registry.Publish("one", Weights), pulling.Registry.Publish("two", Weights));
        var both = new TaskCompletionSource();
        var path = Digest.Of(Weights).ToString();
        var manifests = 0;
        pulling.Registry.Before = async context =>
        {
            if (context.Request.Path.Value!.Contains("/manifests/", StringComparison.Ordinal) && Interlocked.Increment(ref manifests) == 2)
                both.SetResult();
            await both.Task;
            return false;
        };

        await Task.WhenAll(
            pulling.Client.PullAsync(one, insecure: true, _ => { }, CancellationToken.None),
            pulling.Client.PullAsync(two, insecure: true, _ => { }, CancellationToken.None));

        pulling.AssertStored(one, Weights);
        pulling.AssertStored(two, Weights);
        Assert.Equal(11, pulling.Registry.Count(asked => asked.Path.EndsWith(path, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Two_processes_fetch_a_blob_once()
    {
        // Another client has nothing in common with the first but the folder, as another process would.
        await using var pulling = await Pulling.StartAsync();
        using var other = new RegistryClient(
            LocalStore.Open(pulling.Some.Store.Folder, TimeProvider.System), Pulling.Quick, TimeProvider.System);
        var name = pulling.Registry.Publish("chat", Weights);

        await Task.WhenAll(
            pulling.Client.PullAsync(name, insecure: true, _ => { }, CancellationToken.None),
            other.PullAsync(name, insecure: true, _ => { }, CancellationToken.None));

        pulling.AssertStored(name, Weights);
        Assert.Equal(11, pulling.Registry.Count(asked => asked.Path.EndsWith(Digest.Of(Weights).ToString(), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task All_downloads_together_keep_to_the_bandwidth()
    {
        await using var pulling = await Pulling.StartAsync(Pulling.Quick with { BytesPerSecond = 2 * Weights.Length });
        var name = pulling.Registry.Publish("chat", Weights);
        var begun = Stopwatch.GetTimestamp();

        await pulling.PullAsync(name);

        // The last piece is waited for as well, so half a second is the least.
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.45, 30);
        pulling.AssertStored(name, Weights);
    }

    [Fact]
    public async Task A_mirror_is_asked_instead_and_gets_no_password_of_the_host_it_stands_for()
    {
        await using var registry = await FaultyRegistry.StartAsync();
        registry.Publish("chat", Weights);
        var challenged = 0;
        registry.Before = context =>
        {
            if (Interlocked.Increment(ref challenged) > 1)
                return Task.FromResult(false);
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"x\"";
            return Task.FromResult(true);
        };
        using var some = new Some();
        var options = Pulling.Quick with
        {
            Mirrors = RegistryOptions.ParseMirrors($"other.example=https://unused.example, registry.example:5000=http://{registry.Host}"),
            Credentials = DockerConfig.Parse(
                System.Text.Encoding.UTF8.GetBytes("""{"auths":{"registry.example:5000":{"username":"me","password":"secret"}}}""")),
        };
        using var client = new RegistryClient(some.Store, options, TimeProvider.System);
        var name = ModelName.Parse("registry.example:5000/lab/chat");

        var denied = await Assert.ThrowsAsync<StoreException>(
            () => client.PullAsync(name, insecure: false, _ => { }, CancellationToken.None));
        await client.PullAsync(name, insecure: false, _ => { }, CancellationToken.None);

        Assert.Contains("unauthorized: access denied", denied.Message, StringComparison.Ordinal);
        Assert.Equal(0, registry.Count(asked => asked.Authorization.Length > 0));
        Assert.NotNull(some.Store.Find(name));
    }

    [Theory]
    [InlineData("registry.example")]
    [InlineData("=https://mirror.example")]
    [InlineData("registry.example=mirror.example:5000")]
    [InlineData("registry.example=ftp://mirror.example")]
    [InlineData("registry.example=https://mirror.example/path")]
    public void A_mirror_that_is_none_is_told(string text) =>
        Assert.Contains(
            "write HOST=URL", Assert.Throws<FormatException>(() => RegistryOptions.ParseMirrors(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_model_of_tensors_is_refused_in_the_references_words()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("mlx", Weights);
        var path = "/v2/lab/mlx/manifests/latest";
        pulling.Registry.Manifests[path] =
            [.. System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(pulling.Registry.Manifests[path])
            .Replace(MediaTypes.Model, "application/vnd.ollama.image.tensor", StringComparison.Ordinal))];

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(name));

        Assert.Equal("this model requires MLX support, but the MLX runtime is not available", error.Message);
    }

    [Fact]
    public async Task A_blob_larger_than_the_disk_is_refused_before_anything_is_written()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("huge", Weights);
        var path = "/v2/lab/huge/manifests/latest";
        pulling.Registry.Manifests[path] =
            [.. System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(pulling.Registry.Manifests[path])
            .Replace($":{Weights.Length}}}", ":4000000000000000}", StringComparison.Ordinal))];

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(name));

        Assert.Contains("is full: 4000000000000", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(pulling.Some.Store.Blobs.Folder));
    }
}
