using System.Diagnostics;
using System.Net.Sockets;
using ModelOps.LoadGenerator.Measuring;
using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>What serving holds: memory, processor time, connections.</summary>
internal static class ResourceScenarios
{
    private const int Connections = 1000;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    internal static IEnumerable<Scenario> All { get; } =
    [
        new("memory-1", "one model, 4 slots", [new("anonymous memory", "MB", new Bar.None()), new("and the weights", "MB", new Bar.None())],
            Scenario.Both(new Setup(4, 1024)), Memory) { MostRounds = 3 },
        new("memory-5", "five models on one file, 4 slots each",
            [new("anonymous memory", "MB", new Bar.None()), new("and the weights once", "MB", new Bar.RatioAtMost(0.35))],
            Scenario.Both(new Setup(4, 1024) { Models = 5 }), Memory) { MostRounds = 3 },
        new("idle", "two models loaded, no request", [new("processor time", "% of a core", new Bar.AtMost(0.2, "%"))],
            Scenario.Both(new Setup(4, 1024) { Models = 2 }), IdleTimes) { MostRounds = 3 },
        new("connections", "1000 idle connections",
            [
                new("refused or lost", "", new Bar.AtMost(0, "")), new("anonymous memory of each", "KB", new Bar.AtMost(32, "KB")),
                new("list of models on another connection, p99", "ms", new Bar.RatioAtMost(1)),
            ],
            Scenario.Both(new Setup(4, 1024)), HeldConnections) { MostRounds = 3 },
    ];

    /// <summary>Every model answers to a prompt that fills the engine's buffers first: what was never touched is not in memory.</summary>
    internal static void Touch(Subject subject, Round round)
    {
        for (var model = 0; model < subject.Endpoints.Count; model++)
        {
            using var connection = subject.Connect(model);
            var prompt = Prompts.OfTokens(600, round.Seed(90, model), subject, round.Options);
            connection.Ask(Requests.Completion(subject.Endpoints[model].Model, prompt, 8, round.Options.Banned, round.Options.Penalty));
            Answer.Read(connection, 8);
        }
    }

    private static double[] Memory(Subject subject, Round round)
    {
        Touch(subject, round);
        var anonymous = subject.AnonymousBytes();
        return [anonymous / 1e6, (anonymous + new FileInfo(round.Options.Model).Length) / 1e6];
    }

    private static double[] IdleTimes(Subject subject, Round round)
    {
        for (var model = 0; model < subject.Endpoints.Count; model++)
        {
            using var connection = subject.Connect(model);
            connection.Ask(
                Requests.Completion(
                    subject.Endpoints[model].Model, Prompts.Text(4, round.Seed(91, model)), 8, round.Options.Banned,
                    round.Options.Penalty));
        }

        Idle.Wait([subject]);
        var (before, clock) = (subject.ProcessorTime(), Stopwatch.StartNew());
        Thread.Sleep(IdleTime);
        return [(subject.ProcessorTime() - before) / clock.Elapsed * 100];
    }

    /// <summary>Each connection has had one reply, and is then held open; after that every one of them must still answer.</summary>
    private static double[] HeldConnections(Subject subject, Round round)
    {
        var request = Requests.Get("/v1/models");
        var held = Enumerable.Range(0, Connections).Select(_ => subject.Connect()).ToArray();
        try
        {
            var lost = held.Count(connection => !Answers(connection, request));
            var each = (subject.AnonymousBytes() - subject.AnonymousAtStart) / Connections / 1024;
            var times = new List<double>();
            for (var repeat = 0; repeat < 100; repeat++)
            {
                using var connection = subject.Connect();
                if (Answers(connection, request))
                    times.Add(connection.Total.TotalMilliseconds);
                else
                    lost++;
            }

            lost += held.Count(connection => !connection.IsOpen);
            return [lost, each, Statistics.Percentile(times, 99)];
        }
        finally
        {
            Array.ForEach(held, connection => connection.Dispose());
        }
    }

    private static bool Answers(Connection connection, byte[] request)
    {
        try
        {
            connection.Ask(request);
            return true;
        }
        catch (Exception error) when (error is SocketException or LoadException)
        {
            return false;
        }
    }
}
