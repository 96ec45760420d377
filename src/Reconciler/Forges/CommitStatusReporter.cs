using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Forges;

/// <summary>
/// Tells forges what became of commits, from the events. Nothing waits for it: a forge that is down is tried again for a while, and then
/// hears of the next change.
/// </summary>
/// <param name="forges">Where it is told.</param>
/// <param name="board">Where the events are.</param>
/// <param name="http">Sends; it has a time limit of its own for each call.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of what could not be told.</param>
public sealed partial class CommitStatusReporter(
    ImmutableArray<ForgeOptions> forges, StatusBoard board, HttpClient http, TimeProvider time, ILogger<CommitStatusReporter> logger)
{
    private const int MostTries = 6;
    private const int MostWaiting = 100;

    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly List<(ForgeOptions Forge, CommitStatus Status)> _waiting = [];
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Tells until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await Task.WhenAll([ListenAsync(stopping), .. forges.Select(forge => TellAsync(forge, stopping))]);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The daemon stops.
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        var states = new CommitStates();
        await foreach (var told in board.ReadEventsAsync(board.Events is [.., var last] ? last.Id : 0, stopping))
        {
            if (states.Of(told) is not { } status)
                continue;
            foreach (var forge in forges.Where(forge => forge.Source == status.Source))
                Add(forge, status);
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

    private async Task TellAsync(ForgeOptions forge, CommitStatus status, CancellationToken stopping)
    {
        var wait = s_firstWait;
        for (var attempt = 1; ; attempt++)
        {
            var (problem, after) = await TryAsync(forge, status, stopping);
            if (problem is null)
                return;
            if (after is null || attempt == MostTries)
            {
                LogNotTold(forge.Source, status.Commit, status.State, problem);
                return;
            }

            await Task.Delay(after > wait ? Shorter(after.Value, s_longestWait) : wait, time, stopping);
            wait = Shorter(wait * 2, s_longestWait);
            if (HasNewer(forge, status.Commit))
                return;
        }
    }

    private bool HasNewer(ForgeOptions forge, string commit)
    {
        lock (_lock)
            return _waiting.Exists(waiting => waiting.Forge == forge && waiting.Status.Commit == commit);
    }

    /// <summary>What went wrong, and how long to wait before it is tried again; null for never.</summary>
    private async Task<(string? Problem, TimeSpan? After)> TryAsync(ForgeOptions forge, CommitStatus status, CancellationToken stopping)
    {
        try
        {
            var token = Encoding.UTF8.GetString(RegularFile.ReadAllBytes(forge.TokenFile)).Split('\n')[0].Trim();
            using var request = CommitStatusRequest.Of(forge, status, token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stopping);
            if (response.IsSuccessStatusCode || (forge.Kind == ForgeKind.GitLab && response.StatusCode == HttpStatusCode.BadRequest
                && status.State == CommitState.Pending))
            {
                // GitLab refuses a state that the commit has already.
                return (null, null);
            }

            var text = string.Create(CultureInfo.InvariantCulture, $"{forge.Api.Host} answered {(int)response.StatusCode}");
            var isTransient = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
                || (int)response.StatusCode >= 500 || response.Headers.RetryAfter is not null;
            return (text, isTransient ? response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero : null);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException or UnauthorizedAccessException
            && !stopping.IsCancellationRequested)
        {
            return (error.Message, TimeSpan.Zero);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(LogLevel.Warning, "The forge of source {Source} could not be told that commit {Commit} is {State}: {Problem}")]
    private partial void LogNotTold(string source, string commit, CommitState state, string problem);
}
