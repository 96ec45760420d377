using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Measuring;

/// <summary>One round of a scenario: both sides get the same requests, and their answers are compared.</summary>
/// <param name="Options">What to measure.</param>
/// <param name="Workshop">Folder of the run.</param>
/// <param name="Number">From 0; -1 is the round that warms.</param>
internal sealed record Round(LoadOptions Options, Workshop Workshop, int Number)
{
    private readonly Dictionary<int, (string Server, Answer Answer)> _first = [];

    /// <summary>For each prompt that both sides answered: the share of the answer until they differ, 1 when they never do.</summary>
    internal List<double> InCommon { get; } = [];

    /// <summary>A number for prompts that no other round, scenario or stream has.</summary>
    internal int Seed(int scenario, int index = 0) => (scenario * 100_000) + ((Number + 1) * 1000) + index;

    /// <summary>Reads the answer to a request that has this number in the round, and holds it against the other side's.</summary>
    /// <exception cref="LoadException">The sides counted other prompts.</exception>
    internal Answer Check(int number, Connection connection, int tokens)
    {
        var answer = Answer.Read(connection, tokens);
        if (_first.TryAdd(number, (connection.Server, answer)))
            return answer;
        var (server, other) = _first[number];
        if (other.PromptTokens != answer.PromptTokens)
            throw new LoadException($"{server} counts {other.PromptTokens} tokens of a prompt, {connection.Server} {answer.PromptTokens}");
        if (answer.Text.Length > 0)
            InCommon.Add((double)answer.Text.AsSpan().CommonPrefixLength(other.Text) / Math.Max(answer.Text.Length, other.Text.Length));
        return answer;
    }
}
