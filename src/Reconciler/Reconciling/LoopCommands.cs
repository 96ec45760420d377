using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Carries out what was asked, between passes and on the loop, so that there is one writer. What a pass does for a request is judged after
/// it; everything else is told at once.
/// </summary>
internal sealed partial class LoopCommands(
    RequestQueue requests, ModelCommands models, SourceCommands source, FollowedSources sources, Operations operations, EventLog events,
    StatusBoard board, Action show, TimeProvider time, ILogger logger)
{
    private readonly List<RequestRecord> _judgedLater = [];
    private readonly List<(RequestRecord Request, Task<Func<RequestVerdict>> Work)> _begun = [];
    private Action _wake = () => { };
    private Task _waking = Task.CompletedTask;

    /// <summary>How long until a suspension ends by itself; null when none does.</summary>
    internal TimeSpan? SuspensionEnds => source.SuspensionEnds;

    /// <summary>Something was asked that was not carried out yet.</summary>
    internal bool HasRequests => requests.HasWaiting;

    /// <summary>Has the loop woken when something is asked, and takes up what the last process left.</summary>
    internal void Open(Action wake)
    {
        requests.Asked = _wake = wake;
        requests.Restore();
    }

    /// <summary>Carries out everything that was asked.</summary>
    /// <param name="cancellationToken">The daemon stops; what was begun stays written down for the next start.</param>
    internal void Run(CancellationToken cancellationToken)
    {
        source.EndSuspension();
        foreach (var request in requests.Take())
        {
            if (ControlCommand.Of(request) is ControlCommand.Rollback rollback)
            {
                Begin(request, models.RollbackAsync(rollback, request, cancellationToken));
                continue;
            }

            var verdict = CarryOut(request);
            if (verdict is null)
                _judgedLater.Add(request);
            else
                Handle(request, verdict, show);
        }
    }

    /// <summary>
    /// Tells what passes came to, to those who asked for it. Who asked about something that is still looked for or worked on waits; work on
    /// anything else keeps nobody waiting. A pass that failed took in nothing of that, and those who wait are told so.
    /// </summary>
    internal void Judge(bool hasFailed)
    {
        // What a pass came to is written down before anybody is told of it.
        source.ForgetUsedApprovals();
        foreach (var (request, work) in _begun.Where(begun => begun.Work is { IsCompleted: true, IsCanceled: false }).ToArray())
        {
            _begun.Remove((request, work));
            Handle(request, VerdictOfWork(request, work), show);
        }

        foreach (var request in _judgedLater.Where(request => hasFailed || !IsUnderWay(request)).ToArray())
        {
            _judgedLater.Remove(request);
            Handle(request, VerdictOfPass(request));
        }
    }

    /// <summary>Waits for what was begun, when the daemon stops.</summary>
    internal async Task EndAsync()
    {
        foreach (var (_, work) in _begun)
            await work.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await _waking;
    }

    /// <summary>What the last work told is written down, and nobody may wait for a loop that has ended.</summary>
    internal void Close()
    {
        try
        {
            events.Flush();
        }
#pragma warning disable CA1031 // The state may be what ended the loop; events inform, and decide nothing.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotFlushed(error);
        }

        requests.Close();
    }

    /// <summary>Null when the next pass decides.</summary>
    private RequestVerdict? CarryOut(RequestRecord request)
    {
        try
        {
            return ControlCommand.Of(request) switch
            {
                ControlCommand.Sync sync => Sync(sync, request),
                ControlCommand.AcceptRewind rewind => source.AcceptRewind(rewind, request),
                ControlCommand.Suspend suspend => source.Suspend(suspend, request),
                ControlCommand.Resume resume => source.Resume(resume, request),
                ControlCommand.Approve approve => source.Approve(approve, request),
                ControlCommand.Hold hold => models.Hold(hold, request),
                ControlCommand.Release release => models.Release(release, request),
                ControlCommand.Retry retry => models.Retry(retry, request),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
#pragma warning disable CA1031 // A request that fails goes to who asked, and does not end the loop.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogFailed(error, request.Verb, request.Actor);
            return RequestVerdict.Failed($"{request.Verb} failed: {SafeText.ForLine(error.Message)}");
        }
    }

    /// <summary>Goes on beside the passes; the loop is woken at its end.</summary>
    private void Begin(RequestRecord request, Task<Func<RequestVerdict>> work)
    {
        _begun.Add((request, work));
        _waking = work.ContinueWith(_ => _wake(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private RequestVerdict VerdictOfWork(RequestRecord request, Task<Func<RequestVerdict>> work)
    {
        try
        {
            return work.GetAwaiter().GetResult()();
        }
#pragma warning disable CA1031 // A request that fails goes to who asked, and does not end the loop.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogFailed(error, request.Verb, request.Actor);
            return RequestVerdict.Failed($"{request.Verb} failed: {SafeText.ForLine(error.Message)}");
        }
    }

    /// <summary>The source of what was asked about is still looked at, or it is being worked on.</summary>
    private bool IsUnderWay(RequestRecord request)
    {
        if (AskedOf(request).Any(asked => asked.IsLooking))
            return true;
        var model = request.Model.Length == 0 ? null : ModelName.Parse(request.Model);
        return operations.IsWorkedOn(model is null ? null : sources.FindModel(model)?.Model.Name ?? model, SourceOf(request));
    }

    private RequestVerdict VerdictOfPass(RequestRecord request)
    {
        try
        {
            var model = request.Model.Length == 0 ? null : ModelName.Parse(request.Model);
            var failures = sources.All.Aggregate(
                ImmutableDictionary<ModelName, ModelFailure>.Empty, (known, followed) => known.SetItems(followed.Retries.Failures));
            return source.JudgeRewind(request) ?? RequestVerdict.OfPass(model, StatusFor(request, model), failures);
        }
#pragma warning disable CA1031 // What makes the status throw made the pass throw, which tells it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotShown(error);
            return RequestVerdict.Failed($"what came of it cannot be told: {SafeText.ForLine(error.Message)}");
        }
    }

    private RequestVerdict? Sync(ControlCommand.Sync command, RequestRecord request)
    {
        if (command.Source is { } unknown && sources.Find(unknown) is null)
            return source.Unknown(unknown);
        foreach (var followed in AskedOf(request))
        {
            followed.LookSoon();
            if (!command.OnNews)
                followed.Manual.Ask(command.Model);
            if (command.Model is { } model)
                followed.Retries.TryNow(model);
            else
                followed.Retries.TryNow();
        }

        events.Add(Told(EventKind.SyncRequested, "a look at the source was asked for", request) with
        {
            Model = command.Model,
            Source = command.Source ?? "",
        });
        return null;
    }

    /// <summary>The sources that a request is about.</summary>
    private IEnumerable<FollowedSource> AskedOf(RequestRecord request)
    {
        if (SourceOf(request) is { } name)
            return sources.All.Where(followed => followed.Name == name);
        return request.Model.Length > 0 && sources.FindModel(ModelName.Parse(request.Model)) is { } found ? [found.Source] : sources.All;
    }

    private static string? SourceOf(RequestRecord request) => ControlCommand.Of(request) switch
    {
        ControlCommand.Sync sync => sync.Source,
        ControlCommand.AcceptRewind rewind => rewind.Source,
        _ => null,
    };

    /// <summary>What a request is judged by: its source, else that of its model, else everything.</summary>
    private DaemonStatus StatusFor(RequestRecord request, ModelName? model)
    {
        var named = SourceOf(request) ?? (model is null ? null : sources.FindModel(model)?.Source.Name);
        return named is null ? board.Current : board.Current.Only(named);
    }

    /// <summary>The status shows it before who asked is told.</summary>
    private void Handle(RequestRecord request, RequestVerdict verdict, Action? before = null)
    {
        try
        {
            before?.Invoke();
        }
#pragma warning disable CA1031 // What keeps the status from being written keeps the next pass, too, which tells it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotShown(error);
        }

        try
        {
            requests.Handle(request with { Outcome = verdict.Outcome, Message = verdict.Message, HandledAt = time.GetUtcNow() });
        }
#pragma warning disable CA1031 // The state may be what fails; who waits was told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotKept(error, request.Verb, request.Token);
        }
    }

    /// <summary>An event that a request caused.</summary>
    internal static NewEvent Told(EventKind kind, string what, RequestRecord request) => new(kind, what + Because(request))
    {
        Actor = request.Actor,
        Request = request.Token,
    };

    /// <summary>The reason as the end of a sentence; empty when none was given.</summary>
    internal static string Because(RequestRecord request) => request.Reason.Length == 0 ? "" : $": {request.Reason}";

    [LoggerMessage(LogLevel.Error, "{Verb}, asked by {Actor}, failed")]
    private partial void LogFailed(Exception error, string verb, string actor);

    [LoggerMessage(LogLevel.Error, "The last events could not be written down")]
    private partial void LogNotFlushed(Exception error);

    [LoggerMessage(LogLevel.Error, "The status could not be written")]
    private partial void LogNotShown(Exception error);

    [LoggerMessage(LogLevel.Error, "What came of {Verb} {Token} could not be written down")]
    private partial void LogNotKept(Exception error, string verb, string token);
}
