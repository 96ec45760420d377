using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.Runtime.Batching;
using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Hosting;

/// <summary>An engine in this process.</summary>
internal sealed class LocalEngine : IEngine
{
    private readonly EngineContext _context;
    private readonly BatchLoop _loop;
    private readonly Task _released;

    internal LocalEngine(EngineContext context, DraftModel? draft, TimeProvider time, Action<bool>? afterStep, Action release)
    {
        _context = context;
        _loop = new BatchLoop(context, draft, time, afterStep);
        _released = ReleaseAtEndAsync(release);
        _loop.Start();
    }

    /// <inheritdoc/>
    public EngineFacts Facts => _context.Facts;

    /// <inheritdoc/>
    public EngineStatistics Statistics => _loop.Statistics;

    /// <inheritdoc/>
    public Task<EngineFailedException?> Ended => _loop.Ended;

    /// <inheritdoc/>
    public async IAsyncEnumerable<EngineChunk> GenerateAsync(
        EngineRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var output = new ChunkQueue();
        var sequence = Prepare(request, new QueueSink(output));
        Start(sequence);
        try
        {
            await foreach (var chunk in output.ReadAsync(cancellationToken))
                yield return chunk;
        }
        finally
        {
            Cancel(sequence);
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<int>> TokenizeAsync(string text, bool addSpecial, bool parseSpecial, CancellationToken cancellationToken) =>
        Task.FromResult(Tokenize(text, addSpecial, parseSpecial));

    /// <inheritdoc/>
    public Task<string> DetokenizeAsync(ImmutableArray<int> tokens, bool special, CancellationToken cancellationToken) =>
        Task.FromResult(Detokenize(tokens, special));

    /// <inheritdoc/>
    public async Task<ImmutableArray<ImmutableArray<float>>> EmbedAsync(
        ImmutableArray<ImmutableArray<int>> inputs, CancellationToken cancellationToken)
    {
        if (inputs.IsEmpty)
            return [];

        var job = StartEmbedding(inputs);
        await using (cancellationToken.Register(job.Cancel))
            return await job.Done;
    }

    /// <inheritdoc/>
    public Task LendAsync(long bytes) => _loop.Lend(bytes);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loop.Stop();
        await _released;
    }

    /// <summary>How long the current batch step has been running; zero between steps.</summary>
    internal TimeSpan StepTime => _loop.StepTime;

    /// <summary>Makes a sequence whose output goes to <paramref name="sink"/>.</summary>
    /// <exception cref="EngineRequestException">The request cannot be served.</exception>
    internal Sequence Prepare(EngineRequest request, ISequenceSink sink)
    {
        Check(request);
        return new Sequence(request, sink, _context.Weights.Vocabulary, _context.Profile.ContextLength);
    }

    internal void Start(Sequence sequence) => _loop.Post(sequence);

    internal void Cancel(Sequence sequence)
    {
        sequence.Cancel();
        _loop.Wake();
    }

    internal EmbeddingJob StartEmbedding(ImmutableArray<ImmutableArray<int>> inputs)
    {
        if (inputs.Any(input => input.Any(token => !_context.Weights.Vocabulary.Knows(token))))
            throw new EngineRequestException("the input has a token that the model does not know");

        var job = new EmbeddingJob(inputs);
        _loop.Post(job);
        return job;
    }

    internal ImmutableArray<int> Tokenize(string text, bool addSpecial, bool parseSpecial) =>
        _context.Weights.Vocabulary.Tokenize(text, addSpecial, parseSpecial);

    internal string Detokenize(ImmutableArray<int> tokens, bool special)
    {
        if (tokens.Any(token => !_context.Weights.Vocabulary.Knows(token)))
            throw new EngineRequestException("there is no such token");

        return _context.Weights.Vocabulary.Detokenize(tokens.AsSpan(), special);
    }

    private void Check(EngineRequest request)
    {
        if (_context.Profile.Embeddings)
            throw new EngineRequestException("this engine was loaded for embeddings");

        if (request.Prompt.IsDefaultOrEmpty)
            throw new EngineRequestException("the prompt is empty");

        if (request.Prompt.Length >= _context.Profile.ContextLength)
        {
            throw new EngineRequestException(
                $"the prompt has {request.Prompt.Length} tokens and does not fit the context of {_context.Profile.ContextLength}");
        }

        foreach (var token in request.Prompt)
        {
            if (!_context.Weights.Vocabulary.Knows(token))
                throw new EngineRequestException($"the prompt has the token {token}, which the model does not know");
        }
    }

    private async Task ReleaseAtEndAsync(Action release)
    {
        await _loop.Closed;
        release();
    }
}
