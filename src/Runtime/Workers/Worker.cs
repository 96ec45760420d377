using System.Collections.Concurrent;
using System.Text.Json;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Workers;

/// <summary>The daemon's side of one worker: its process, its connection, and the engines in it.</summary>
/// <remarks>
/// A thread of its own starts the process, receives its frames and sees its end. It must be the same thread throughout: the
/// kernel ends a worker when the thread that started it is gone.
/// </remarks>
internal sealed class Worker : IAsyncDisposable
{
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly WorkerProcess _process;
    private readonly WorkerWatchdog _watchdog;
    private readonly ConcurrentDictionary<uint, RemoteEngine> _engines = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<EngineFailedException?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile FrameSocket? _socket;
    private volatile bool _stopping;

    private Worker(WorkerOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _process = new WorkerProcess(options);
        _watchdog = new WorkerWatchdog(options, time, _process.Kill);
    }

    internal int ProcessId => _process.Id;

    internal WorkerRequests Requests { get; } = new();

    /// <summary>Null after <see cref="DisposeAsync"/>, else what ended the worker.</summary>
    internal Task<EngineFailedException?> Ended => _ended.Task;

    /// <summary>Starts a worker; returns when it is connected.</summary>
    /// <exception cref="EngineFailedException">It could not be started.</exception>
    internal static async Task<Worker> StartAsync(WorkerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var worker = new Worker(options, time);
        new Thread(worker.Run) { Name = "worker connection", IsBackground = true }.Start();
        try
        {
            await using (cancellationToken.Register(() => worker._process.Kill("nobody waits for it any more")))
                await worker._connected.Task;
            return worker;
        }
        catch (EngineFailedException error) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
    }

    internal async Task<RemoteEngine> LoadAsync(
        LoadProfile profile, EngineChoice choice, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(profile, EngineJson.Default.LoadProfile);
        var number = Requests.NextNumber();
        await using var stall = new LoadStall(progress, _options.LoadLimit, _time, _process.Kill);
        var reply = new SingleReply<RemoteEngine>(
            (ref frame) =>
            {
                var facts = JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.EngineFacts)!;
                var natives = facts.Natives is { } loaded ? loaded with { Source = choice.Source.Name, Reason = choice.Reason } : null;
                var engine = new RemoteEngine(this, frame.Number, facts with { Natives = natives });
                _engines[frame.Number] = engine;
                return engine;
            },
            stall);
        try
        {
            return await Requests.AskAsync(
                number, reply, writer => writer.Begin(FrameKind.Load, number).Bytes(json).End(), cancellationToken);
        }
        catch (OperationCanceledException) when (reply.Answer.IsCompletedSuccessfully)
        {
            // The load ended just when it was given up: the engine must be freed here.
            await UnloadAsync(await reply.Answer);
            throw;
        }
    }

    internal Task<bool> QuantizeAsync(
        string source, string target, int fileType, IProgress<float> progress, CancellationToken cancellationToken)
    {
        var number = Requests.NextNumber();
        return Requests.AskAsync(
            number,
            new SingleReply<bool>((ref _) => true, progress),
            writer => writer.Begin(FrameKind.Quantize, number).Text(source).Text(target).Int(fileType).End(),
            cancellationToken);
    }

    /// <summary>What a load would take of compute buffers; weights and caches are not counted.</summary>
    internal Task<EngineMemory> MeasureAsync(LoadProfile profile, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(profile, EngineJson.Default.LoadProfile);
        var number = Requests.NextNumber();
        return Requests.AskAsync(
            number,
            new SingleReply<EngineMemory>((ref frame) => JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.EngineMemory)!),
            writer => writer.Begin(FrameKind.Measure, number).Bytes(json).End(),
            cancellationToken);
    }

    /// <summary>How long its libraries take for calls of a model that nobody uses.</summary>
    internal Task<StepTimings> TimeAsync(LoadProfile profile, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(profile, EngineJson.Default.LoadProfile);
        var number = Requests.NextNumber();
        return Requests.AskAsync(
            number,
            new SingleReply<StepTimings>((ref frame) => JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.StepTimings)!),
            writer => writer.Begin(FrameKind.Time, number).Bytes(json).End(),
            cancellationToken);
    }

    /// <summary>Loads its libraries and says what they are.</summary>
    internal Task<EngineNatives> DescribeAsync(CancellationToken cancellationToken)
    {
        var number = Requests.NextNumber();
        return Requests.AskAsync(
            number,
            new SingleReply<EngineNatives>((ref frame) => JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.EngineNatives)!),
            writer => writer.Begin(FrameKind.Describe, number).End(),
            cancellationToken);
    }

    internal async Task UnloadAsync(RemoteEngine engine)
    {
        _engines.TryRemove(engine.Number, out _);
        engine.End(null);
        if (_stopping || _ended.Task.IsCompleted)
            return;

        var number = Requests.NextNumber();
        var done = new SingleReply<bool>((ref _) => true);
        try
        {
            await Requests.AskAsync(
                number, done, writer => writer.Begin(FrameKind.Unload, number).Int((int)engine.Number).End(), CancellationToken.None);
        }
        catch (EngineFailedException)
        {
            // The worker is gone, and its engines with it.
        }
    }

    /// <summary>Ends the worker; returns when the process is gone and its memory is free.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _socket?.Dispose();
        await _ended.Task;
    }

    private void Run()
    {
        try
        {
            _socket = new WorkerLauncher(_options, _time).Launch(_process);
            Requests.Connect(_socket);
        }
#pragma warning disable CA1031 // The caller that waits for the start gets every error.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _process.Kill();
            var failure = error as EngineFailedException
                ?? new EngineFailedException($"A worker could not be started with {_options.FileName}.", error);
            _ended.TrySetResult(failure);
            _connected.TrySetException(failure);
            return;
        }

        using (_watchdog.Watch())
        {
            try
            {
                _socket.Receive(Handle);
            }
            catch (InvalidDataException error)
            {
                _process.GiveUp(error.Message);
            }
        }

        End(_socket);
    }

    private void Handle(Frame frame)
    {
        _watchdog.Heard();
        switch (frame.Kind)
        {
            case FrameKind.Hello:
                _connected.TrySetResult();
                break;
            case FrameKind.Beat:
                HandleBeat(ref frame);
                break;
            case FrameKind.EngineEnded:
                if (_engines.TryRemove(frame.Number, out var engine))
                    engine.End(new EngineFailedException(frame.Text()));

                break;
            default:
                Requests.Receive(frame);
                break;
        }
    }

    private void HandleBeat(ref Frame frame)
    {
        for (var left = frame.Int(); left > 0; left--)
        {
            var number = (uint)frame.Int();
            var step = TimeSpan.FromMilliseconds(frame.Int());
            var statistics = EngineFrames.ReadStatistics(ref frame);
            if (_engines.TryGetValue(number, out var engine))
                engine.Statistics = statistics;

            _watchdog.Step(step);
        }
    }

    /// <summary>The connection is gone: waits for the process and reports its end to all that use it.</summary>
    private void End(FrameSocket socket)
    {
        socket.Dispose();
        _process.WaitForEnd();
        var error = _stopping ? null : new EngineFailedException($"The worker {ProcessId} ended{_process.Obituary}") { WorkerDied = true };
        var reason = error ?? new EngineFailedException("The engine was unloaded.");
        _ended.TrySetResult(error);
        _connected.TrySetException(reason);
        foreach (var engine in _engines.Values)
            engine.End(error);

        Requests.Close(reason);
        _process.Dispose();
    }
}
