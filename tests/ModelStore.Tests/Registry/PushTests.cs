using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Registry;

public sealed class PushTests
{
    private static readonly byte[] Weights = Pulling.Content(450_000);

    [Fact]
    public async Task A_model_that_is_not_there_cannot_be_pushed()
    {
        await using var pulling = await Pulling.StartAsync();

        var error = await Assert.ThrowsAsync<StoreException>(
            () => PushAsync(pulling, ModelName.Parse($"{pulling.Registry.Host}/lab/nope")));

        Assert.Equal("file does not exist", error.Message);
        Assert.Equal(["retrieving manifest", "couldn't retrieve manifest"], pulling.Statuses);
    }

    [Fact]
    public async Task A_forbidden_push_tells_the_status()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = Store(pulling);
        pulling.Registry.Before = context =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(true);
        };

        var error = await Assert.ThrowsAsync<StoreException>(() => PushAsync(pulling, name));

        Assert.Equal("403: ", error.Message);
        Assert.Equal(["retrieving manifest"], pulling.Statuses);
    }

    [Fact]
    public async Task Pieces_go_one_after_the_other_with_their_ranges()
    {
        await using var pulling = await Pulling.StartAsync();
        var uploads = new Uploads(pulling.Registry);
        var name = Store(pulling);

        await PushAsync(pulling, name);

        Assert.Equal(Weights, pulling.Registry.Blobs[Digest.Of(Weights).ToString()]);
        Assert.Contains("0-99999", uploads.Ranges);
        Assert.Contains("400000-449999", uploads.Ranges);
        Assert.Equal(["retrieving manifest", "pushing manifest", "success"], pulling.Statuses);
        var last = pulling.Lines.Last(line => line.Digest == Digest.Of(Weights).ToString());
        Assert.Equal(($"pushing {Digest.Of(Weights).Short}", 450_000L, 450_000L), (last.Status, last.Total, last.Completed));
    }

    [Fact]
    public async Task Redirected_pieces_go_without_credentials_and_are_named_by_their_sums()
    {
        await using var pulling = await Pulling.StartAsync();
        await using var elsewhere = await FaultyRegistry.StartAsync();
        var uploads = new Uploads(pulling.Registry) { RedirectTo = elsewhere };
        var name = Store(pulling);

        await PushAsync(pulling, name);

        Assert.Equal(Weights, pulling.Registry.Blobs[Digest.Of(Weights).ToString()]);
        Assert.All(elsewhere.Requests, asked => Assert.Equal("", asked.Authorization));
#pragma warning disable CA5351 // Object stores name versions by it.
        var sums = Weights.Chunk(100_000).SelectMany(piece => MD5.HashData(piece)).ToArray();
        Assert.Contains(uploads.Etags, etag => etag == $"{Convert.ToHexStringLower(MD5.HashData(sums))}-5");
#pragma warning restore CA5351
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(429)]
    public async Task An_upload_that_the_registry_loses_is_begun_anew(int status)
    {
        await using var pulling = await Pulling.StartAsync();
        var uploads = new Uploads(pulling.Registry) { FailOnce = status };
        var name = Store(pulling);

        await PushAsync(pulling, name);

        Assert.Equal(0, uploads.FailOnce);
        Assert.Equal(Weights, pulling.Registry.Blobs[Digest.Of(Weights).ToString()]);
    }

    [Fact]
    public async Task An_upload_that_broke_off_goes_on_after_what_the_registry_has()
    {
        await using var pulling = await Pulling.StartAsync();
        var uploads = new Uploads(pulling.Registry) { CutAt = 230_000 };
        var name = Store(pulling);

        await PushAsync(pulling, name);

        Assert.Equal(Weights, pulling.Registry.Blobs[Digest.Of(Weights).ToString()]);
        Assert.Single(uploads.Ranges, range => range == "0-99999");
        Assert.Single(uploads.Ranges, range => range == "230000-299999");
    }

    [Fact]
    public async Task A_push_that_was_given_up_is_taken_up_by_another_process()
    {
        await using var pulling = await Pulling.StartAsync();
        var uploads = new Uploads(pulling.Registry) { CutAt = 230_000, StaysDown = true };
        var name = Store(pulling);
        await Assert.ThrowsAsync<StoreException>(() => PushAsync(pulling, name));

        uploads.StaysDown = false;
        using var other = new RegistryClient(
            LocalStore.Open(pulling.Some.Store.Folder, TimeProvider.System), Pulling.Quick, TimeProvider.System);
        await other.PushAsync(name, insecure: true, pulling.Lines.Add, TestContext.Current.CancellationToken);

        Assert.Equal(Weights, pulling.Registry.Blobs[Digest.Of(Weights).ToString()]);
        Assert.Single(uploads.Ranges, range => range == "100000-199999");
        Assert.Single(uploads.Ranges, range => range == "230000-299999");
        Assert.DoesNotContain(
            "uploads", File.ReadAllText(Path.Combine(pulling.Some.Store.Folder, ".modelops-uploads.json")), StringComparison.Ordinal);
    }

    private static ModelName Store(Pulling pulling)
    {
        var store = pulling.Some.Store;
        var name = ModelName.Parse($"{pulling.Registry.Host}/lab/chat");
        var (config, model) = (store.Blobs.Write("{}"u8), store.Blobs.Write(Weights));
        store.WriteManifest(
            name, new Manifest(new(MediaTypes.Config, config.Digest, 2), [new(MediaTypes.Model, model.Digest, Weights.Length)]));
        return name;
    }

    private static Task PushAsync(Pulling pulling, ModelName name) =>
        pulling.Client.PushAsync(name, insecure: true, pulling.Lines.Add, TestContext.Current.CancellationToken);

    /// <summary>The side of the registry that takes uploads.</summary>
    private sealed class Uploads
    {
        private readonly FaultyRegistry _registry;
        private readonly ConcurrentDictionary<string, ConcurrentDictionary<long, byte[]>> _open = new();
        private int _count;

        public Uploads(FaultyRegistry registry)
        {
            _registry = registry;
            registry.Before = AnswerAsync;
        }

        public ConcurrentBag<string> Ranges { get; } = [];

        public ConcurrentBag<string> Etags { get; } = [];

        public FaultyRegistry? RedirectTo { get; set; }

        public int FailOnce { get; set; }

        /// <summary>The connection breaks once when so many bytes of an upload have come.</summary>
        public long CutAt { get; set; }

        /// <summary>After the break nothing is answered any more.</summary>
        public bool StaysDown { get; set; }

        private async Task<bool> AnswerAsync(HttpContext context)
        {
            var (request, response) = (context.Request, context.Response);
            var path = request.Path.Value!;
            if (StaysDown && CutAt == 0)
            {
                response.StatusCode = 503;
                response.Headers.RetryAfter = "0";
                return true;
            }

            switch (request.Method)
            {
                case "GET" when _open.TryGetValue(path, out var open):
                    response.StatusCode = 204;
                    response.Headers.Location = path + "?state=x";
                    response.Headers["Range"] = $"0-{open.Max(piece => piece.Key + piece.Value.Length) - 1}";
                    return true;
                case "POST":
                    response.StatusCode = 202;
                    response.Headers.Location = path + "u" + Interlocked.Increment(ref _count) + "?state=x";
                    return true;
                case "PATCH" when FailOnce > 0:
                    response.StatusCode = FailOnce;
                    response.Headers.RetryAfter = "0";
                    FailOnce = 0;
                    return true;
                case "PATCH":
                    await PatchAsync(context, path);
                    return true;
                case "PUT" when path.Contains("/manifests/", StringComparison.Ordinal):
                    response.StatusCode = 201;
                    return true;
                case "PUT":
                    Etags.Add(request.Query["etag"].ToString());
                    _registry.Blobs[request.Query["digest"].ToString()] =
                        [.. _open[path].OrderBy(piece => piece.Key).SelectMany(piece => piece.Value)];
                    response.StatusCode = request.Query["state"] == "x" ? 201 : 400;
                    return true;
                default:
                    return false;
            }
        }

        private async Task PatchAsync(HttpContext context, string path)
        {
            var range = context.Request.Headers.ContentRange.ToString();
            Ranges.Add(range);
            var offset = long.Parse(range.Split('-')[0]);
            context.Response.Headers["Docker-Upload-Location"] = path + "?state=x";
            if (RedirectTo is { } other)
            {
                other.Before = PieceAsync;
                context.Response.StatusCode = 307;
                context.Response.Headers.Location = $"http://{other.Host}/bucket?path={path}&offset={offset}";
                return;
            }

            var body = await BodyAsync(context);
            if (CutAt > offset && CutAt < offset + body.Length)
            {
                Add(path, offset, body[..(int)(CutAt - offset)]);
                CutAt = 0;
                context.Abort();
                return;
            }

            Add(path, offset, body);
            context.Response.StatusCode = 202;
        }

        private async Task<bool> PieceAsync(HttpContext context)
        {
            Add(context.Request.Query["path"].ToString(), long.Parse(context.Request.Query["offset"].ToString()), await BodyAsync(context));
            return true;
        }

        private void Add(string path, long offset, byte[] piece) => _open.GetOrAdd(path, _ => new())[offset] = piece;

        private static async Task<byte[]> BodyAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            return body.ToArray();
        }
    }
}
