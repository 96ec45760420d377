using System.Globalization;

namespace ModelOps.LoadGenerator;

/// <summary>What to measure, and how long.</summary>
internal sealed record LoadOptions
{
    /// <summary>llama-server: as many slots as ours, the same context for each, other settings as it has them.</summary>
    private const string LlamaServer = " --host 127.0.0.1 --port {port} -m {model} -np {slots} -c {total} -t {threads} --no-warmup";

    internal const string Help = """
        Usage: LoadGenerator --modelops EXECUTABLE --peer LLAMA-SERVER --model FILE.gguf [options]

        Starts ModelOps and another OpenAI-compatible server on the same weights, sends both the same requests in
        interleaved rounds (ours first, then the peer first), and prints medians, ratios, bars and every sample.
        The first round warms both and is not counted. A measurement begins when all servers are idle. A short or
        wrong answer ends the run with an error. End other work on the machine first. Linux only.

          --modelops FILE       native modelops executable
          --peer FILE           llama-server of the same engine release
          --peer-command LINE   another server instead: a command with {port} {model} {slots} {context} {total} {threads};
                                {context} is that of a slot, {total} that of all slots. It is not asked to swap models.
          --peer-ready PATH     path of the peer that answers 200 when it is ready (/health)
          --model FILE          weights for both
          --scenario A,B        only these (see below); repeatable
          --rounds N            rounds that count (7; scenarios that hardly vary take fewer)
          --tokens N            tokens of a decode (by the size of the model: 512, or 96 from 100 MB on)
          --prefix N            tokens of a shared new prefix (1500, or 512)
          --threads N           threads of both servers (number of cores)
          --ban ID              further token that must not be generated; repeatable. What ends an answer by the model's
                                own metadata is forbidden anyhow; --ban none forbids nothing
          --penalty X           frequency_penalty of all requests (0): an answer of ours ends when one token repeats
          --markdown FILE       append the report to a file
          --svg FILE            write the medians of the scenario 'curve' as a picture
          --keep                keep the folder with repositories and logs

        Exit code: 0 all was measured; 1 a server failed or gave a wrong answer; 2 a bar was missed; 3 wrong usage.

        Scenarios:

        """;

    internal required string ModelOps { get; init; }

    /// <summary>llama-server, or null with another peer.</summary>
    internal string? Peer { get; init; }

    internal required string PeerCommand { get; init; }

    internal required string PeerName { get; init; }

    internal required string PeerReady { get; init; }

    internal required string Model { get; init; }

    internal required IReadOnlyList<int> Banned { get; init; }

    internal required Scale Scale { get; init; }

    internal int Rounds { get; init; } = 7;

    internal int Threads { get; init; } = Environment.ProcessorCount;

    internal double Penalty { get; init; }

    internal IReadOnlyList<string> Scenarios { get; init; } = [];

    internal string? Markdown { get; init; }

    internal string? Svg { get; init; }

    internal bool Keep { get; init; }

    /// <exception cref="FormatException">Something is missing, unknown or no number.</exception>
    internal static LoadOptions Parse(string[] args)
    {
        var values = Pairs(args).ToLookup(pair => pair.Name, pair => pair.Value);
        string? Last(string name) => values[name].LastOrDefault();
        string Existing(string name) =>
            Last(name) is { } file && File.Exists(file)
                ? Path.GetFullPath(file)
                : throw new FormatException($"{name} FILE is missing or does not exist");
        int Number(string name, int otherwise) => Last(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        var model = Existing("--model");
        var scale = Scale.Of(new FileInfo(model).Length);
        var peer = Last("--peer-command") is null ? Existing("--peer") : null;
        var command = Last("--peer-command") ?? peer + LlamaServer;
        return new LoadOptions
        {
            ModelOps = Existing("--modelops"),
            Peer = peer,
            PeerCommand = command,
            PeerName = Path.GetFileName(command.Split(' ')[0]),
            PeerReady = Last("--peer-ready") ?? "/health",
            Model = model,
            Banned = values["--ban"].Contains("none")
                ? []
                : [.. EndTokens.Of(model).Union(values["--ban"].Select(id => int.Parse(id, CultureInfo.InvariantCulture)))],
            Scale = scale with { Tokens = Number("--tokens", scale.Tokens), Prefix = Number("--prefix", scale.Prefix) },
            Rounds = Number("--rounds", 7),
            Threads = Number("--threads", Environment.ProcessorCount),
            Penalty = Last("--penalty") is { } penalty ? double.Parse(penalty, CultureInfo.InvariantCulture) : 0,
            Scenarios = [.. values["--scenario"].SelectMany(names => names.Split(',', StringSplitOptions.RemoveEmptyEntries))],
            Markdown = Last("--markdown"),
            Svg = Last("--svg"),
            Keep = values.Contains("--keep"),
        };
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string[] args)
    {
        string[] known =
        [
            "--modelops",
            "--peer",
            "--peer-command",
            "--peer-ready",
            "--model",
            "--scenario",
            "--rounds",
            "--tokens",
            "--prefix",
            "--threads",
            "--ban", "--penalty", "--markdown", "--svg",
        ];
        for (var index = 0; index < args.Length; index++)
        {
            var name = args[index];
            if (name == "--keep")
                yield return (name, "");
            else if (!known.Contains(name, StringComparer.Ordinal))
                throw new FormatException($"unknown option {name}");
            else if (++index == args.Length)
                throw new FormatException($"{name} needs a value");
            else
                yield return (name, args[index]);
        }
    }
}
