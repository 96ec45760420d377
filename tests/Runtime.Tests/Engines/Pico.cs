using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.TestKit;

namespace ModelOps.Runtime.Tests.Engines;

/// <summary>The demo model, really loaded.</summary>
internal static class Pico
{
    internal static string Path { get; } = System.IO.Path.Combine(RepoRoot.Path, "examples", "models-repo", "weights", "pico-q8_0.gguf");

    /// <summary>Numbers of an attention head.</summary>
    private const int HeadWidth = 32;

    internal static EngineOptions Options { get; } = new()
    {
        Processors = Math.Min(2, Environment.ProcessorCount),
        NativeFolder = Environment.GetEnvironmentVariable("MODELOPS_LLAMA_DIR") is { Length: > 0 } folder ? folder : null,
    };

    internal static LoadProfile Profile(int context = 512, int slots = 1) =>
        new() { Weights = Path, ContextLength = context, Slots = slots, HeadWidth = HeadWidth };

    internal static LocalEngineLoader Loader() => new(Options, TimeProvider.System, NullLogger<LocalEngineLoader>.Instance);

    /// <summary>
    /// The first model of a process decides which variant of the engine it computes with, and tests run in any order. So it is Pico here,
    /// as in the workers that answers are compared with.
    /// </summary>
    [ModuleInitializer]
    internal static void LoadLibrary() => EngineLibrary.EnsureLoaded(Options, new EngineNeeds([], HeadWidth));

    internal static async Task<IEngine> LoadAsync(int context = 512, int slots = 1)
    {
        var loader = Loader();
        return await loader.LoadAsync(Profile(context, slots), null, CancellationToken.None);
    }

    internal static async Task<EngineRequest> AskAsync(this IEngine engine, string question, int maxTokens = 100, string system = "")
    {
        var prompt = (system.Length > 0 ? $"<|im_start|>system\n{system}<|im_end|>\n" : "")
            + $"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n";
        return new EngineRequest
        {
            Prompt = await engine.TokenizeAsync(prompt, addSpecial: true, parseSpecial: true, CancellationToken.None),
            Sampling = new SamplingSettings { Temperature = 0 },
            MaxTokens = maxTokens,
        };
    }

    /// <summary>A bias under which no answer ever ends by itself.</summary>
    internal static async Task<ImmutableDictionary<int, float>> NoEndAsync(this IEngine engine)
    {
        var ends = await engine.TokenizeAsync(
            "<|im_end|><|endoftext|><|im_start|>", addSpecial: false, parseSpecial: true, CancellationToken.None);
        return ends.ToImmutableDictionary(token => token, _ => float.NegativeInfinity);
    }

    /// <summary>Runs a request to its end.</summary>
    internal static async Task<Answer> RunAsync(this IEngine engine, EngineRequest request, CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        var tokens = ImmutableArray.CreateBuilder<int>();
        var logprobs = ImmutableArray.CreateBuilder<TokenLogprob>();
        EngineChunk.End? end = null;
        await foreach (var chunk in engine.GenerateAsync(request, cancellationToken))
        {
            if (chunk is EngineChunk.Text piece)
            {
                text.Append(piece.Value);
                tokens.AddRange(piece.Tokens);
                logprobs.AddRange(piece.Logprobs);
            }
            else
            {
                end = (EngineChunk.End)chunk;
            }
        }

        return new Answer(text.ToString(), tokens.ToImmutable(), logprobs.ToImmutable(), end!);
    }

    internal sealed record Answer(string Text, ImmutableArray<int> Tokens, ImmutableArray<TokenLogprob> Logprobs, EngineChunk.End End);
}
