using ModelOps.LoadGenerator;

// Measures servers against each other on the same weights, in one run, in interleaved rounds.
if (args.Length == 0 || args.Contains("--help"))
{
    Console.WriteLine(LoadOptions.Help);
    return args.Length == 0 ? 1 : 0;
}

var options = LoadOptions.Parse(args);
var report = new Report(options);
using var cancel = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancel.Cancel();
};
foreach (var scenario in Scenarios.All.Where(scenario => options.Scenarios.Count == 0 || options.Scenarios.Contains(scenario.Name)))
    await report.MeasureAsync(scenario, cancel.Token);
Console.Write(report.ToMarkdown());
if (options.Output is not null)
    await File.AppendAllTextAsync(options.Output, report.ToMarkdown(), cancel.Token);
return 0;
