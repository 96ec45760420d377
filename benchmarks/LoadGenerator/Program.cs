using System.Net.Sockets;
using System.Text.Json;
using ModelOps.LoadGenerator;
using ModelOps.LoadGenerator.Access;
using ModelOps.LoadGenerator.Measuring;
using ModelOps.LoadGenerator.Scenarios;
using ModelOps.LoadGenerator.Servers;

// Measures servers against each other on the same weights, in one run, in interleaved rounds.
if (args.Length == 0 || args.Contains("--help"))
{
    Console.Write(LoadOptions.Help + AllScenarios.List() + "\n" + AccessCost.Help);
    return args.Length == 0 ? 3 : 0;
}

try
{
    if (args[0] == AccessCost.Name)
        return AccessCost.Run(args[1..]);
    var options = LoadOptions.Parse(args);
    var chosen = AllScenarios.Choose(options);
    using var workshop = new Workshop(options);
    var runner = new Runner(options, workshop, Console.Error);
    foreach (var scenario in chosen)
    {
        try
        {
            runner.Measure(scenario);
        }
        catch (Exception error) when (error is LoadException or SocketException or JsonException)
        {
            // The others are still worth their time; the exit code tells.
            Console.Error.WriteLine($"{scenario.Name} FAILED: {error.Message}");
            runner.Failures.Add($"{scenario.Name}: {error.Message}");
        }
    }

    var report = Report.Write(options, runner, args);
    Console.Write(report);
    if (options.Markdown is not null)
        File.AppendAllText(options.Markdown, report);
    var curve = runner.Results.Where(result => result.Scenario.Name == CurveScenario.Name).ToArray();
    if (options.Svg is not null && curve.Length > 0)
    {
        int[] counts = [.. CurveScenario.Counts];
        File.WriteAllText(
            options.Svg, Curve.Svg(counts, curve[..counts.Length], $"{Path.GetFileName(options.Model)}: tokens of all streams a second"));
    }

    return runner.Failures.Count > 0 ? 1 : runner.Results.TrueForAll(result => result.IsMet) ? 0 : 2;
}
catch (LoadException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
catch (FormatException error)
{
    Console.Error.WriteLine($"{error.Message}; --help tells what there is");
    return 3;
}
