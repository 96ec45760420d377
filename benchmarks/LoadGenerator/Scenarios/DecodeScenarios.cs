using System.Diagnostics;
using ModelOps.LoadGenerator.Measuring;
using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>How fast tokens come, to one reader and to several, alone and beside a busy process.</summary>
internal static class DecodeScenarios
{
    private const int PromptWords = 4;
    private const int NoticeTokens = 16;

    internal static IEnumerable<Scenario> All { get; } =
    [
        new("decode-1", "one stream", [new("", "tok/s", new Bar.RatioAtLeast(0.99))],
            Scenario.Both(new Setup(1, 2048)), (subject, round) => [Decode(subject, round, 1, round.Options.Scale.Tokens).Rate]),
        Several(2, 0.98), Several(4, 0.98), Several(6, 0.98), Several(8, 0.98), Several(16, 0.98),
        new(
            "hog", "one stream beside a busy process", [new("", "tok/s", new Bar.RatioAtLeast(5))], Scenario.Both(new Setup(1, 2048)),
            BesideHog),
    ];

    private static Scenario Several(int streams, double bar) => new(
        $"decode-{streams}", $"{streams} streams",
        [new("total", "tok/s", new Bar.RatioAtLeast(bar)), new("slowest stream over fastest", "", new Bar.None())],
        Scenario.Both(new Setup(streams, 1024)),
        (subject, round) =>
        {
            var (rate, spread) = Decode(subject, round, streams, round.Options.Scale.Tokens);
            return [rate, spread];
        });

    /// <summary>
    /// From the first request to the end of the last answer; each stream has a prompt of its own, of a few tokens. The first token is
    /// no good start: on a machine whose cores all compute, a reader that is late for it finds others there already.
    /// </summary>
    private static (double Rate, double Spread) Decode(Subject subject, Round round, int streams, int tokens)
    {
        var model = subject.Endpoints[0].Model;
        var connections = Enumerable.Range(0, streams).Select(_ => subject.Connect()).ToArray();
        try
        {
            var requests = connections.Select((_, index) => Requests.Completion(
                model,
                Prompts.Text(PromptWords, round.Seed(streams, index)),
                tokens,
                round.Options.Banned,
                round.Options.Penalty)).ToArray();
            Streams.Run(connections, requests);
            for (var index = 0; index < streams; index++)
                round.Check(index, connections[index], tokens);

            var time = Stopwatch.GetElapsedTime(connections.Min(one => one.SentAt), connections.Max(one => one.EndedAt));
            return (streams * tokens / time.TotalSeconds, connections.Max(one => one.Total) / connections.Min(one => one.Total));
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }

    /// <summary>The server first has some tokens of time to notice its neighbour.</summary>
    private static double[] BesideHog(Subject subject, Round round)
    {
        using var hog = ServerProcess.Start("/dev/null", "sh", ["-c", "while :; do :; done"]);
        var tokens = round.Options.Scale.Hog;
        var model = subject.Endpoints[0].Model;
        var rates = new[] { NoticeTokens, tokens }.Select((count, index) =>
        {
            using var connection = subject.Connect();
            connection.Ask(
                Requests.Completion(
                    model, Prompts.Text(PromptWords, round.Seed(50, index)), count, round.Options.Banned, round.Options.Penalty));
            round.Check(index, connection, count);
            return count / connection.Total.TotalSeconds;
        }).ToArray();
        return [rates[1]];
    }
}
