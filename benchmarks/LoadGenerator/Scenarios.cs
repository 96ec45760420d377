using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.LoadGenerator;

/// <summary>All that is measured; the bars are those of the design.</summary>
internal static class Scenarios
{
    private static readonly string[] Words = ["model", "server", "weights", "commit", "prompt", "token", "layer", "cache", "memory", "batch", "stream", "answer"];

    internal static IReadOnlyList<Scenario> All { get; } =
    [
        new("decode-1", "one stream", "tok/s", true, 0.99, 1, 2048, (server, options, round, token) => DecodeAsync(server, options, 1, round, token)),
        new("decode-4", "4 streams, total", "tok/s", true, 0.98, 4, 1024, (server, options, round, token) => DecodeAsync(server, options, 4, round, token)),
        new("decode-8", "8 streams, total", "tok/s", true, 0.98, 8, 1024, (server, options, round, token) => DecodeAsync(server, options, 8, round, token)),
        new("decode-16", "16 streams, total", "tok/s", true, 0.98, 16, 1024, (server, options, round, token) => DecodeAsync(server, options, 16, round, token)),
        new("prefix-8", "8 requests at once on one new prefix, slowest first token", "ms", false, 0.25, 8, 2048, PrefixAsync),
        new("one-token", "reply of one token, warm prompt", "ms", false, 1.0, 1, 2048, OneTokenAsync),
        new("first-token", "first token of a new prompt of 256 words", "ms", false, 1.05, 1, 2048, FirstTokenAsync),
        new("memory-1", "anonymous memory, one model", "MB", false, 1.1, 4, 1024, MemoryAsync),
        new("memory-5", "anonymous memory, five models on one file, and the weights once", "MB", false, 0.35, 4, 1024, MemoryAsync) { Models = 5 },
        new("idle", "processor time in 5 idle seconds", "ms", false, 1.0, 4, 1024, IdleAsync),
        new("connections", "anonymous memory of 1000 idle connections", "MB", false, 1.0, 4, 1024, ConnectionsAsync),
        new("hog", "one stream beside a busy process", "tok/s", true, 5, 1, 2048, HogAsync),
    ];

    private static async Task<double> DecodeAsync(Server server, LoadOptions options, int streams, int round, CancellationToken cancellationToken)
    {
        // The prompts differ, so that nothing is shared but the batch.
        var clock = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(0, streams).Select(stream =>
            Completion.RunAsync(server, Text(8, round * 100 + stream), options.Tokens, options.Banned, cancellationToken)));
        if (all.Sum(one => one.Tokens) is var tokens && tokens < options.Tokens * streams)
            throw new InvalidOperationException($"{server.Name} ended its answers after {tokens} of {options.Tokens * streams} tokens; ban its end of turn with --ban");

        // From the request on: a client that is late to read its first token would find the rest there already.
        return tokens / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> PrefixAsync(Server server, LoadOptions options, int round, CancellationToken cancellationToken)
    {
        var prefix = Text(options.Prefix * 2 / 5, 7000 + round);
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(stream =>
            Completion.RunAsync(server, $"{prefix}. Question {stream}:", 4, options.Banned, cancellationToken)));
        return all.Max(one => one.FirstToken).TotalMilliseconds;
    }

    private static async Task<double> OneTokenAsync(Server server, LoadOptions options, int round, CancellationToken cancellationToken)
    {
        var prompt = Text(4, 1);
        var times = new List<double>();
        for (var repeat = 0; repeat < 60; repeat++)
            times.Add((await Completion.RunAsync(server, prompt, 1, options.Banned, cancellationToken)).Total.TotalMilliseconds);
        return Median(times.Skip(10));
    }

    private static async Task<double> FirstTokenAsync(Server server, LoadOptions options, int round, CancellationToken cancellationToken) =>
        (await Completion.RunAsync(server, Text(256, 3000 + round), 2, options.Banned, cancellationToken)).FirstToken.TotalMilliseconds;

    private static async Task<double> MemoryAsync(Server server, LoadOptions options, int round, CancellationToken cancellationToken)
    {
        await Completion.RunAsync(server, Text(8, round), 8, options.Banned, cancellationToken);
        return (server.AnonymousBytes() + new FileInfo(options.Model).Length) / 1e6;
    }

    private static async Task<double> IdleAsync(Server server, LoadOptions options, int round, CancellationToken cancellationToken)
    {
        await Completion.RunAsync(server, Text(8, round), 8, options.Banned, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        var before = server.ProcessorTime();
        await timer.WaitForNextTickAsync(cancellationToken);
        return (server.ProcessorTime() - before).TotalMilliseconds;
    }

    private static async Task<double> ConnectionsAsync(Server server, LoadOptions options, int round, CancellationToken cancellationToken)
    {
        var before = server.AnonymousBytes();
        var request = Encoding.ASCII.GetBytes("GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        var clients = new List<TcpClient>();
        try
        {
            for (var index = 0; index < 1000; index++)
            {
                var client = new TcpClient();
                clients.Add(client);
                await client.ConnectAsync("127.0.0.1", server.Port, cancellationToken);
                if (index % 10 == 0)
                    await client.GetStream().WriteAsync(request, cancellationToken);
            }

            return Math.Max(0, server.AnonymousBytes() - before) / 1e6;
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static async Task<double> HogAsync(Server server, LoadOptions options, int round, CancellationToken cancellationToken)
    {
        using var hog = Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do :; done"]) { UseShellExecute = false })!;
        try
        {
            await Completion.RunAsync(server, Text(8, round), 16, options.Banned, cancellationToken);
            var one = await Completion.RunAsync(server, Text(8, round + 1), Math.Min(options.Tokens, 64), options.Banned, cancellationToken);
            return (one.Tokens - 1) / (one.Total - one.FirstToken).TotalSeconds;
        }
        finally
        {
            hog.Kill(entireProcessTree: true);
        }
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The same words for the same seed, others for another.</summary>
    private static string Text(int words, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{seed}"));
        for (var index = 0; index < words; index++)
            text.Append(' ').Append(Words[random.Next(Words.Length)]);
        return text.ToString();
    }
}
