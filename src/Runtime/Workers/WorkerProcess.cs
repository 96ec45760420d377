using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>The daemon's side of one worker: its process, its connection, and what waits for its answers.</summary>
/// <remarks>
/// A thread of its own starts the process, receives its frames and sees its end. It must be the same thread throughout: the
/// kernel ends a worker when the thread that started it is gone.
/// </remarks>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_watchInterval = TimeSpan.FromSeconds(1);

    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<uint, PendingReply> _pending = new();
    private readonly ConcurrentDictionary<uint, RemoteEngine> _engines = new();
    private readonly LastWords _lastWords = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<EngineFailedException?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private FrameSocket? _socket;
    private uint _lastNumber;
    private long _lastHeard;
    private volatile string? _killedBecause;
    private volatile bool _stopping;

    private WorkerProcess(WorkerOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
    }

    internal int ProcessId { get; private set; }

    /// <summary>Null after <see cref="DisposeAsync"/>, else what ended the worker.</summary>
    internal Task<EngineFailedException?> Ended => _ended.Task;

    /// <summary>Starts a worker; returns when it is connected.</summary>
    /// <exception cref="EngineFailedException">It could not be started.</exception>
    internal static async Task<WorkerProcess> StartAsync(WorkerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var worker = new WorkerProcess(options, time);
        new Thread(worker.Run) { Name = "worker connection", IsBackground = true }.Start();
        try
        {
            await using (cancellationToken.Register(() => worker.Kill("nobody waits for it any more")))
                await worker._connected.Task;
            return worker;
        }
        catch (EngineFailedException error) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
    }

    internal async Task<RemoteEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(profile, EngineJson.Default.LoadProfile);
        var number = NextNumber();
        await using var stall = _time.CreateTimer(
            _ => Kill($"timed out waiting for the engine to load: no progress for {_options.LoadLimit.TotalSeconds:0} s"), null, _options.LoadLimit, Timeout.InfiniteTimeSpan);
        var reply = new SingleReply<RemoteEngine>(
            (ref frame) =>
            {
                var facts = JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.EngineFacts)!;
                var engine = new RemoteEngine(this, frame.Number, facts);
                _engines[frame.Number] = engine;
                return engine;
            },
            new LoadProgress(progress, () => stall.Change(_options.LoadLimit, Timeout.InfiniteTimeSpan)));
        try
        {
            return await AskAsync(number, reply, writer => writer.Begin(FrameKind.Load, number).Bytes(json).End(), cancellationToken);
        }
        catch (OperationCanceledException) when (reply.Answer.IsCompletedSuccessfully)
        {
            // It was loaded just when it was given up: nobody else would free it.
            await UnloadAsync(await reply.Answer);
            throw;
        }
    }

    internal Task<bool> QuantizeAsync(string source, string target, int fileType, IProgress<float> progress, CancellationToken cancellationToken)
    {
        var number = NextNumber();
        return AskAsync(
            number,
            new SingleReply<bool>((ref _) => true, progress),
            writer => writer.Begin(FrameKind.Quantize, number).Text(source).Text(target).Int(fileType).End(),
            cancellationToken);
    }

    /// <summary>What a load would take of compute buffers; weights and caches are not counted.</summary>
    internal Task<EngineMemory> MeasureAsync(LoadProfile profile, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(profile, EngineJson.Default.LoadProfile);
        var number = NextNumber();
        return AskAsync(
            number,
            new SingleReply<EngineMemory>((ref frame) => JsonSerializer.Deserialize(frame.Bytes(), EngineJson.Default.EngineMemory)!),
            writer => writer.Begin(FrameKind.Measure, number).Bytes(json).End(),
            cancellationToken);
    }

    internal uint NextNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>Sends a request and registers who gets the frames that answer it.</summary>
    internal void Ask(uint number, PendingReply reply, Action<FrameWriter> write)
    {
        _pending[number] = reply;
        if (_ended.Task.IsCompleted && _pending.TryRemove(number, out _))
            reply.Fail(Gone());
        else
            _ = _socket!.Send(write);
    }

    internal async Task<T> AskAsync<T>(uint number, SingleReply<T> reply, Action<FrameWriter> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Ask(number, reply, write);
        try
        {
            return await reply.Answer.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Not by a registration on the token: the wait would end, and take the registration back, before its turn came.
            Cancel(number);
            throw;
        }
    }

    /// <summary>Nobody waits for this number any more.</summary>
    internal void Cancel(uint number)
    {
        if (_pending.TryRemove(number, out _))
            _ = _socket!.Send(writer => writer.Begin(FrameKind.Cancel, number).End());
    }

    internal async Task UnloadAsync(RemoteEngine engine)
    {
        _ = _engines.TryRemove(engine.Number, out _);
        engine.End(null);
        if (_stopping || _ended.Task.IsCompleted)
            return;

        var number = NextNumber();
        var done = new SingleReply<bool>((ref _) => true);
        try
        {
            _ = await AskAsync(number, done, writer => writer.Begin(FrameKind.Unload, number).Int((int)engine.Number).End(), CancellationToken.None);
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
        _ = await _ended.Task;
    }

    private void Run()
    {
        try
        {
            Connect();
        }
#pragma warning disable CA1031 // Whoever waits for the start gets to know whatever went wrong.
        catch (Exception error)
#pragma warning restore CA1031
        {
            KillProcess();
            var failure = error as EngineFailedException ?? new EngineFailedException($"A worker could not be started with {_options.FileName}.", error);
            _ = _ended.TrySetResult(failure);
            _ = _connected.TrySetException(failure);
            return;
        }

        _lastHeard = _time.GetTimestamp();
        using (_time.CreateTimer(_ => Watch(), null, s_watchInterval, s_watchInterval))
        {
            try
            {
                _socket!.Receive(Handle);
            }
            catch (InvalidDataException error)
            {
                _killedBecause = error.Message;
            }
        }

        End();
    }

    private void Connect()
    {
        var folder = Path.Combine(_options.SocketFolder, $"mo-{Guid.NewGuid():N}"[..15]);
        _ = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder)
            : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var path = Path.Combine(folder, "s");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            StartProcess(path);
            _socket = new FrameSocket(Accept(listener), _time);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void StartProcess(string socket)
    {
        var start = new ProcessStartInfo(_options.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in _options.Arguments)
            start.ArgumentList.Add(argument);

        foreach (var argument in (string[])["--socket", socket, "--processors", _options.Processors.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);

        if (_options.NativeFolder is { } native)
        {
            start.ArgumentList.Add("--native");
            start.ArgumentList.Add(native);
        }

        // A trace takes the engine seconds in which everybody waits, and its last lines say nothing.
        start.Environment["GGML_NO_BACKTRACE"] = "1";
        _process = Process.Start(start) ?? throw new EngineFailedException($"{_options.FileName} did not start.");
        ProcessId = _process.Id;
        _process.ErrorDataReceived += (_, line) => _lastWords.Remember(line.Data);
        _process.OutputDataReceived += (_, line) => _lastWords.Remember(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _process.StandardInput.Close();
    }

    private Socket Accept(Socket listener)
    {
        var started = _time.GetTimestamp();
        while (!listener.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead))
        {
            if (_process!.HasExited || _killedBecause is not null)
                throw new EngineFailedException($"The worker {ProcessId} ended before it was ready{Reason()}") { WorkerDied = true };

            if (_time.GetElapsedTime(started) > _options.StartLimit)
                throw new EngineFailedException($"The worker {ProcessId} did not connect within {_options.StartLimit.TotalSeconds:0} s.");
        }

        return listener.Accept();
    }

    private void Handle(Frame frame)
    {
        Volatile.Write(ref _lastHeard, _time.GetTimestamp());
        switch (frame.Kind)
        {
            case FrameKind.Hello:
                _ = _connected.TrySetResult();
                break;
            case FrameKind.Beat:
                HandleBeat(ref frame);
                break;
            case FrameKind.EngineEnded:
                if (_engines.TryRemove(frame.Number, out var engine))
                    engine.End(new EngineFailedException(frame.Text()));

                break;
            default:
                if (_pending.TryGetValue(frame.Number, out var reply) && reply.Receive(ref frame))
                    _ = _pending.TryRemove(frame.Number, out _);

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

            if (step > _options.StepLimit)
                Kill($"a batch step took longer than {_options.StepLimit.TotalSeconds:0} s");
        }
    }

    private void Watch()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lastHeard)) > _options.SilenceLimit)
            Kill($"it said nothing for {_options.SilenceLimit.TotalSeconds:0} s");
    }

    private void Kill(string reason)
    {
        _killedBecause = reason;
        KillProcess();
    }

    private void KillProcess()
    {
        try
        {
            _process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>The connection is gone: waits for the process and tells everybody.</summary>
    private void End()
    {
        _socket!.Dispose();
        if (!_process!.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            KillProcess();
            _process.WaitForExit();
        }

        var error = _stopping ? null : new EngineFailedException($"The worker {ProcessId} ended{Reason()}") { WorkerDied = true };
        _ = _ended.TrySetResult(error);
        _ = _connected.TrySetException(Gone());
        foreach (var engine in _engines.Values)
            engine.End(error);

        foreach (var number in _pending.Keys)
        {
            if (_pending.TryRemove(number, out var reply))
                reply.Fail(Gone());
        }

        _process.Dispose();
    }

    private EngineFailedException Gone() => _ended.Task.Result ?? new EngineFailedException("The engine was unloaded.");

    private string Reason()
    {
        var why = _killedBecause is { } killed ? $": {killed}." : _process!.ExitCode switch
        {
            137 => ": it was killed (signal 9), perhaps because memory ran out.",
            > 128 and var code => $" with signal {code - 128}.",
            var code => $" with code {code}.",
        };
        return _lastWords.Text is { Length: > 0 } words ? $"{why} It said: {words}" : why;
    }

    private sealed class LoadProgress(IProgress<float>? told, Action moved) : IProgress<float>
    {
        public void Report(float value)
        {
            moved();
            told?.Report(value);
        }
    }
}
