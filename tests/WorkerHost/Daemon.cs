using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.WorkerHost;

/// <summary>Plays the daemon: asks a worker for one answer, prints it and what both processes have mapped.</summary>
internal static class Daemon
{
    /// <summary>Loads, begins an endless answer, prints the worker's process and goes on until it is killed.</summary>
    internal static async Task<int> HoldAsync(string weights, string native, string sockets)
    {
        await using var loader = Loader(native, sockets);
        await using var engine = await loader.LoadAsync(
            new LoadProfile { Weights = weights, ContextLength = 512 }, null, CancellationToken.None);
        var request = new EngineRequest
        {
            Prompt = await engine.TokenizeAsync("Count.", true, true, CancellationToken.None),
            Sampling = new SamplingSettings
            {
                LogitBias = NoEnd(await engine.TokenizeAsync("<|im_end|><|endoftext|>", false, true, CancellationToken.None)),
            },
            MaxTokens = 10_000_000,
        };
        var told = false;
        await foreach (var chunk in engine.GenerateAsync(request, CancellationToken.None))
        {
            if (!told)
                await Console.Out.WriteLineAsync($"{engine.WorkerProcess}");

            told = true;
        }

        return 1;
    }

    internal static async Task<int> RunAsync(string weights, string native, string sockets)
    {
        await using var loader = Loader(native, sockets);
        var profile = new LoadProfile { Weights = weights, ContextLength = 512 };
        await using var engine = await loader.LoadAsync(profile, null, CancellationToken.None);
        var request = new EngineRequest
        {
            Prompt = await engine.TokenizeAsync(
                "<|im_start|>user\nWhy is the sky blue?<|im_end|>\n<|im_start|>assistant\n", true, true, CancellationToken.None),
            Sampling = new SamplingSettings { Temperature = 0 },
            MaxTokens = 20,
        };
        await foreach (var chunk in engine.GenerateAsync(request, CancellationToken.None))
        {
            if (chunk is EngineChunk.Text text)
                await Console.Out.WriteAsync(text.Value);
        }

        await Console.Out.WriteAsync("=====" + await File.ReadAllTextAsync($"/proc/{engine.WorkerProcess}/maps"));
        await Console.Out.WriteAsync("=====" + await File.ReadAllTextAsync("/proc/self/maps"));
        return 0;
    }

    private static System.Collections.Immutable.ImmutableDictionary<int, float> NoEnd(IEnumerable<int> ends) =>
        System.Collections.Immutable.ImmutableDictionary.CreateRange(
            ends.Select(token => KeyValuePair.Create(token, float.NegativeInfinity)));

    private static WorkerEngineLoader Loader(string native, string sockets)
    {
        var options = new WorkerOptions
        {
            FileName = Environment.ProcessPath!,
            Arguments = [],
            SocketFolder = sockets,
            NativeFolder = native,
            Processors = 1,
        };
        return new WorkerEngineLoader(options, TimeProvider.System, NullLogger<WorkerEngineLoader>.Instance);
    }
}
