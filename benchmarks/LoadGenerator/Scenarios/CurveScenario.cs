using System.Diagnostics;
using ModelOps.LoadGenerator.Measuring;
using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>
/// Few and many streams of one server: prompts that arrive together, and tokens of all over the time from the first request to the last
/// token.
/// </summary>
internal static class CurveScenario
{
    internal const string Name = "curve";

    private const int Slots = 16;
    private const int PromptTokens = 35;

    private static readonly (int Streams, double Bar)[] s_counts = [(1, 1.0), (2, 1.15), (4, 1.15), (6, 1.15), (8, 1.05), (16, 1.0)];

    /// <summary>Counts of streams, in the order of the figures.</summary>
    internal static IEnumerable<int> Counts => s_counts.Select(count => count.Streams);

    internal static Scenario Scenario { get; } = new(
        Name, $"1 to {Slots} streams on {Slots} slots",
        [
            .. s_counts.Select(count => new Figure($"{count.Streams}", "tok/s", new Bar.RatioAtLeast(count.Bar))),
            .. s_counts.Select(count => new Figure($"{count.Streams}, longest gap over mean", "", new Bar.AtMost(3, ""))),
        ],
        Scenario.Both(new Setup(Slots, 1024)),
        (subject, round) =>
        {
            var points = s_counts.Select(count => Run(subject, round, count.Streams)).ToArray();
            return [.. points.Select(point => point.Rate), .. points.Select(point => point.Gap)];
        });

    private static (double Rate, double Gap) Run(Subject subject, Round round, int streams)
    {
        var (model, tokens) = (subject.Endpoints[0].Model, round.Options.Scale.Tokens);
        var prompts = Enumerable.Range(0, streams)
            .Select(index => Prompts.OfTokens(PromptTokens, round.Seed(streams, index), subject, round.Options)).ToArray();
        var connections = prompts.Select(_ => subject.Connect()).ToArray();
        try
        {
            Streams.Run(
                connections,
                [.. prompts.Select(prompt => Requests.Completion(model, prompt, tokens, round.Options.Banned, round.Options.Penalty))]);
            for (var index = 0; index < streams; index++)
                round.Check((streams * Slots) + index, connections[index], tokens);
            var time = Stopwatch.GetElapsedTime(connections.Min(one => one.SentAt), connections.Max(one => one.EndedAt));
            return (streams * tokens / time.TotalSeconds, connections.Max(one => one.LongestGap / ((one.Total - one.FirstText) / (tokens - 1))));
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }
}
