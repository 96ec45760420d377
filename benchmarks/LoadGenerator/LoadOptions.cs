using System.Globalization;

namespace ModelOps.LoadGenerator;

/// <summary>What to measure.</summary>
internal sealed record LoadOptions
{
    internal const string Help = """
        Usage: LoadGenerator --modelops EXECUTABLE --peer LLAMA-SERVER --model FILE.gguf [options]

        Starts each server on a free loopback port when a scenario needs it, sends the same requests to both in
        interleaved rounds, and prints medians and ratios as a Markdown table. End other work on the machine first.

          --modelops FILE    native modelops executable
          --peer FILE        llama-server of the same engine release
          --model FILE       weights for both
          --ban ID           token that must not be generated (end of turn); repeat for several
          --rounds N         rounds of each scenario (5)
          --tokens N         tokens of a decode (128)
          --prefix N         tokens of the shared new prefix, about (1500)
          --threads N        threads of the peer (number of cores)
          --scenario NAME    only this one; repeat for several
          --output FILE      append the report to a file

        Scenarios: 
        """;

    internal required string ModelOps { get; init; }

    internal required string Peer { get; init; }

    internal required string Model { get; init; }

    internal IReadOnlyList<int> Banned { get; init; } = [];

    internal int Rounds { get; init; } = 5;

    internal int Tokens { get; init; } = 128;

    internal int Prefix { get; init; } = 1500;

    internal int Threads { get; init; } = Environment.ProcessorCount;

    internal IReadOnlyList<string> Scenarios { get; init; } = [];

    internal string? Output { get; init; }

    internal static LoadOptions Parse(string[] args)
    {
        var values = args.Chunk(2).ToLookup(
            pair => pair[0],
            pair => pair.Length == 2 ? pair[1] : throw new FormatException($"{pair[0]} needs a value\n{Help}"));
        string One(string name) => values[name].LastOrDefault() ?? throw new FormatException($"{name} is missing\n{Help}");
        int Number(string name, int otherwise) => values[name].LastOrDefault() is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        return new LoadOptions
        {
            ModelOps = Path.GetFullPath(One("--modelops")),
            Peer = Path.GetFullPath(One("--peer")),
            Model = Path.GetFullPath(One("--model")),
            Banned = [.. values["--ban"].Select(id => int.Parse(id, CultureInfo.InvariantCulture))],
            Rounds = Number("--rounds", 5),
            Tokens = Number("--tokens", 128),
            Prefix = Number("--prefix", 1500),
            Threads = Number("--threads", Environment.ProcessorCount),
            Scenarios = [.. values["--scenario"]],
            Output = values["--output"].LastOrDefault(),
        };
    }
}
