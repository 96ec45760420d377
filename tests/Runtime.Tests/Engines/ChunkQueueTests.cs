using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Tests.Engines;

public class ChunkQueueTests
{
    private static readonly EngineUsage s_usage = new(1, 0, 3, TimeSpan.Zero, TimeSpan.Zero);

    [Fact]
    public async Task A_reader_who_keeps_pace_gets_every_piece_by_itself()
    {
        var queue = new ChunkQueue();
        await using var reader = queue.ReadAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var token = 0; token < 1000; token++)
        {
            queue.Text($"{token} ", [token], []);
            Assert.True(await reader.MoveNextAsync());
            Assert.Equal($"{token} ", Assert.IsType<EngineChunk.Text>(reader.Current).Value);
        }
    }

    [Fact]
    public async Task A_reader_who_is_far_behind_gets_all_of_it_in_few_chunks()
    {
        var queue = new ChunkQueue();
        for (var token = 0; token < 100_000; token++)
            queue.Text("é", [token], [new TokenLogprob(token, [], -1, [])]);
        queue.End(EngineStopReason.Stop, s_usage);
        var chunks = await ReadAsync(queue);
        var texts = chunks.OfType<EngineChunk.Text>().ToList();
        Assert.InRange(chunks.Count, 2, 300);
        Assert.Equal(new EngineChunk.End(EngineStopReason.Stop, s_usage), chunks[^1]);
        Assert.Equal(string.Concat(Enumerable.Repeat('é', 100_000)), string.Concat(texts.Select(text => text.Value)));
        Assert.Equal(Enumerable.Range(0, 100_000), texts.SelectMany(text => text.Tokens));
        Assert.Equal(100_000, texts.Sum(text => text.Logprobs.Length));
    }

    [Fact]
    public async Task What_came_before_a_failure_is_read_before_it()
    {
        var queue = new ChunkQueue();
        for (var token = 0; token < 1000; token++)
            queue.Text("a", [token], []);
        queue.Fail(new EngineFailedException("gone"));
        var read = 0;
        var error = await Assert.ThrowsAsync<EngineFailedException>(async () =>
        {
            await foreach (var chunk in queue.ReadAsync(TestContext.Current.CancellationToken))
                read += ((EngineChunk.Text)chunk).Value.Length;
        });
        Assert.Equal("gone", error.Message);
        Assert.Equal(1000, read);
    }

    private static async Task<List<EngineChunk>> ReadAsync(ChunkQueue queue)
    {
        var chunks = new List<EngineChunk>();
        await foreach (var chunk in queue.ReadAsync(TestContext.Current.CancellationToken))
            chunks.Add(chunk);
        return chunks;
    }
}
