using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Runtime.Batching;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Workers;

/// <summary>
/// The worker's side of the connection: hosts engines and answers frames. Frames are handled on one thread; long work leaves it.
/// </summary>
internal sealed class WorkerHost(FrameSocket socket, LocalEngineLoader loader)
{
    /// <summary>Output may be this late; a reader does not notice.</summary>
    private static readonly TimeSpan s_together = TimeSpan.FromMilliseconds(4);

    private readonly ConcurrentDictionary<uint, LocalEngine> _engines = new();
    private readonly ConcurrentDictionary<uint, Action> _cancellations = new();

    /// <summary>Answers until the daemon is gone.</summary>
    internal void Run()
    {
        socket.Send(writer => writer.Begin(FrameKind.Hello, 0).Int(Environment.ProcessId).End());
        socket.Receive(Handle);
    }

    /// <summary>Reports to the daemon that this process lives, and what its engines do.</summary>
    internal void Beat() => socket.Send(WriteBeat);

    private void WriteBeat(FrameWriter writer)
    {
        writer.Begin(FrameKind.Beat, 0).Int(_engines.Count);
        foreach (var (number, engine) in _engines)
        {
            writer.Int((int)number).Int((int)engine.StepTime.TotalMilliseconds);
            EngineFrames.Write(writer, engine.Statistics);
        }

        writer.End();
    }

