using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using ModelOps.Reconciler.Delivery;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Forges;

/// <summary>
/// Tells forges what became of commits, from the events. Nothing waits for it: a forge that is down is tried again for a while, and then
/// hears of the next change. What a server could not tell before it stopped the next one tells.
/// </summary>
public sealed partial class CommitStatusReporter
{
    private const int MostWaiting = 100;

    private readonly ImmutableArray<ForgeOptions> _forges;
    private readonly ImmutableDictionary<ForgeOptions, long> _told;
    private readonly PatientReader _events;
    private readonly DeliveryMarks _marks;
    private readonly PatientSender _sender;
    private readonly ILogger<CommitStatusReporter> _logger;

    private readonly Lock _lock = new();
    private readonly List<(ForgeOptions Forge, CommitStatus Status)> _waiting = [];
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _seen;

    /// <summary>A forge that is new hears of what happens from here on.</summary>
    /// <param name="forges">Where it is told.</param>
    /// <param name="chronicle">Where the events are.</param>
    /// <param name="marks">Up to where each was told.</param>
    /// <param name="http">Sends; it has a time limit of its own for each call, and follows no redirect.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of what could not be told.</param>
    public CommitStatusReporter(
        ImmutableArray<ForgeOptions> forges, Chronicle chronicle, DeliveryMarks marks, HttpClient http, TimeProvider time,
        ILogger<CommitStatusReporter> logger)
    {
        ArgumentNullException.ThrowIfNull(chronicle);
        ArgumentNullException.ThrowIfNull(marks);
        (_forges, _marks, _logger) = (forges, marks, logger);
        (_events, _sender) = (new PatientReader(chronicle, time), new PatientSender(http, time));
        var newest = chronicle.Newest;
        _told = forges.ToImmutableDictionary(forge => forge, forge => marks.Begin(MarkOf(forge), newest));
    }

    /// <summary>Tells until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await Task.WhenAll([ListenAsync(stopping), .. _forges.Select(forge => TellAsync(forge, stopping))]);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The daemon stops.
        }
    }

    private static string MarkOf(ForgeOptions forge) => $"forge.{forge.Source}";

    private async Task ListenAsync(CancellationToken stopping)
    {
        // What was told before says what is new: a commit that was red stays so until it is applied.
        var states = new CommitStates();
        await foreach (var told in _events.ReadAsync(after: 0, LogNotRead, stopping))
        {
            if (states.Of(told) is { } status)
            {
                foreach (var forge in _forges.Where(forge => forge.Source == status.Source && told.Id > _told[forge]))
                    Add(forge, status);
            }

            Volatile.Write(ref _seen, told.Id);
        }
    }

    /// <summary>Of one commit only what became of it last is told; of too many the oldest are left out.</summary>
    private void Add(ForgeOptions forge, CommitStatus status)
    {
        lock (_lock)
        {
            _waiting.RemoveAll(waiting => waiting.Forge == forge && waiting.Status.Commit == status.Commit);
            if (_waiting.Count >= MostWaiting)
                _waiting.RemoveAt(0);
            _waiting.Add((forge, status));
            _added.TrySetResult();
            _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task TellAsync(ForgeOptions forge, CancellationToken stopping)
    {
        while (true)
        {
            Task added;
            CommitStatus? next;
            lock (_lock)
            {
                added = _added.Task;
                next = _waiting.Find(waiting => waiting.Forge == forge).Status;
                _waiting.RemoveAll(waiting => waiting.Forge == forge && waiting.Status == next);
            }

            if (next is null)
                await added.WaitAsync(stopping);
            else
                await TellAsync(forge, next, stopping);
        }
    }

    /// <summary>Nothing waits for this forge, so that all there was is told.</summary>
    private void MarkTold(ForgeOptions forge)
    {
        lock (_lock)
        {
            if (_waiting.Exists(waiting => waiting.Forge == forge))
                return;
        }

        try
        {
            _marks.Set(MarkOf(forge), Math.Max(_told[forge], Volatile.Read(ref _seen)));
        }
        catch (Microsoft.Data.Sqlite.SqliteException error)
        {
            LogNotKept(forge.Source, error.Message);
        }
    }

    private async Task TellAsync(ForgeOptions forge, CommitStatus status, CancellationToken stopping)
    {
        var problem = await _sender.SendAsync(
            () => CommitStatusRequest.Of(forge, status, SecretFile.FirstLine(forge.TokenFile)), PatientSender.MostTries, IsKnownThere,
            () => HasNewer(forge, status.Commit), stopping);
        if (problem is not null)
            LogNotTold(forge.Source, status.Commit, status.State, problem);
        MarkTold(forge);

        // GitLab refuses a state that the commit has already.
        bool IsKnownThere(HttpStatusCode answer) =>
            forge.Kind == ForgeKind.GitLab && answer == HttpStatusCode.BadRequest && status.State == CommitState.Pending;
    }

    private bool HasNewer(ForgeOptions forge, string commit)
    {
        lock (_lock)
            return _waiting.Exists(waiting => waiting.Forge == forge && waiting.Status.Commit == commit);
    }

    [LoggerMessage(LogLevel.Warning, "The forge of source {Source} could not be told that commit {Commit} is {State}: {Problem}")]
    private partial void LogNotTold(string source, string commit, CommitState state, string problem);

    [LoggerMessage(LogLevel.Warning, "Events cannot be read for forges; tried again in a minute: {Problem}")]
    private partial void LogNotRead(string problem);

    [LoggerMessage(LogLevel.Warning, "What the forge of source {Source} was told could not be written down: {Problem}")]
    private partial void LogNotKept(string source, string problem);
}
