using ModelOps.LoadGenerator.Measuring;
using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>How long one waits: for the first token, for a reply of one token, for another model.</summary>
internal static class LatencyScenarios
{
    private const int Together = 8;
    private const int FewTokens = 4;

    internal static IEnumerable<Scenario> All { get; } =
    [
        new("first-token", "time to the first token",
            [new("new prompt", "ms", new Bar.RatioAtMost(1.02)), new("the same prompt and 12 words more", "ms", new Bar.RatioAtMost(1.05))],
            Scenario.Both(new Setup(1, 2048)), FirstToken),
        new("prefix-8", "8 requests at once on one new prefix", [new("slowest first token", "ms", new Bar.RatioAtMost(0.25))],
            Scenario.Both(new Setup(Together, 2048)), Prefix),
        new("turns", "three chats in turn on one slot", [new("first token of a later turn", "ms", new Bar.RatioAtMost(1.05))],
            Scenario.Both(new Setup(1, 2048) { Aside = 3 * 2048 }), Turns),
        new("one-token", "reply of one token to a known prompt",
            [
                new("overhead over the engine's time, p50", "ms", new Bar.AtMost(0.3, "ms")),
                new("overhead over the engine's time, p99", "ms", new Bar.AtMost(1, "ms")),
                new("whole, p50", "ms", new Bar.None()),
            ],
            Scenario.Both(new Setup(1, 2048)), OneToken),
        new("swap", "request for a model while the other one is loaded, room for one", [new("first token", "ms", new Bar.RatioAtMost(0.6))],
            Scenario.Both(new Setup(1, 2048) { Swaps = true }), Swap),
    ];

    private static double[] FirstToken(Subject subject, Round round)
    {
        var (options, model) = (round.Options, subject.Endpoints[0].Model);
        var cold = new List<double>();
        var warm = new List<double>();
        for (var repeat = 0; repeat < options.Scale.Repeats; repeat++)
        {
            var prompt = Prompts.Text(options.Scale.ColdWords, round.Seed(60, repeat));
            foreach (var (text, times) in new[] { (prompt, cold), ($"{prompt} {Prompts.Text(12, round.Seed(61, repeat))}", warm) })
            {
                using var connection = subject.Connect();
                connection.Ask(Requests.Completion(model, text, FewTokens, options.Banned, options.Penalty));
                round.Check((repeat * 2) + (times == warm ? 1 : 0), connection, FewTokens);
                times.Add(connection.FirstText.TotalMilliseconds);
            }
        }

        return [Statistics.Median(cold), Statistics.Median(warm)];
    }

    private static double[] Prefix(Subject subject, Round round)
    {
        var options = round.Options;
        var prefix = Prompts.OfTokens(options.Scale.Prefix, round.Seed(70), subject, options);
        var connections = Enumerable.Range(0, Together).Select(_ => subject.Connect()).ToArray();
        try
        {
            Streams.Run(connections, [.. connections.Select((_, index) => Requests.Completion(
                subject.Endpoints[0].Model,
                $"{prefix} {Prompts.Text(8, round.Seed(71, index))}",
                FewTokens,
                options.Banned,
                options.Penalty))]);
            for (var index = 0; index < Together; index++)
            {
                var counted = round.Check(index, connections[index], FewTokens).PromptTokens;
                if (counted < options.Scale.Prefix || counted > options.Scale.Prefix * 1.2)
                    throw new LoadException($"the prompts have {counted} tokens instead of {options.Scale.Prefix} and a few more");
            }

            return [connections.Max(connection => connection.FirstText.TotalMilliseconds)];
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }

    /// <summary>Each chat is begun once; then each goes on with a few more words, after the other two had the slot.</summary>
    private static double[] Turns(Subject subject, Round round)
    {
        var chats = Enumerable.Range(0, 3).Select(chat => Prompts.Text(round.Options.Scale.ColdWords, round.Seed(62, chat))).ToArray();
        var times = new List<double>();
        for (var turn = 0; turn < 4; turn++)
        {
            for (var chat = 0; chat < chats.Length; chat++)
            {
                using var connection = subject.Connect();
                connection.Ask(
                    Requests.Completion(subject.Endpoints[0].Model, chats[chat], FewTokens, round.Options.Banned, round.Options.Penalty));
                round.Check((turn * chats.Length) + chat, connection, FewTokens);
                chats[chat] += $" {Prompts.Text(4, round.Seed(63, (turn * chats.Length) + chat))}";
                if (turn > 0)
                    times.Add(connection.FirstText.TotalMilliseconds);
            }
        }

        return [Statistics.Median(times)];
    }

    /// <summary>Overhead in milliseconds, p50 and p99, and the whole reply, p50.</summary>
    internal static double[] OneToken(Subject subject, Round round)
    {
        var request = subject.OneToken(Prompts.Text(2, 1));
        using var connection = subject.Connect();
        var whole = new List<double>();
        var overhead = new List<double>();
        for (var repeat = -10; repeat < round.Options.Scale.OneToken; repeat++)
        {
            var reply = connection.Ask(request);
            if (repeat < 0)
                continue;
            whole.Add(connection.Total.TotalMilliseconds);
            if (subject.EngineTime(reply) is { } engine)
                overhead.Add((connection.Total - engine).TotalMilliseconds);
        }

        return [Statistics.Median(overhead), Statistics.Percentile(overhead, 99), Statistics.Median(whole)];
    }

    /// <summary>There and back. Nothing is measured while the other model is still there.</summary>
    private static double[] Swap(Subject subject, Round round)
    {
        var times = new List<double>();
        for (var model = 1; model >= 0; model--)
        {
            using var connection = subject.Connect(model);
            connection.Ask(Requests.Completion(
                subject.Endpoints[model].Model,
                Prompts.Text(4, round.Seed(80, model)),
                FewTokens,
                round.Options.Banned,
                round.Options.Penalty));
            round.Check(model, connection, FewTokens);
            times.Add(connection.FirstText.TotalMilliseconds);
            Idle.Wait([subject]);
            if (subject.Tree().Count != 2)
                throw new LoadException(
                    $"{subject.Name} has {subject.Tree().Count} processes after a swap instead of a server and one model");
        }

        return [times.Average()];
    }
}
