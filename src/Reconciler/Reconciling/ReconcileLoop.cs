using System.Threading.Channels;
using ModelOps.Reconciler.Execution;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Runs passes one at a time, on a timer or when woken. The only caller of a pass, and the only writer of state.</summary>
public sealed class ReconcileLoop : IDisposable
{
    private const int PausePerPass = 10;

    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    private readonly ReconcilePass _pass;
    private readonly LoopCommands _commands;
    private readonly FollowedSources _sources;
    private readonly Operations _operations;
    private readonly Watches _watches;
    private readonly TimeProvider _time;
    private readonly PassFaults _faults;
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IDisposable _owned;
    private readonly ITimer _soon;
    private long _pauseTicks;
    private int _isSoon;

    internal ReconcileLoop(
        ReconcilePass pass, LoopCommands commands, FollowedSources sources, Operations operations, Watches watches,
        TimeProvider time, PassFaults faults, IDisposable owned)
    {
        _watches = watches;
        (_pass, _commands, _sources, _operations, _time) = (pass, commands, sources, operations, time);
        (_faults, _owned) = (faults, owned);
        _soon = time.CreateTimer(_ => Rouse(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _sources.Looked = Rouse;
        _operations.Ended = RouseSoon;
        _watches.AtRest.Ended = Rouse;
        _commands.Open(Rouse);
    }

    /// <summary>Called after every pass, on the loop; tests judge here what it left.</summary>
    internal Action? PassEnded { get; set; }

    /// <summary>Asks for a look at every source soon.</summary>
    internal void Wake()
    {
        foreach (var source in _sources.All)
            source.LookSoon();
        Rouse();
    }

    /// <summary>Asks for a pass soon. Many calls before that pass starts count as one.</summary>
    private void Rouse() => _wakes.Writer.TryWrite(true);

    /// <summary>
    /// An operation has ended. While others are at work, passes that only take in what ended are a small part of it, however large the set.
    /// </summary>
    private void RouseSoon()
    {
        if (_operations.IsOnlyWaiting)
            Rouse();
        else if (Interlocked.Exchange(ref _isSoon, 1) == 0)
            _soon.Change(TimeSpan.FromTicks(Interlocked.Read(ref _pauseTicks)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs until cancelled. What is begun is brought to a safe point first.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            // What is managed is known after the first pass only, so requests wait for it.
            for (var isFirst = true; !stoppingToken.IsCancellationRequested; isFirst = false)
            {
                Interlocked.Exchange(ref _isSoon, 0);
                _wakes.Reader.TryRead(out _); // This pass is the answer to whoever woke the loop until now.
                if (!isFirst)
                    _commands.Run(stoppingToken);
                var result = await RunPassAsync(stoppingToken);
                PassEnded?.Invoke();
                _commands.Judge(hasFailed: result is PassResult.Failed);
                if (!_commands.HasRequests)
                    await SleepAsync(DelayAfter(result), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The daemon stops.
        }
        finally
        {
            await _operations.StopAsync();
            await _watches.AtRest.DisposeAsync();
            await _commands.EndAsync();
            await _sources.EndAsync();
            _commands.Close();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _soon.Dispose();
        _owned.Dispose();
    }

    private async Task<PassResult> RunPassAsync(CancellationToken stoppingToken)
    {
        var began = _time.GetTimestamp();
        try
        {
            var result = await _pass.RunAsync(stoppingToken);
            _watches.Look();
            _faults.Passed();
            return result;
        }
#pragma warning disable CA1031 // The one catch-all of the daemon: a bug in a pass must not stop the models that serve.
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _faults.Failed(error);
            return new PassResult.Failed();
        }
        finally
        {
            var pause = _time.GetElapsedTime(began) * PausePerPass;
            Interlocked.Exchange(ref _pauseTicks, Math.Clamp(pause.Ticks, s_shortestPause.Ticks, s_longestPause.Ticks));
        }
    }

    private TimeSpan DelayAfter(PassResult result)
    {
        var delay = result switch
        {
            PassResult.Failed => _sources.Interval,
            PassResult.Waiting waiting when waiting.RetryAfter < _sources.UntilDue => waiting.RetryAfter,
            _ => _sources.UntilDue,
        };
        return new[] { _commands.SuspensionEnds, _watches.NextLook, delay }.Min() ?? delay;
    }

    /// <summary>Waits, until it is woken at most.</summary>
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
