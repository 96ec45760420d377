using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.LoadGenerator.Measuring;
using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>Ours alone: what a commit takes, and what it does to those who are being served.</summary>
internal static class ChangeScenarios
{
    private const int Updates = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static IEnumerable<Scenario> All { get; } =
    [
        new("commit", "a commit with a push hook, visible to in force",
            [
                new("SYSTEM", "ms", new Bar.AtMost(1000, "ms")), new("parameters", "ms", new Bar.AtMost(1000, "ms")),
                new("TEMPLATE", "ms", new Bar.AtMost(1000, "ms")),
            ],
            (options, workshop) => [GitServer.Start(options, workshop, Modelfile(0, 0, 0))], Commits),
        new("updates", $"{Updates} updates of the weights under 4 streams",
            [
                new("failed, truncated or mixed", "", new Bar.AtMost(0, "")), new("answers", "", new Bar.None()),
                new("an update, visible to in force, p50", "ms", new Bar.None()), new("a whole answer, p99", "ms", new Bar.None()),
                new("without updates", "ms", new Bar.None()),
            ],
            (options, workshop) => [GitServer.Start(options, workshop, Speaking(0))], UpdateUnderLoad) { MostRounds = 1, Warms = false },
    ];

    private static string Modelfile(int system, int parameter, int template) => $$$"""
        FROM weights0.gguf
        SYSTEM Rules {{{system}}}.
        PARAMETER temperature 0.{{{parameter + 10}}}
        TEMPLATE Form {{{template}}}: {{ .System }} {{ .Prompt }}

        """;

    /// <summary>Two builds that answer differently, on weights that differ in one byte.</summary>
    private static string Speaking(int build) => $"""
        FROM weights{build}.gguf
        PARAMETER temperature 0
        SYSTEM {(build == 0 ? "You are a helpful assistant." : "You always answer in capital letters.")}

        """;

    private static double[] Commits(Subject subject, Round round)
    {
        var server = (GitServer)subject;
        var workers = server.Workers;
        var (last, next) = (round.Number + 1, round.Number + 2);
        (string Modelfile, string Expected)[] changes =
        [
            (Modelfile(next, last, last), $"Form {last}: Rules {next}. Hello"),
            (Modelfile(next, next, last), $"Form {last}: Rules {next}. Hello"),
            (Modelfile(next, next, next), $"Form {next}: Rules {next}. Hello"),
        ];
        var times = changes.Select(change =>
        {
            var (commit, visible) = server.Push(change.Modelfile);
            WaitServed(server, commit);
            var elapsed = Stopwatch.GetElapsedTime(visible).TotalMilliseconds;
            if (Rendered(server) is var prompt && prompt != change.Expected)
                throw new LoadException($"in force is '{prompt}' instead of '{change.Expected}'");
            server.WaitApplied(commit);
            return elapsed;
        }).ToArray();
        return workers.SequenceEqual(server.Workers)
            ? times
            : throw new LoadException("a change without other weights started another worker");
    }

    /// <summary>Asks until a reply says that it is by the commit.</summary>
    private static void WaitServed(GitServer server, string commit)
    {
        using var connection = server.Connect();
        var request = server.OneToken("Hello");
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; Thread.Sleep(1))
        {
            if (Encoding.ASCII.GetString(connection.Ask(request).Value("x-modelops-revision"u8)) == commit)
                return;
        }

        throw new LoadException($"no reply is by {commit} after {Patience.TotalSeconds:F0} s");
    }

    private static string Rendered(GitServer server)
    {
        using var connection = server.Connect();
        var reply = connection.Ask(Requests.Post("/api/generate", new JsonObject
        {
            ["model"] = "model0", ["prompt"] = "Hello", ["stream"] = false, ["_debug_render_only"] = true,
        }));
        return (string?)JsonNode.Parse(Encoding.UTF8.GetString(reply.Body))?["_debug_info"]?["rendered_template"] ?? "";
    }

    private static double[] UpdateUnderLoad(Subject subject, Round round)
    {
        if (!round.Options.Scale.IsSmall)
            throw new LoadException("updates under load are measured with a small model that follows its system prompt");
        var server = (GitServer)subject;
        var expected = new Dictionary<string, string>();
        foreach (var build in new[] { 1, 0 })
        {
            server.WaitApplied(server.Push(Speaking(build)).Commit);
            var answer = ChatLoad.Ask(server);
            expected[answer.Build] = answer.Text;
        }

        if (expected.Count != 2 || expected.Values.Distinct().Count() != 2)
            throw new LoadException($"the two builds answer alike: {string.Join(" / ", expected.Values)}");
        using var steady = new ChatLoad(server, expected);
        Thread.Sleep(TimeSpan.FromSeconds(3));
        var quiet = steady.Stop();
        using var load = new ChatLoad(server, expected);
        var times = new List<double>();
        for (var update = 1; update <= Updates; update++)
        {
            var (commit, visible) = server.Push(Speaking(update % 2));
            server.WaitApplied(commit);
            times.Add(Stopwatch.GetElapsedTime(visible).TotalMilliseconds);
        }

        var answers = load.Stop();
        return [
            load.Bad + steady.Bad, answers.Count, Statistics.Median(times), Statistics.Percentile(answers, 99),
            Statistics.Percentile(quiet, 99),
        ];
    }
}
