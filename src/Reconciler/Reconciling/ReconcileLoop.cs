using System.Threading.Channels;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Runs passes one at a time, on a timer or when woken. The only caller of a pass, and the only writer of state.</summary>
public sealed class ReconcileLoop : IDisposable
{
    private readonly ReconcilePass _pass;
    private readonly LoopCommands _commands;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly PassFaults _faults;
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IDisposable _owned;
    private long _intervalTicks;
    private volatile bool _wokenSincePass;

    internal ReconcileLoop(
        ReconcilePass pass, LoopCommands commands, TimeSpan interval, Random random, TimeProvider time, PassFaults faults,
        IDisposable owned)
    {
        (_pass, _commands, _random, _time, _faults, _owned) = (pass, commands, random, time, faults, owned);
        _intervalTicks = interval.Ticks;
        _commands.Open(Wake);
    }

    /// <summary>Called after every pass, on the loop; tests judge here what it left.</summary>
    internal Action? PassEnded { get; set; }

    private TimeSpan Interval => TimeSpan.FromTicks(Interlocked.Read(ref _intervalTicks));

    /// <summary>Looks at the source this often from now on.</summary>
    public void Poll(TimeSpan interval)
    {
        if (Interlocked.Exchange(ref _intervalTicks, interval.Ticks) != interval.Ticks)
            Wake();
    }

    /// <summary>Asks for a pass soon. Many calls before that pass starts count as one.</summary>
    internal void Wake()
    {
        _wokenSincePass = true;
        _wakes.Writer.TryWrite(true);
    }

    /// <summary>Runs until cancelled. What is begun is brought to a safe point first.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            // What is managed is known after the first pass only, so requests wait for it.
            for (var isFirst = true; !stoppingToken.IsCancellationRequested; isFirst = false)
            {
                _wokenSincePass = false;
                _wakes.Reader.TryRead(out _); // This pass is the answer to whoever woke the loop until now.
                if (!isFirst)
                    await _commands.RunAsync(stoppingToken);
                var result = await RunPassAsync(stoppingToken);
                PassEnded?.Invoke();
                if (result is not PassResult.Superseded)
                    _commands.Judge();

                // A wake during the pass may have been taken by the look for newer revisions, or be a request that is still in the queue.
                if (!_wokenSincePass && !_commands.HasRequests)
                    await SleepAsync(DelayAfter(result), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The daemon stops.
        }
        finally
        {
            _commands.Close();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.Dispose();

    private async Task<PassResult> RunPassAsync(CancellationToken stoppingToken)
    {
        try
        {
            var result = await _pass.RunAsync(token => SleepAsync(Jittered(Interval), token), stoppingToken);
            _faults.Passed();
            return result;
        }
#pragma warning disable CA1031 // The one catch-all of the daemon: a bug in a pass must not stop the models that serve.
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _faults.Failed(error);
            return new PassResult.Waiting(Interval);
        }
    }

    private TimeSpan DelayAfter(PassResult result)
    {
        var delay = result switch
        {
            PassResult.Superseded => TimeSpan.Zero,
            PassResult.Waiting waiting when waiting.RetryAfter < Interval => waiting.RetryAfter,
            _ => Jittered(Interval),
        };
        return _commands.SuspensionEnds is { } left && left < delay ? left : delay;
    }

#pragma warning disable CA5394 // Jitter is not secret.
    private TimeSpan Jittered(TimeSpan interval) => interval * (0.95 + (0.1 * _random.NextDouble()));
#pragma warning restore CA5394

    private async Task SleepAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (delay <= TimeSpan.Zero)
            return;
        using var elapsed = new CancellationTokenSource(delay, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        try
        {
            await _wakes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The delay is over: the normal way out.
        }
    }
}