    private void Handle(Frame frame)
    {
        var number = frame.Number;
        switch (frame.Kind)
        {
            case FrameKind.Load:
                Load(number, JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.LoadProfile)!);
                break;
            case FrameKind.Unload:
                Unload(number, (uint)frame.Int());
                break;
            case FrameKind.Generate:
                Generate(number, (uint)frame.Int(), EngineFrames.ReadRequest(ref frame));
                break;
            case FrameKind.Cancel:
                if (_cancellations.TryRemove(number, out var cancel))
                    cancel();

                Abandon(number);
                break;
            case FrameKind.Tokenize:
                Tokenize(number, (uint)frame.Int(), frame.Byte() != 0, frame.Byte() != 0, frame.Text());
                break;
            case FrameKind.Detokenize:
                Detokenize(number, (uint)frame.Int(), frame.Byte() != 0, frame.Ints());
                break;
            case FrameKind.Embed:
                Embed(number, (uint)frame.Int(), ReadInputs(ref frame));
                break;
            case FrameKind.Quantize:
                Quantize(number, frame.Text(), frame.Text(), frame.Int());
                break;
            case FrameKind.Measure:
                Measure(number, JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.LoadProfile)!);
                break;
            case FrameKind.Time:
                Time(number, JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.LoadProfile)!);
                break;
            case FrameKind.Describe:
                Describe(number);
                break;
            case FrameKind.Lend:
                Lend(number, (uint)frame.Int(), frame.Long());
                break;
            default:
                throw new InvalidDataException($"A worker does not understand the frame {frame.Kind}.");
        }
    }

    private void Load(uint number, LoadProfile profile)
    {
        var cancellation = new CancellationTokenSource();
        _cancellations[number] = cancellation.Cancel;
        Later(number, () =>
        {
            var progress = new FrameProgress(share => SendProgress(number, share));
            var engine = loader.Load(profile, progress, AfterStep, cancellation.Token);
            _engines[number] = engine;
            if (cancellation.IsCancellationRequested)
            {
                Abandon(number);
                return;
            }

            var facts = JsonSerializer.SerializeToUtf8Bytes(engine.Facts, EngineJson.Default.EngineFacts);
            socket.Send(writer => writer.Begin(FrameKind.Loaded, number).Bytes(facts).End());
            CodePages.LetGo();
            Detach(() => WatchAsync(number, engine));
        });
    }

    private async Task WatchAsync(uint number, LocalEngine engine)
    {
        if (await engine.Ended is { } error)
            socket.Send(writer => writer.Begin(FrameKind.EngineEnded, number).Text(error.Message).End());
    }

    /// <summary>
    /// One write for all that a step produced, or several steps that take less than <see cref="s_together"/>: the daemon and the clients
    /// compete for the processors that compute. Runs on the thread of the engine.
    /// </summary>
    private void AfterStep(bool now)
    {
        if (now)
            socket.SendCollected();
        else
            socket.SendCollectedAfter(s_together);
    }

    private void Unload(uint number, uint engine) => Detach(async () =>
    {
        await FreeAsync(engine);
        socket.Send(writer => writer.Begin(FrameKind.Done, number).End());
    });

    /// <summary>Frees an engine whose load was given up after it was done: the daemon does not know that it exists.</summary>
    private void Abandon(uint load)
    {
        if (_engines.ContainsKey(load))
            Detach(() => FreeAsync(load));
    }

    private async Task FreeAsync(uint engine)
    {
        Ended(engine);
        if (!_engines.TryRemove(engine, out var loaded))
            return;

        await loaded.DisposeAsync();
        Posix.TrimHeap();
    }

    private void Generate(uint number, uint engine, EngineRequest request) => Answer(number, () =>
    {
        var loaded = Find(engine);
        var sequence = loaded.Prepare(request, new FrameSink(socket, number, () => Ended(number), WriteBeat));
        _cancellations[number] = () => loaded.Cancel(sequence);
        loaded.Start(sequence);
    });

    private void Tokenize(uint number, uint engine, bool addSpecial, bool parseSpecial, string text) => Answer(number, () =>
    {
        var tokens = Find(engine).Tokenize(text, addSpecial, parseSpecial);
        socket.Send(writer => writer.Begin(FrameKind.Tokens, number).Ints(tokens.AsSpan()).End());
    });

    private void Detokenize(uint number, uint engine, bool special, ImmutableArray<int> tokens) => Answer(number, () =>
    {
        var text = Find(engine).Detokenize(tokens, special);
        socket.Send(writer => writer.Begin(FrameKind.PlainText, number).Text(text).End());
    });

    private void Embed(uint number, uint engine, ImmutableArray<ImmutableArray<int>> inputs) => Answer(number, () =>
    {
        var job = Find(engine).StartEmbedding(inputs);
        _cancellations[number] = job.Cancel;
        Detach(() => AnswerEmbeddingAsync(number, job));
    });

    private void Quantize(uint number, string source, string target, int fileType) => Later(number, () =>
    {
        loader.Quantize(source, target, fileType, share => SendProgress(number, share));
        socket.Send(writer => writer.Begin(FrameKind.Done, number).End());
    });

    private void Measure(uint number, LoadProfile profile) => Later(number, () =>
    {
        var memory = JsonSerializer.SerializeToUtf8Bytes(loader.Measure(profile), EngineJson.Default.EngineMemory);
        socket.Send(writer => writer.Begin(FrameKind.Measured, number).Bytes(memory).End());
    });

    private void Time(uint number, LoadProfile profile) => Later(number, () =>
    {
        var timings = JsonSerializer.SerializeToUtf8Bytes(loader.Time(profile), EngineJson.Default.StepTimings);
        socket.Send(writer => writer.Begin(FrameKind.Timed, number).Bytes(timings).End());
    });

    private void Describe(uint number) => Later(number, () =>
    {
        var natives = JsonSerializer.SerializeToUtf8Bytes(loader.Describe(), EngineJson.Default.EngineNatives);
        socket.Send(writer => writer.Begin(FrameKind.Described, number).Bytes(natives).End());
    });

    /// <summary>The loop of the engine hears of it in the order of the frames.</summary>
    private void Lend(uint number, uint engine, long bytes) => Answer(number, () =>
    {
        var lent = Find(engine).LendAsync(bytes);
        Detach(async () =>
        {
            await lent.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            Answer(number, () =>
            {
                lent.GetAwaiter().GetResult();
                socket.Send(writer => writer.Begin(FrameKind.Done, number).End());
            });
        });
    });

    private async Task AnswerEmbeddingAsync(uint number, EmbeddingJob job)
    {
        await job.Done.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Answer(number, () =>
        {
            var vectors = job.Done.GetAwaiter().GetResult();
            socket.Send(writer =>
            {
                writer.Begin(FrameKind.Vectors, number).Int(vectors.Length);
                foreach (var vector in vectors)
                    writer.Floats(vector.AsSpan());

                writer.End();
            });
        });
        Ended(number);
    }

    private void SendProgress(uint number, float share) =>
        socket.Send(writer => writer.Begin(FrameKind.Progress, number).Float(share).End());

    private LocalEngine Find(uint engine) =>
        _engines.TryGetValue(engine, out var loaded) ? loaded : throw new EngineFailedException("The engine was unloaded.");

    private void Ended(uint number) => _cancellations.TryRemove(number, out _);

    /// <summary>Answers on another thread: it takes long.</summary>
    private void Later(uint number, Action work) => Detach(() =>
    {
        Answer(number, work);
        return Task.CompletedTask;
    });

    /// <summary>Runs work on another thread, without waiting for it.</summary>
    private static void Detach(Func<Task> work) => _ = Task.Run(work);

    private void Answer(uint number, Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // Whatever it is, the daemon must hear of it instead of waiting.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Ended(number);
            FrameSink.WriteFailure(socket, number, error);
            socket.SendCollected();
        }
    }

    private static ImmutableArray<ImmutableArray<int>> ReadInputs(ref Frame frame)
    {
        var inputs = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        for (var left = frame.Int(); left > 0; left--)
            inputs.Add(frame.Ints());

        return inputs.ToImmutable();
    }

    private sealed class FrameProgress(Action<float> report) : IProgress<float>
    {
        public void Report(float value) => report(value);
    }
}
