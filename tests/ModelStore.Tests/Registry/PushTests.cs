using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Registry;

public sealed class PushTests
{
    private static readonly byte[] Weights = Pulling.Content(450_000);

    [Fact]
    public async Task A_model_that_is_not_there_cannot_be_pushed()
    {
        await using var pulling = await Pulling.StartAsync();

        var error = await Assert.ThrowsAsync<StoreException>(() => PushAsync(pulling, ModelName.Parse($"{pulling.Registry.Host}/lab/nope")));

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

    private static ModelName Store(Pulling pulling)
    {
        var store = pulling.Some.Store;
        var name = ModelName.Parse($"{pulling.Registry.Host}/lab/chat");
        var (config, model) = (store.Blobs.Write("{}"u8), store.Blobs.Write(Weights));
        store.WriteManifest(name, new Manifest(new(MediaTypes.Config, config.Digest, 2), [new(MediaTypes.Model, model.Digest, Weights.Length)]));
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

        private async Task<bool> AnswerAsync(HttpContext context)
        {
            var (request, response) = (context.Request, context.Response);
            var path = request.Path.Value!;
            switch (request.Method)
            {
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
                    _registry.Blobs[request.Query["digest"].ToString()] = [.. _open[path].OrderBy(piece => piece.Key).SelectMany(piece => piece.Value)];
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

            Add(path, offset, await BodyAsync(context));
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
