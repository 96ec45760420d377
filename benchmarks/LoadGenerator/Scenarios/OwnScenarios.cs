using System.Diagnostics;
using System.Globalization;
using System.Text;
using ModelOps.LoadGenerator.Measuring;
using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>Ours alone: what our own processes cost.</summary>
internal static class OwnScenarios
{
    private const int Runs = 20;
    private const int Decodes = 4;
    private static readonly Setup s_oneThread = new(1, 2048) { Threads = 1 };

    internal static IEnumerable<Scenario> All { get; } =
    [
        new("commands", "a command as a process",
            [
                new("modelops --version", "ms", new Bar.AtMost(20, "ms")), new("modelops list", "ms", new Bar.AtMost(25, "ms")),
                new("modelops lint of one file", "ms", new Bar.AtMost(40, "ms")), new("true, to compare", "ms", new Bar.None()),
            ],
            Scenario.Ours(new Setup(1, 2048)), Commands),
        new("footprint", "resident memory",
            [
                new("daemon without a model", "MB", new Bar.AtMost(30, "MB")), new("of it anonymous", "MB", new Bar.None()),
                new("worker beyond what the engine holds", "MB", new Bar.AtMost(25, "MB")), new("worker", "MB", new Bar.None()),
                new("worker, anonymous", "MB", new Bar.None()),
            ],
            Scenario.Ours(new Setup(4, 1024) { OnDemand = true }), Footprint) { MostRounds = 1, Warms = false },
        new("border", "worker process, against the engine in the daemon, one thread",
            [
                new("reply of one token, p50", "µs", new Bar.MoreAtMost(200, "µs")),
                new("processor time of a batch step", "µs", new Bar.MoreAtMost(20, "µs")),
            ],
            (options, workshop) =>
                [
                    ModelOpsServer.Start(options, workshop, s_oneThread),
                    ModelOpsServer.Start(options, workshop, s_oneThread with { InProcess = true }),
                ],
            Border),
    ];

    /// <summary>The mean of some runs in a shell's loop, as a hook would run them.</summary>
    private static double[] Commands(Subject subject, Round round)
    {
        var modelfile = round.Workshop.Combine("Modelfile");
        File.WriteAllText(
            modelfile,
            "FROM llama3.2:3b-instruct-q4_K_M\nPARAMETER temperature 0.7\nSYSTEM \"\"\"\nYou are a careful assistant.\n\"\"\"\n");
        string[][] commands =
        [
            [round.Options.ModelOps, "--version"], [round.Options.ModelOps, "list", "--host", $"127.0.0.1:{subject.Endpoints[0].Port}"],
            [round.Options.ModelOps, "lint", modelfile], ["/bin/true"],
        ];
        return [.. commands.Select(command =>
        {
            var clock = Stopwatch.StartNew();
            using var shell = Process.Start(
                "sh", ["-c", $"n=0; while [ $n -lt {Runs} ]; do \"$@\" >/dev/null 2>&1 || exit 1; n=$((n+1)); done", "sh", .. command]);
            shell.WaitForExit();
            return shell.ExitCode == 0
                ? clock.Elapsed.TotalMilliseconds / Runs
                : throw new LoadException($"{string.Join(' ', command)} failed");
        })];
    }

    private static double[] Footprint(Subject subject, Round round)
    {
        var daemon = ((ModelOpsServer)subject).Daemon;
        if (subject.Tree().Count != 1)
            throw new LoadException("something is loaded before anybody asks");
        var (resident, anonymous) = (Resident(daemon), subject.AnonymousBytes());
        ResourceScenarios.Touch(subject, round);
        var worker = subject.Tree().Skip(1).Single();
        using var connection = subject.Connect();
        var metrics = Encoding.UTF8.GetString(connection.Ask(Requests.Get("/metrics")).Body);
        var engine = double.Parse(
            metrics.Split('\n').First(line => line.StartsWith("modelops_loaded_bytes{", StringComparison.Ordinal)).Split(' ')[^1],
            CultureInfo.InvariantCulture);
        var total = Resident(worker);
        return [
            resident / 1e6,
            anonymous / 1e6,
            (total - engine) / 1e6,
            total / 1e6,
            ProcFile.Number(worker, "smaps_rollup", "Anonymous:") * 1024 / 1e6,
        ];
    }

    private static double Resident(int process) => ProcFile.Number(process, "status", "VmRSS:") * 1024.0;

    private static double[] Border(Subject subject, Round round)
    {
        var whole = LatencyScenarios.OneToken(subject, round)[^1];
        var tokens = round.Options.Scale.Tokens;
        var request = Requests.Completion(
            subject.Endpoints[0].Model, Prompts.Text(4, 7), tokens, round.Options.Banned, round.Options.Penalty, stream: false);
        using var connection = subject.Connect();
        var before = subject.ProcessorTime();
        for (var repeat = 0; repeat < Decodes; repeat++)
        {
            var told = Answer.Number(connection.Ask(request).Body, "\"completion_tokens\""u8);
            if (told != tokens)
                throw new LoadException($"{subject.Name} gave {told} of {tokens} tokens");
        }

        return [whole * 1000, (subject.ProcessorTime() - before).TotalMicroseconds / (Decodes * tokens)];
    }
}
