using System.Net;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>A thousand answers that wait for four slots: none is refused where the queue has room, and waiting costs next to nothing.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class QueuedStreamTests(ITestOutputHelper output) : IDisposable
{
    private const int Streams = 1000;
    private const string Ask = """{"model":"assistant","stream":true,"messages":[{"role":"user","content":"Say ok."}],"options":{"num_predict":4}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_thousand_streams_wait_their_turn_and_memory_stays_flat()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        var config = _folder.Combine("host.yaml");
        await File.WriteAllTextAsync(
            config, $"apiVersion: modelops/v1alpha1\nkind: Host\nserving: {{ maxQueue: {2 * Streams}, parallel: 4 }}\n");
        await using var daemon = await Daemon.StartReadyAsync(
            repository.Path, _folder.Combine("home"), "--poll-interval", "10m", "--config", config);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Streams })
        {
            BaseAddress = daemon.Address,
            Timeout = TimeSpan.FromMinutes(3),
        };

        var most = new List<long>();
        for (var wave = 0; wave < 3; wave++)
        {
            var waiting = Enumerable.Range(0, Streams).Select(_ => AskAsync(client)).ToArray();
            var all = Task.WhenAll(waiting);
            var seen = 0L;
            while (!all.IsCompleted)
            {
                seen = Math.Max(seen, ProcessMemory.Anonymous(daemon.ProcessId));
                await Task.WhenAny(all, Task.Delay(50, CancellationToken.None));
            }

            Assert.All(await all, reason => Assert.Equal("length", reason));
            most.Add(seen);
        }

        output.WriteLine(string.Join(' ', most.Select(kilobytes => $"{kilobytes / 1024}")) + " MB anonymous at most in each wave");
        // The first wave makes the threads and buffers that stay.
        Assert.True(most[2] < most[1] * 1.4 && most.Max() < 100_000, string.Join(' ', most));
    }

    /// <summary>Why an answer ended.</summary>
    private static async Task<string> AskAsync(HttpClient client)
    {
        using var reply = await client.PostAsync(
            "api/chat", new StringContent(Ask, Encoding.UTF8, "application/json"), CancellationToken.None);
        var text = await reply.Content.ReadAsStringAsync(CancellationToken.None);
        Assert.True(reply.StatusCode == HttpStatusCode.OK, text);
        var last = JsonNode.Parse(text.TrimEnd('\n').Split('\n')[^1])!;
        return (string?)last["done_reason"] ?? text;
    }
}
