using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>A real engine that ends after the first words of an answer, once it is told to.</summary>
internal sealed class MortalEngine(IEngine inner, Func<Task?> death) : IEngine
{
    public EngineFacts Facts => inner.Facts;

    public EngineStatistics Statistics => inner.Statistics;

    public Task<EngineFailedException?> Ended => inner.Ended;

    public async IAsyncEnumerable<EngineChunk> GenerateAsync(
        EngineRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in inner.GenerateAsync(request, cancellationToken))
        {
            yield return chunk;
            if (death() is not { } comes)
                continue;
            await comes.WaitAsync(cancellationToken);
            throw new EngineFailedException("it was killed");
        }
    }

    public Task<ImmutableArray<int>> TokenizeAsync(
        string text, bool addSpecial, bool parseSpecial, CancellationToken cancellationToken) =>
        inner.TokenizeAsync(text, addSpecial, parseSpecial, cancellationToken);

    public Task<string> DetokenizeAsync(ImmutableArray<int> tokens, bool special, CancellationToken cancellationToken) =>
        inner.DetokenizeAsync(tokens, special, cancellationToken);

    public Task<ImmutableArray<ImmutableArray<float>>> EmbedAsync(
        ImmutableArray<ImmutableArray<int>> inputs, CancellationToken cancellationToken) => inner.EmbedAsync(inputs, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>Loads such engines.</summary>
    internal sealed class Loader(IEngineLoader inner) : IEngineLoader
    {
        /// <summary>The next words of any answer are its last, once this comes; null while all answers go on.</summary>
        internal Task? Death { get; set; }

        public async Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken) =>
            new MortalEngine(await inner.LoadAsync(profile, progress, cancellationToken), () => Death);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
