using System.Collections.Immutable;

namespace ModelOps.Runtime.Engines;

/// <summary>One load profile in memory. Safe to call from many threads; requests that run at once share the batch.</summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>What the weights and the context are, fixed at load.</summary>
    EngineFacts Facts { get; }

    /// <summary>What the engine does and holds right now.</summary>
    EngineStatistics Statistics { get; }

    /// <summary>Completes when the engine is gone: with null after a disposal, else with what ended it.</summary>
    Task<EngineFailedException?> Ended { get; }

    /// <summary>Process that hosts the engine; null when it is this one.</summary>
    int? WorkerProcess => null;

    /// <summary>Decodes one sequence. Disposing the enumerator or cancelling frees its slot within one batch step.</summary>
    /// <exception cref="EngineFailedException">The engine died; nothing more will come.</exception>
    /// <exception cref="EngineRequestException">The request cannot be served (prompt too long, grammar refused).</exception>
    IAsyncEnumerable<EngineChunk> GenerateAsync(EngineRequest request, CancellationToken cancellationToken);

    /// <summary>Text to tokens.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecial">Add BOS/EOS where the model's tokenizer says so.</param>
    /// <param name="parseSpecial">Read <c>&lt;|…|&gt;</c>-like control tokens as such, not as text.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ImmutableArray<int>> TokenizeAsync(string text, bool addSpecial, bool parseSpecial, CancellationToken cancellationToken);

    /// <summary>Tokens to text, control tokens included as text when <paramref name="special"/>.</summary>
    Task<string> DetokenizeAsync(ImmutableArray<int> tokens, bool special, CancellationToken cancellationToken);

    /// <summary>
    /// Lets the engine set so many bytes of finished chats aside in main memory; fewer than before: it frees what is more. Completes when
    /// that is done. Calls take effect in their order.
    /// </summary>
    /// <param name="bytes">Zero or more.</param>
    /// <exception cref="EngineFailedException">The engine died.</exception>
    Task LendAsync(long bytes) => Task.CompletedTask;

    /// <summary>One vector per input, in order, not normalised. Inputs are token sequences that fit the context.</summary>
    Task<ImmutableArray<ImmutableArray<float>>> EmbedAsync(ImmutableArray<ImmutableArray<int>> inputs, CancellationToken cancellationToken);
}

/// <summary>Brings load profiles into memory. Profiles on the same weights share one copy of them.</summary>
public interface IEngineLoader : IAsyncDisposable
{
    /// <summary>Native libraries that there are, the default first; empty where there is nothing to tell.</summary>
    ImmutableArray<EngineNatives> Natives => [];

    /// <summary>
    /// The native libraries that a model would get, and why; null where there is nothing to tell.
    /// </summary>
    EngineNatives? NativesFor(LoadProfile profile) => null;

    /// <summary>Loads one profile; the caller owns the engine.</summary>
    /// <param name="profile">What to load.</param>
    /// <param name="progress">Share of the weights read, 0 to 1; may be null.</param>
    /// <param name="cancellationToken">Aborts the load.</param>
    /// <exception cref="EngineFailedException">The weights cannot be read, do not fit, or the worker died.</exception>
    /// <exception cref="EngineUnavailableException">The native library is missing or of another version.</exception>
    Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken);
}
