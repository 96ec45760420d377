using System.Diagnostics;
using BenchmarkDotNet.Running;
using ModelOps.Micro;

// `--once` is a quick look without the many runs of a real measurement.
if (args is ["--once"])
{
    var benchmark = new ModelfileBenchmarks();
    for (var round = 1; round <= 4; round++)
    {
        var clock = Stopwatch.StartNew();
        benchmark.Parse();
        Console.WriteLine($"parse of {ModelfileBenchmarks.Files} Modelfiles, round {round}: {clock.Elapsed.TotalMilliseconds:F0} ms");
        clock.Restart();
        var findings = benchmark.Lint();
        Console.WriteLine($"lint of {ModelfileBenchmarks.Files} Modelfiles, round {round}: {clock.Elapsed.TotalMilliseconds:F0} ms, {findings} findings");
    }

    return;
}

BenchmarkSwitcher.FromAssembly(typeof(ModelfileBenchmarks).Assembly).Run(args);
