using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Registry;

/// <summary>A real registry behind a proxy that drops, stalls, truncates, garbles and refuses.</summary>
[Trait("Category", "Registry")]
public sealed class RealRegistryFaultTests
{
    private const int PartBytes = 100_000;

    private static readonly byte[] Weights = Pulling.Content(1_050_000);

    private static readonly RegistryOptions Patient = Pulling.Quick with { StallTimeout = TimeSpan.FromMilliseconds(400), Attempts = 6 };

    [Theory]
    [InlineData("drop")]
    [InlineData("stall")]
    [InlineData("truncate")]
    [InlineData("garble")]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("slow start")]
    [InlineData("everything")]
    public async Task A_pull_ends_in_the_right_bytes_whatever_happens_to_every_third_answer(string fault)
    {
        Assert.SkipUnless(RealRegistry.IsInstalled, "docker-registry is not installed");
        using var registry = await RealRegistry.StartAsync();
        await PublishAsync(registry);
        await using var proxy = await FaultyProxy.StartAsync(registry.Host);
        string[] all = ["drop", "stall", "truncate", "429", "500", "slow start"];
        var garbled = 0;
        proxy.Spoil = (context, number, content) => (number % 3) switch
        {
            // Wrong bytes are found out at the end only; a second time would be a registry that is wrong itself.
            1 when fault == "garble" =>
                Interlocked.Increment(ref garbled) == 1 ? SpoilAsync("garble", context, content) : Task.FromResult(false),
            1 => SpoilAsync(fault == "everything" ? all[number / 3 % all.Length] : fault, context, content),
            _ => Task.FromResult(false),
        };
        using var there = new Some();
        using var client = new RegistryClient(there.Store, Patient, TimeProvider.System);
        var name = ModelName.Parse($"{proxy.Host}/lab/chat:v1");

        await client.PullAsync(name, insecure: true, _ => { }, TestContext.Current.CancellationToken);

        Assert.NotNull(there.Store.Find(name));
        Assert.Equal(Weights, there.Store.Blobs.Read(Digest.Of(Weights)));
        Assert.Empty(Directory.GetFiles(there.Store.Blobs.Folder, "*-partial*"));

        // Weights, configuration, and whatever had to be asked for again.
        Assert.Equal(fault != "slow start", proxy.Ranges.Count > (Weights.Length / PartBytes) + 2);
    }

    [Theory]
    [InlineData("drop", "max retries exceeded: ")]
    [InlineData("stall", "max retries exceeded: no data for 0.4 s")]
    [InlineData("503", "max retries exceeded: 503: ")]
    [InlineData("garble", "digest mismatch, file must be downloaded again: want sha256:")]
    public async Task What_never_gets_better_ends_with_its_reason_and_without_a_model(string fault, string message)
    {
        Assert.SkipUnless(RealRegistry.IsInstalled, "docker-registry is not installed");
        using var registry = await RealRegistry.StartAsync();
        await PublishAsync(registry);
        await using var proxy = await FaultyProxy.StartAsync(registry.Host);
        proxy.Spoil = (context, _, content) => SpoilAsync(fault, context, content);
        using var there = new Some();
        using var client = new RegistryClient(there.Store, Patient with { Attempts = 3 }, TimeProvider.System);
        var name = ModelName.Parse($"{proxy.Host}/lab/chat:v1");

        var error = await Assert.ThrowsAsync<StoreException>(
            () => client.PullAsync(name, insecure: true, _ => { }, TestContext.Current.CancellationToken));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Null(there.Store.Find(name));
        Assert.Empty(there.Store.List());
    }

    private static async Task<bool> SpoilAsync(string fault, HttpContext context, Func<Task<byte[]>> content)
    {
        var response = context.Response;
        switch (fault)
        {
            case "drop":
                context.Abort();
                return true;
            case "stall":
                var begun = await content();
                await response.Body.WriteAsync(begun.AsMemory(0, begun.Length / 3), context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return true;
            case "truncate":
                var whole = await content();
                await response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2), context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
                return true;
            case "garble":
                var bytes = await content();
                bytes[bytes.Length / 2] ^= 0x20;
                await response.Body.WriteAsync(bytes, context.RequestAborted);
                return true;
            case "slow start":
                await Task.Delay(TimeSpan.FromMilliseconds(300), context.RequestAborted);
                return false;
            default:
                response.StatusCode = int.Parse(fault);
                response.ContentLength = null;
                response.Headers.ContentRange = default;
                response.Headers.RetryAfter = "0";
                return true;
        }
    }

    private static async Task PublishAsync(RealRegistry registry)
    {
        using var here = new Some();
        using var client = new RegistryClient(here.Store, Pulling.Quick, TimeProvider.System);
        var name = ModelName.Parse($"{registry.Host}/lab/chat:v1");
        var config = here.Store.Blobs.Write("{\"model_format\":\"gguf\"}"u8);
        var weights = here.Store.Blobs.Write(Weights);
        here.Store.WriteManifest(name, new Manifest(
            new Layer(MediaTypes.Config, config.Digest, config.Size), [new Layer(MediaTypes.Model, weights.Digest, weights.Size)]));
        await client.PushAsync(name, insecure: true, _ => { }, TestContext.Current.CancellationToken);
    }
}
