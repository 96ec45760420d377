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
        Console.WriteLine(
            $"lint of {ModelfileBenchmarks.Files} Modelfiles, round {round}: {clock.Elapsed.TotalMilliseconds:F0} ms, {findings} findings");
    }

    var (jinja, go) = (new JinjaBenchmarks(), new GoTemplateBenchmarks());
    foreach (var (name, render) in new (string, Func<int>)[] { ("Jinja", jinja.Render), ("Go", go.Render) })
    {
        for (var round = 0; round < 500; round++)
            render();
        var clock = Stopwatch.StartNew();
        const int Renders = 500;
        for (var round = 0; round < Renders; round++)
            render();
        Console.WriteLine($"{name} template, chat of 20 messages with tools: {clock.Elapsed.TotalMilliseconds / Renders:F3} ms");
    }

    var answers = new AnswerBenchmarks();
    foreach (var (name, run) in new (string, Func<int>)[]
    {
        ("plain", answers.Plain), ("with tools", answers.WithTools), ("with thinking", answers.WithThinking),
        ("with calls", answers.WithCalls),
    })
    {
        for (var round = 0; round < 300; round++)
            run();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        const int Rounds = 200;
        for (var round = 0; round < Rounds; round++)
            run();
        var tokens = (double)Rounds * AnswerBenchmarks.Tokens;
        Console.WriteLine(
            $"answer {name}: {clock.Elapsed.TotalMicroseconds / tokens:F3} µs and "
                + $"{(GC.GetAllocatedBytesForCurrentThread() - allocated) / tokens:F0} bytes a token");
    }

    var grammars = new GrammarBenchmarks();
    foreach (var (name, run, rounds, times) in new (string, Func<int>, int, int)[]
    {
        ("schema compiled", grammars.SchemaCompiled, 200, 1), ("grammar read", grammars.GrammarRead, 200, 1),
        ("token followed by a grammar", grammars.Followed, 50, GrammarBenchmarks.Tokens),
        ("vocabulary screened, in a text", grammars.ScreenedInText, 20, 1),
        ("vocabulary screened, behind a text", grammars.ScreenedBehindText, 20, 1),
    })
    {
        for (var round = 0; round < rounds; round++)
            run();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < rounds; round++)
            run();
        var operations = (double)rounds * times;
        Console.WriteLine(
            $"{name}: {clock.Elapsed.TotalMicroseconds / operations:F2} µs and "
                + $"{(GC.GetAllocatedBytesForCurrentThread() - allocated) / operations:F0} bytes");
    }

    return;
}

BenchmarkSwitcher.FromAssembly(typeof(ModelfileBenchmarks).Assembly).Run(args);
