using System.Diagnostics;
using System.Globalization;
using ModelOps.LoadGenerator.Servers;

namespace ModelOps.LoadGenerator.Measuring;

/// <summary>Runs scenarios: both sides stay up for the rounds of one, and take turns in being asked first.</summary>
internal sealed class Runner(LoadOptions options, Workshop workshop, TextWriter log)
{
    internal List<Result> Results { get; } = [];

    /// <summary>Scenarios that broke off, with the reason.</summary>
    internal List<string> Failures { get; } = [];

    /// <summary>For each prompt that both sides answered: the share of the answer until they differ.</summary>
    internal List<double> InCommon { get; } = [];

    /// <summary>The most of a core that a side took while the other one was measured.</summary>
    internal double BusiestIdle { get; private set; }

    /// <summary>The most of a core that this program took in a measurement.</summary>
    internal double BusiestClient { get; private set; }

    internal void Measure(Scenario scenario)
    {
        log.WriteLine($"{scenario.Name}: {scenario.Description}");
        var sides = scenario.Start(options, workshop);
        try
        {
            var samples = sides.Select(_ => new List<double[]>()).ToArray();
            var rounds = Math.Min(options.Rounds, scenario.MostRounds);
            var before = InCommon.Count;
            for (var number = scenario.Warms ? -1 : 0; number < rounds; number++)
            {
                var round = new Round(options, workshop, number);
                foreach (var index in Enumerable.Range(0, sides.Count).OrderBy(index => number % 2 == 0 ? index : -index))
                {
                    var values = Measure(scenario, sides, index, round);
                    if (number >= 0)
                        samples[index].Add(values);
                    Tell(scenario, round, sides[index], values);
                }

                InCommon.AddRange(round.InCommon);
            }

            // Two tokens may be as likely as each other, and two builds of the engine add in another order; but not in every answer.
            if (InCommon.Count > before && InCommon.Skip(before).All(share => share == 0))
                throw new LoadException("no two answers to one prompt begin alike");

            for (var figure = 0; figure < scenario.Figures.Length; figure++)
            {
                Results.Add(new Result(
                    scenario, scenario.Figures[figure], sides.Count > 1 ? sides[1].Name : "",
                    [.. samples[0].Select(values => values[figure])],
                    sides.Count > 1 ? [.. samples[1].Select(values => values[figure])] : []));
            }
        }
        finally
        {
            foreach (var side in sides)
                side.Dispose();
        }
    }

    private double[] Measure(Scenario scenario, IReadOnlyList<Subject> sides, int index, Round round)
    {
        GC.Collect();
        Idle.Wait(sides);
        var idle = sides.Where((_, side) => side != index).ToArray();
        var before = idle.Select(side => side.ProcessorTime()).ToArray();
        var (client, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var values = scenario.Measure(sides[index], round);
        var elapsed = clock.Elapsed;
        if (round.Number >= 0)
        {
            BusiestClient = Math.Max(BusiestClient, (Environment.CpuUsage.TotalTime - client) / elapsed);
            BusiestIdle = idle.Zip(before).Select(pair => (pair.First.ProcessorTime() - pair.Second) / elapsed).Append(BusiestIdle).Max();
        }

        return values;
    }

    private void Tell(Scenario scenario, Round round, Subject side, double[] values)
    {
        var told = scenario.Figures
            .Zip(values)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.First.Name} {pair.Second:F3} {pair.First.Unit}").Trim());
        log.WriteLine($"  {(round.Number < 0 ? "warming" : $"round {round.Number + 1}")}, {side.Name}: {string.Join(", ", told)}");
    }
}
