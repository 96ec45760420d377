using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>An engine in a worker process.</summary>
internal sealed class RemoteEngine(Worker worker, uint number, EngineFacts facts) : IEngine
{
    private readonly TaskCompletionSource<EngineFailedException?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EngineStatistics _statistics = new(0, 0, 0, 0, 0, 0, 0);

    /// <inheritdoc/>
    public EngineFacts Facts => facts;

    /// <inheritdoc/>
    public EngineStatistics Statistics
    {
        get => Volatile.Read(ref _statistics);
        internal set => Volatile.Write(ref _statistics, value);
    }

    /// <inheritdoc/>
    public Task<EngineFailedException?> Ended => _ended.Task;

    /// <inheritdoc/>
    public int? WorkerProcess => worker.ProcessId;

    internal uint Number => number;

    internal Func<RemoteEngine, ValueTask>? Released { get; set; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<EngineChunk> GenerateAsync(
        EngineRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var output = new ChunkQueue();
        var id = worker.Requests.NextNumber();
        worker.Requests.Ask(id, new StreamReply(output), writer =>
        {
            writer.Begin(FrameKind.Generate, id).Int((int)number);
            EngineFrames.Write(writer, request);
            writer.End();
        });
        try
        {
            await foreach (var chunk in output.ReadAsync(cancellationToken))
                yield return chunk;
        }
        finally
        {
            worker.Requests.Cancel(id);
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<int>> TokenizeAsync(string text, bool addSpecial, bool parseSpecial, CancellationToken cancellationToken)
    {
        var id = worker.Requests.NextNumber();
        var reply = new SingleReply<ImmutableArray<int>>((ref frame) => frame.Ints());
        return worker.Requests.AskAsync(
            id,
            reply,
            writer => writer.Begin(FrameKind.Tokenize, id).Int((int)number)
                .Byte(addSpecial ? (byte)1 : (byte)0).Byte(parseSpecial ? (byte)1 : (byte)0).Text(text).End(),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<string> DetokenizeAsync(ImmutableArray<int> tokens, bool special, CancellationToken cancellationToken)
    {
        var id = worker.Requests.NextNumber();
        var reply = new SingleReply<string>((ref frame) => frame.Text());
        return worker.Requests.AskAsync(
            id,
            reply,
            writer => writer.Begin(FrameKind.Detokenize, id).Int((int)number).Byte(special ? (byte)1 : (byte)0).Ints(tokens.AsSpan()).End(),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<ImmutableArray<float>>> EmbedAsync(
        ImmutableArray<ImmutableArray<int>> inputs, CancellationToken cancellationToken)
    {
        if (inputs.IsEmpty)
            return Task.FromResult(ImmutableArray<ImmutableArray<float>>.Empty);

        var id = worker.Requests.NextNumber();
        var reply = new SingleReply<ImmutableArray<ImmutableArray<float>>>(ReadVectors);
        return worker.Requests.AskAsync(
            id,
            reply,
            writer =>
            {
                writer.Begin(FrameKind.Embed, id).Int((int)number).Int(inputs.Length);
                foreach (var input in inputs)
                    writer.Ints(input.AsSpan());

                writer.End();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task LendAsync(long bytes)
    {
        var id = worker.Requests.NextNumber();
        return worker.Requests.AskAsync(
            id,
            new SingleReply<bool>((ref frame) => true),
            writer => writer.Begin(FrameKind.Lend, id).Int((int)number).Number(bytes).End(),
            CancellationToken.None);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Released is { } released ? released(this) : ValueTask.CompletedTask;

    /// <summary>The engine is gone.</summary>
    internal void End(EngineFailedException? error) => _ended.TrySetResult(error);

    private static ImmutableArray<ImmutableArray<float>> ReadVectors(ref Frame frame)
    {
        var vectors = ImmutableArray.CreateBuilder<ImmutableArray<float>>();
        for (var left = frame.Int(); left > 0; left--)
            vectors.Add(frame.Floats());

        return vectors.ToImmutable();
    }
}
