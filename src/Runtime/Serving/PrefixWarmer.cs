using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Answering;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Serving;

/// <summary>
/// Computes what every chat with a model begins with, its system prompt, before the first request pays for it. The engine keeps it as
/// a prefix for later requests.
/// </summary>
internal sealed partial class PrefixWarmer(HostOptions host, TimeProvider time, ILogger<PrefixWarmer> logger)
{
    /// <summary>Shorter beginnings are computed with the first request as fast.</summary>
    private const int LeastTokens = 8;

    /// <summary>No change waits longer for it.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Begins to compute, for a model that came into memory by itself. No request waits for it, and a failure is only logged.
    /// </summary>
    internal void Begin(Func<ResolvedModel?> find, IEngine engine) => _ = Task.Run(async () =>
    {
        try
        {
            if (find() is { } model)
                await WarmAsync(model, engine, CancellationToken.None);
        }
        catch (Exception error) when (error is StoreException or EngineFailedException)
        {
            LogFailed(error);
        }
    });

    /// <summary>Computes it; does nothing for models without one.</summary>
    /// <exception cref="EngineFailedException">The engine died.</exception>
    internal async Task WarmAsync(ResolvedModel model, IEngine engine, CancellationToken cancellationToken)
    {
        if (!host.WarmPrefixes
            || model.Build.Facts?.PoolingType is not null
            || (string.IsNullOrEmpty(model.Build.System) && model.Build.Messages.IsEmpty))
            return;
        using var limit = new CancellationTokenSource(s_limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var prefix = await PrefixAsync(model, engine, either.Token);
            if (prefix.Length < LeastTokens || prefix.Length >= engine.Facts.ContextLength)
                return;
            var request = new EngineRequest { Prompt = prefix, MaxTokens = 1, Sampling = new SamplingSettings { Temperature = 0 } };
            await foreach (var chunk in engine.GenerateAsync(request, either.Token))
            {
                // The answer is not wanted, only that its prompt was computed.
            }
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(error);
        }
        catch (Exception error) when (error is InferenceException or EngineRequestException)
        {
            // Its template cannot render a plain question. Requests fail with that reason, and have no use for a warm beginning.
            LogFailed(error);
        }
    }

    /// <summary>What the prompts of two different questions have in common.</summary>
    private async Task<ImmutableArray<int>> PrefixAsync(ResolvedModel model, IEngine engine, CancellationToken cancellationToken)
    {
        var prompt = new ModelPrompt(model, host, time);
        if (!prompt.HasTemplate)
            return [];
        var one = await TokensAsync("a", cancellationToken);
        var other = await TokensAsync("7", cancellationToken);
        return one[..one.AsSpan().CommonPrefixLength(other.AsSpan())];

        Task<ImmutableArray<int>> TokensAsync(string question, CancellationToken token) => ModelPrompt.TokenizeAsync(
            engine, prompt.Chat(prompt.Conversation([new ChatMessage("user", question)]), default, default, engine.Facts), token);
    }

    [LoggerMessage(LogLevel.Debug, "The system prompt could not be computed ahead")]
    private partial void LogFailed(Exception error);
}
