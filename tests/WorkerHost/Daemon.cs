using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.WorkerHost;

/// <summary>Plays the daemon: asks a worker for one answer, prints it and what both processes have mapped.</summary>
internal static class Daemon
{
    internal static async Task<int> RunAsync(string weights, string native, string sockets)
    {
        var options = new WorkerOptions
        {
            FileName = Environment.ProcessPath!,
            Arguments = [],
            SocketFolder = sockets,
            NativeFolder = native,
            Processors = 1,
        };
        await using var loader = new WorkerEngineLoader(options, TimeProvider.System, NullLogger<WorkerEngineLoader>.Instance);
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
}
