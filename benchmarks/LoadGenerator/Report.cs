using System.Globalization;
using System.Text;

namespace ModelOps.LoadGenerator;

/// <summary>Runs scenarios on both servers and keeps every sample.</summary>
internal sealed class Report(LoadOptions options)
{
    private readonly List<string> _rows = [];
    private readonly List<string> _samples = [];

    /// <summary>Both servers stay up for the rounds of one scenario; each round asks one, then the other, in turns.</summary>
    internal async Task MeasureAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine($"{scenario.Name}: {scenario.Description}");
        var ours = new List<double>();
        var peers = new List<double>();
        await using (var modelops = await Server.StartModelOpsAsync(options, scenario.Slots, scenario.Context, cancellationToken, scenario.Models))
        await using (var peer = await Server.StartPeerAsync(options, scenario.Slots, scenario.Context, cancellationToken))
        {
            for (var round = -1; round < options.Rounds; round++)
            {
                // The first round warms both and is not counted. Who goes first changes every round.
                foreach (var server in round % 2 == 0 ? new[] { modelops, peer } : [peer, modelops])
                {
                    var value = await scenario.Measure(server, options, round, cancellationToken);
                    if (server == peer && scenario.Models > 1)
                        value *= scenario.Models;
                    if (round >= 0)
                        (server == modelops ? ours : peers).Add(value);
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  round {round + 1} {server.Name}: {value:F2} {scenario.Unit}"));
                }
            }
        }

        var (our, other) = (Scenarios.Median(ours), Scenarios.Median(peers));
        var ratio = other == 0 ? double.NaN : our / other;
        var reached = scenario.HigherIsBetter ? ratio >= scenario.Bar : ratio <= scenario.Bar;
        var sign = scenario.HigherIsBetter ? "≥" : "≤";
        _rows.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"| {scenario.Description} | {our:F2} | {other:F2} | {scenario.Unit} | {ratio:F3} | {sign} {scenario.Bar} | {(reached ? "yes" : "**no**")} |"));
        _samples.Add($"{scenario.Name}: modelops {Join(ours)}; llama-server {Join(peers)} {scenario.Unit}");
    }

    internal string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n{Path.GetFileName(options.Model)}, {Environment.ProcessorCount} cores, {options.Rounds} rounds, {options.Tokens} tokens\n\n");
        text.Append("| scenario | modelops | llama-server | unit | ratio | bar | reached |\n|---|---|---|---|---|---|---|\n");
        foreach (var row in _rows)
            text.Append(row).Append('\n');
        text.Append("\nSamples, in order of the rounds:\n\n");
        foreach (var line in _samples)
            text.Append("- ").Append(line).Append('\n');
        return text.ToString();
    }

    private static string Join(IEnumerable<double> values) =>
        string.Join(' ', values.Select(value => value.ToString("F2", CultureInfo.InvariantCulture)));
}
