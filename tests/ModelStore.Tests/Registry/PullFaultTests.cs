using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Tests.Registry;

public sealed class PullFaultTests
{
    private static readonly byte[] Weights = Pulling.Content(450_000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99_999)]
    [InlineData(70_001)]
    public async Task A_connection_cut_after_any_byte_is_taken_up_where_it_ended(int cut)
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        var cuts = 0;
        pulling.Registry.Send = async (context, blob, from, to) =>
        {
            if (to - from <= cut || Interlocked.Increment(ref cuts) > 4)
            {
                await FaultyRegistry.SendWholeAsync(context, blob, from, to);
                return;
            }

            await FaultyRegistry.SendWholeAsync(context, blob, from, from + cut);
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
        Assert.True(cuts >= 4);
    }

    [Fact]
    public async Task Many_early_ends_in_a_row_still_end_in_the_right_bytes()
    {
        // The connection ends in order here: a reset may also swallow what was sent before it.
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        var random = new Random(7);
        pulling.Registry.Send = async (context, blob, from, to) =>
        {
            int end;
            lock (random)
                end = Math.Min(to, from + random.Next(1, 60_000));
            await FaultyRegistry.SendWholeAsync(context, blob, from, end);
        };

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_busy_registry_is_asked_again(int status)
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        var seen = new ConcurrentDictionary<string, bool>();
        pulling.Registry.Before = context =>
        {
            if (!seen.TryAdd(context.Request.Path + context.Request.Headers.Range.ToString(), true))
                return Task.FromResult(false);
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "0";
            return Task.FromResult(true);
        };

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
    }

    [Fact]
    public async Task A_registry_that_stays_broken_is_given_up_with_the_last_error()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Registry.Send = async (context, _, _, _) =>
        {
            context.Response.StatusCode = 502;
            context.Response.ContentLength = 3;
            await context.Response.WriteAsync("bad");
        };

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(name));

        Assert.Equal("max retries exceeded: 502: bad", error.Message);
        Assert.Null(pulling.Some.Store.Find(name));
    }

    [Fact]
    public async Task A_connection_that_delivers_nothing_is_replaced()
    {
        await using var pulling = await Pulling.StartAsync(Pulling.Quick with { StallTimeout = TimeSpan.FromMilliseconds(300) });
        var name = pulling.Registry.Publish("chat", Weights);
        var stalled = 0;
        pulling.Registry.Send = async (context, blob, from, to) =>
        {
            if (from == 200_000 && Interlocked.Exchange(ref stalled, 1) == 0)
            {
                await FaultyRegistry.SendWholeAsync(context, blob, from, from + 10);
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }

            await FaultyRegistry.SendWholeAsync(context, blob, from, to);
        };

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
        Assert.Equal(1, stalled);
        Assert.Equal(1, pulling.Registry.Count(asked => asked.Range == "bytes=200010-299999"));
    }

    [Fact]
    public async Task A_server_without_ranges_serves_as_well()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Registry.Before = context =>
        {
            context.Request.Headers.Remove("Range");
            return Task.FromResult(false);
        };

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
    }

    [Fact]
    public async Task A_cancelled_pull_is_resumed_by_the_next_one()
    {
        await using var pulling = await Pulling.StartAsync(Pulling.Quick with { Parallel = 1 });
        var name = pulling.Registry.Publish("chat", Weights);
        using var cancel = new CancellationTokenSource();
        pulling.Registry.Send = async (context, blob, from, to) =>
        {
            if (from < 300_000)
            {
                await FaultyRegistry.SendWholeAsync(context, blob, from, to);
                return;
            }

            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => pulling.Client.PullAsync(name, insecure: true, _ => { }, cancel.Token));
        Assert.Null(pulling.Some.Store.Find(name));
        pulling.Registry.Send = FaultyRegistry.SendWholeAsync;
        pulling.Registry.Requests.Clear();
        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
        Assert.Equal(["bytes=300000-399999", "bytes=400000-449999"], pulling.Registry.Requests
            .Where(asked => asked.Path.EndsWith(Digest.Of(Weights).ToString(), StringComparison.Ordinal)).Select(asked => asked.Range));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"N\":0,\"Offset\":0,\"Size\":999999999999,\"Completed\":5}")]
    [InlineData("{\"N\":0,\"Offset\":0,\"Size\":100000,\"Completed\":100001}")]
    [InlineData("[1]")]
    public async Task A_state_file_that_makes_no_sense_begins_the_download_anew(string state)
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        var partial = pulling.Some.Store.Blobs.PathOf(Digest.Of(Weights)) + "-partial";
        await File.WriteAllBytesAsync(partial, new byte[Weights.Length]);
        await File.WriteAllTextAsync(partial + "-0", state);

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
    }

    [Fact]
    public async Task Parts_that_the_reference_began_are_taken_up()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        var partial = pulling.Some.Store.Blobs.PathOf(Digest.Of(Weights)) + "-partial";
        await File.WriteAllBytesAsync(partial, [.. Weights[..250_000], .. new byte[200_000]]);
        await File.WriteAllTextAsync(partial + "-0", "{\"N\":0,\"Offset\":0,\"Size\":300000,\"Completed\":250000}\n");
        await File.WriteAllTextAsync(partial + "-1", "{\"N\":1,\"Offset\":300000,\"Size\":150000,\"Completed\":0}\n");

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
        Assert.Equal(1, pulling.Registry.Count(asked => asked.Range == "bytes=250000-299999"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_part_that_was_damaged_on_its_way_is_found_and_fetched_again(int damaged)
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        var spoiled = 0;
        pulling.Registry.Send = (context, blob, from, to) =>
        {
            if (from != damaged * 100_000 || Interlocked.Exchange(ref spoiled, 1) == 1)
                return FaultyRegistry.SendWholeAsync(context, blob, from, to);
            var wrong = blob.ToArray();
            wrong[from + 77] ^= 1;
            return FaultyRegistry.SendWholeAsync(context, wrong, from, to);
        };

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
        Assert.Equal(2, pulling.Registry.Count(asked => asked.Range == $"bytes={damaged * 100_000}-{(damaged * 100_000) + 99_999}"));
        Assert.Equal(1, pulling.Registry.Count(asked => asked.Range == "bytes=400000-449999"));
    }

    [Fact]
    public async Task Bytes_that_a_power_cut_lost_are_fetched_again()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        var partial = pulling.Some.Store.Blobs.PathOf(Digest.Of(Weights)) + "-partial";
        await File.WriteAllBytesAsync(partial, new byte[Weights.Length]);
        await File.WriteAllTextAsync(partial + "-0", $"{{\"N\":0,\"Offset\":0,\"Size\":{Weights.Length},\"Completed\":200000}}\n");

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
    }
}
