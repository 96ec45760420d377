using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// One source and all that is its own: its looks, its accepted revision, its history, its failures and its suspension. Only the loop calls
/// it; a look that takes long goes on beside the passes, and the pass after it takes in what it brought.
/// </summary>
internal sealed class FollowedSource(
    SourceOptions options, IRepositorySource reader, RevisionIntake intake, RevisionRecords revisions, RunHistory history,
    RetryBook retries, SuspensionRecords suspensions, Random random, TimeProvider time) : IAsyncDisposable
{
    private const double LongestJitter = 1.05;

    // Commits that follow each other faster than they are applied are not all looked for.
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    private long _dueTicks;
    private long _notBefore;
    private TimeSpan _pause = s_firstPause;
    private readonly CancellationTokenSource _end = new();
    private Task<SourceLook>? _look;
    private CancellationTokenSource? _looking;
    private long _intervalTicks = options.PollInterval.Ticks;

    internal string Name => options.Name;

    /// <summary>Whether it is followed as these options say.</summary>
    internal bool Is(SourceOptions wanted) => options.IsFollowedAs(wanted);

    internal RevisionIntake Intake => intake;

    internal RevisionRecords Revisions => revisions;

    internal RunHistory History => history;

    internal RetryBook Retries => retries;

    internal SourceState State => intake.State;

    /// <summary>How often it is looked at. Any thread may set it.</summary>
    internal TimeSpan Interval
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _intervalTicks));
        set
        {
            if (value == Interval)
                return;
            Interlocked.Exchange(ref _intervalTicks, value.Ticks);
            LookSoon();
        }
    }

    /// <summary>Why nothing of it is applied; null when it is.</summary>
    internal string? Suspended => suspensions.Find()?.Reason ?? suspensions.Find(Name)?.Reason
        ?? (options.Suspend ? $"by the configuration of source {Name} (suspend)" : null);

    /// <summary>Why git itself wants nothing changed now; null when it does. The source is looked at all the same.</summary>
    internal string? Paused => State.Accepted?.Desired.Set.Suspend is { } pause && (PauseEnds is not { } left || left > TimeSpan.Zero)
        ? $"{pause.Reason} (spec.suspend in git)"
        : null;

    /// <summary>How long until what git says of that ends; null when it does not end by itself.</summary>
    internal TimeSpan? PauseEnds => State.Accepted?.Desired.Set.Suspend?.Until - time.GetUtcNow();

    /// <summary>Nothing of it is changed: it is suspended, or what is in force is not trusted any more.</summary>
    internal bool IsFrozen => Suspended is not null || Paused is not null || State.TrustLoss is not null;

    /// <summary>Why its models are not served; null while they are.</summary>
    internal string? Stopped => options.Verify.StopsOnLoss
        && (State.TrustLoss ?? (State.Accepted is null ? revisions.TrustLoss : null)) is not null
        ? "the source that declares it is not trusted any more; whoever runs this server can tell more"
        : null;

    /// <summary>A person asked for changes, so that a maintenance window may let them be made.</summary>
    internal ManualSync Manual { get; } = new();

    /// <summary>It is suspended by the host's configuration, which no command ends.</summary>
    internal bool IsSuspendedByConfiguration => options.Suspend;

    /// <summary>A look goes on or was asked for, or brought something that was not taken in yet.</summary>
    internal bool IsLooking => _look is not null || (Suspended is null && Interlocked.Read(ref _dueTicks) == 0);

    /// <summary>How long until the next look; null while there is none to come.</summary>
    internal TimeSpan? UntilDue
    {
        get
        {
            if (_look is not null || Suspended is not null)
                return null;

            var due = Until(Interlocked.Read(ref _dueTicks), Interval * LongestJitter);
            var pause = Until(_notBefore, s_longestPause);
            return due > pause ? due : pause;
        }
    }

    /// <summary>A time that is further away than it ever was was set by a clock that was set back since: it is over.</summary>
    private TimeSpan Until(long ticks, TimeSpan longest)
    {
        var left = TimeSpan.FromTicks(ticks - time.GetUtcNow().UtcTicks);
        return left < TimeSpan.Zero || left > longest ? TimeSpan.Zero : left;
    }

    /// <summary>The next pass looks. Any thread may ask for it.</summary>
    internal void LookSoon() => Interlocked.Exchange(ref _dueTicks, 0);

    /// <summary>Begins a look where one is due.</summary>
    /// <returns>The look that goes on; null when none does.</returns>
    internal Task? Look(CancellationToken cancellationToken)
    {
        if (UntilDue == TimeSpan.Zero)
        {
            Postpone();
            intake.Asked();
            _looking?.Dispose();
            _looking = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancellationToken);
            _look = intake.LookAsync(_looking.Token);
        }

        return _look;
    }

    /// <summary>Takes in what a look brought that is over. True when there is another accepted revision than before.</summary>
    internal async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        if (_look is not { IsCompleted: true } finished)
            return false;
        _look = null;
        var look = await finished;
        if (Suspended is not null)
            return false;
        var began = time.GetTimestamp();
        var before = State.Accepted?.Desired.Revision;
        var isAccepted = await intake.TakeAsync(look, cancellationToken);
        if (isAccepted)
            Pause(isSuperseding: before is not null && before != revisions.Applied);
        history.Looked(State, look.Took + time.GetElapsedTime(began));
        return isAccepted;
    }

    /// <summary>Ends what goes on, when the daemon stops or the source is not followed any more, and then it is over with it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _end.CancelAsync();
            await (_look ?? Task.CompletedTask);
        }
        catch (OperationCanceledException)
        {
            // The look was given up.
        }

        _look = null;
        _looking?.Dispose();
        _end.Dispose();
    }

    /// <summary>What a pass knows of it.</summary>
    internal SourceView View(SourcePlan? work = null) => new(options, reader, State)
    {
        Interval = Interval,
        Applied = revisions.Applied,
        Suspended = Suspended,
        Paused = Paused,
        Stopped = Stopped,
        Work = work,
        Failures = retries.Failures,
        Converged = work is not null && Convergence.Holds(work.Desired, work.Actual, work.Plan, retries.Failures),
    };

    /// <summary>The next look waits the longer, the more revisions came that took the place of one that was not applied yet.</summary>
    private void Pause(bool isSuperseding)
    {
        _notBefore = isSuperseding ? (time.GetUtcNow() + _pause).UtcTicks : 0;
        _pause = isSuperseding ? TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, s_longestPause.Ticks)) : s_firstPause;
    }

#pragma warning disable CA5394 // Jitter is not secret.
    private void Postpone() =>
        Interlocked.Exchange(ref _dueTicks, (time.GetUtcNow() + (Interval * (LongestJitter - (0.1 * random.NextDouble())))).UtcTicks);
#pragma warning restore CA5394
}
