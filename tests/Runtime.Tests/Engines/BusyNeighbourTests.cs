using System.Diagnostics;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Workers;

namespace ModelOps.Runtime.Tests.Engines;

/// <summary>Beside a process that never rests: the real engine, real time, wide margins.</summary>
public class BusyNeighbourTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Beside_a_busy_process_decoding_does_not_collapse()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell and times of other processes");

        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var hog = Process.Start(new ProcessStartInfo("sh", ["-c", "while kill -0 $PPID; do :; done"]) { UseShellExecute = false })!;
        try
        {
            await using var one = await Pico.Loader().LoadAsync(Pico.Profile(context: 1024) with { Threads = 1 }, null, cancellation.Token);
            await using var adaptive = await Pico.LoadAsync(context: 1024);
            var alone = 0.0;
            var adapted = 0.0;
            for (var round = 0; round < 3; round++)
            {
                adapted = Math.Max(adapted, await TokensPerSecondAsync(adaptive, cancellation.Token));
                alone = Math.Max(alone, await TokensPerSecondAsync(one, cancellation.Token));
            }

            var (threads, choice) = (adaptive.Statistics.Threads, adaptive.Statistics.ThreadChoice);
            output.WriteLine($"one thread {alone:0} tok/s, adaptive {adapted:0} tok/s with {threads}: {choice}");
            Assert.Equal(ThreadChoice.Fixed, one.Statistics.ThreadChoice);
            Assert.True(adapted > alone * 0.4, $"{adapted:0} tokens per second, {alone:0} with one thread");
        }
        finally
        {
            hog.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task An_engine_without_work_uses_no_processor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell and times of other processes");

        await using var loader = WorkerEngineTests.Loader();
        await using var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        await engine.RunAsync(await engine.AskAsync("Why is the sky blue?"));
        using var worker = Process.GetProcessById(engine.WorkerProcess!.Value);
        TimeSpan Used()
        {
            worker.Refresh();
            return worker.TotalProcessorTime;
        }

        // Its threads go to sleep soon after the last step; then two seconds that must cost next to nothing.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        await timer.WaitForNextTickAsync();
        var before = Used();
        await timer.WaitForNextTickAsync();
        await timer.WaitForNextTickAsync();

        Assert.InRange(Used() - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }

    private static async Task<double> TokensPerSecondAsync(IEngine engine, CancellationToken cancellationToken)
    {
        var request = await engine.AskAsync("Count to five.", maxTokens: 300);
        request = request with { Sampling = request.Sampling with { LogitBias = await engine.NoEndAsync() } };
        var usage = (await engine.RunAsync(request, cancellationToken)).End.Usage;
        return usage.GeneratedTokens / usage.GenerationTime.TotalSeconds;
    }
}
