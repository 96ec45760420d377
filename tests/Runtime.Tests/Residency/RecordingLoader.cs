using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Tests.Residency;

/// <summary>A loader whose loads end when the test says so.</summary>
internal sealed class RecordingLoader : IEngineLoader
{
    private readonly List<TaskCompletionSource<IEngine>> _loads = [];

    internal int Loads => _loads.Count;

    internal List<RecordingEngine> Engines { get; } = [];

    public async Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var load = new TaskCompletionSource<IEngine>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_loads)
            _loads.Add(load);
        await using var registration = cancellationToken.Register(() => load.TrySetCanceled(cancellationToken));
        return await load.Task;
    }

    public ValueTask DisposeAsync() => default;

    internal RecordingEngine Succeed(int load)
    {
        var engine = new RecordingEngine();
        Engines.Add(engine);
        _loads[load].SetResult(engine);
        return engine;
    }

    internal void Fail(int load, string message) => _loads[load].SetException(new EngineFailedException(message));
}

/// <summary>An engine that only remembers whether it lives.</summary>
internal sealed class RecordingEngine : IEngine
{
    private readonly TaskCompletionSource<EngineFailedException?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal bool IsDisposed { get; private set; }

    public EngineFacts Facts { get; } = new()
    {
        Architecture = "test", TrainedContext = 1, ContextLength = 1, Slots = 1, VocabularySize = 1, EmbeddingLength = 1,
        Memory = new EngineMemory(1, 1, 1, 0),
    };

    public EngineStatistics Statistics => new(0, 0, 1, 0, 0, 0, 0) { GuessedTokens = 9, RightGuesses = 5 };

    public Task<EngineFailedException?> Ended => _ended.Task;

    internal void Crash(string message) => _ended.TrySetResult(new EngineFailedException(message));

    public async IAsyncEnumerable<EngineChunk> GenerateAsync(
        EngineRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<ImmutableArray<int>> TokenizeAsync(string text, bool addSpecial, bool parseSpecial, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<string> DetokenizeAsync(ImmutableArray<int> tokens, bool special, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ImmutableArray<ImmutableArray<float>>> EmbedAsync(
        ImmutableArray<ImmutableArray<int>> inputs, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        _ended.TrySetResult(null);
        return default;
    }
}
