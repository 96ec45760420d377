using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.Reconciler.Delivery;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Notifications;

/// <summary>
/// Tells receivers outside what happened, each in its order and at its own pace; nothing else waits for them. What one does not take is
/// kept in a file, and until it takes something again it is asked once for each event.
/// </summary>
public sealed partial class Notifier
{
    private readonly ImmutableArray<(NotificationOptions Options, long Told)> _receivers;
    private readonly Chronicle _chronicle;
    private readonly DeliveryMarks _marks;
    private readonly string _folder;
    private readonly string _home;
    private readonly string _machine;
    private readonly PatientSender _sender;
    private readonly TimeProvider _time;
    private readonly ILogger<Notifier> _logger;

    /// <summary>A receiver that is new hears of what happens from here on.</summary>
    /// <param name="receivers">Who is told.</param>
    /// <param name="chronicle">Where the events are.</param>
    /// <param name="marks">Up to where each was told.</param>
    /// <param name="home">State folder.</param>
    /// <param name="http">Sends; it has a time limit of its own for each call, and follows no redirect.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of what could not be told.</param>
    public Notifier(
        ImmutableArray<NotificationOptions> receivers, Chronicle chronicle, DeliveryMarks marks, string home, HttpClient http,
        TimeProvider time, ILogger<Notifier> logger)
    {
        ArgumentNullException.ThrowIfNull(chronicle);
        ArgumentNullException.ThrowIfNull(marks);
        (_chronicle, _marks, _time, _logger, _machine) = (chronicle, marks, time, logger, Environment.MachineName);
        (_folder, _home, _sender) = (FolderOf(home), HomeIdentity.Of(home), new PatientSender(http, time));
        var newest = chronicle.Newest;
        _receivers = [.. receivers.Select(options => (options, marks.Begin(MarkOf(options), newest)))];
    }

    /// <summary>Sends a try to one receiver, once.</summary>
    /// <returns>What went wrong; null when it was taken.</returns>
    public static Task<string?> TryAsync(
        NotificationOptions options, HttpClient http, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var what = new Notification(
            $"test-{Guid.NewGuid():N}", "Test", now, ModelfileLang.Diagnostics.Severity.Info, "a try: nothing happened")
        {
            Machine = Environment.MachineName,
        };
        return new PatientSender(http, time).SendAsync(
            () => NotificationRequest.Of(options, what, time.GetUtcNow()), tries: 1, _ => false, () => false, cancellationToken);
    }

    /// <summary>How many notifications a receiver did not take.</summary>
    public static int Undelivered(string home, string receiver) => FileOf(FolderOf(home), receiver).Count();

    /// <summary>Tells until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await Task.WhenAll(_receivers.Select(receiver => TellAsync(receiver.Options, receiver.Told, stopping)));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The daemon stops; what was not told is told by the next one.
        }
    }

    private static string FolderOf(string home) => Path.Combine(home, "notifications");

    private static UndeliveredFile FileOf(string folder, string receiver) => new(Path.Combine(folder, receiver + ".undelivered.jsonl"));

    private static string MarkOf(NotificationOptions options) => $"notification.{options.Name}";

    private async Task TellAsync(NotificationOptions options, long after, CancellationToken stopping)
    {
        ReconcilerMetrics.Notifies(options.Name);
        var (before, isDown) = (new ToldBefore(), false);
        var events = new PatientReader(_chronicle, _time)
            .ReadAsync(after, problem => LogNotRead(options.Name, problem), stopping);
        await foreach (var told in events)
        {
            if (!options.Filter.Takes(told) || (options.OncePerRevision && !before.Add(told)))
                continue;
            isDown = !await DeliverAsync(options, Notification.Of(told, _home, _machine), isDown, stopping);
            Keep(() => _marks.Set(MarkOf(options), told.Id), options);
        }
    }

    /// <summary>True when it was taken.</summary>
    private async Task<bool> DeliverAsync(NotificationOptions options, Notification what, bool isDown, CancellationToken stopping)
    {
        var problem = await _sender.SendAsync(
            () => NotificationRequest.Of(options, what, _time.GetUtcNow()), isDown ? 1 : PatientSender.MostTries, _ => false, () => false,
            stopping);
        ReconcilerMetrics.Notified(options.Name, problem is null);
        if (problem is null)
        {
            if (isDown)
                LogTakes(options.Name);
            return true;
        }

        if (!isDown)
            LogNotTaken(options.Name, problem);
        Keep(() => FileOf(_folder, options.Name).Add(what, problem, _time.GetUtcNow()), options);
        return false;
    }

    /// <summary>A disk that is full ends nothing here: it is told in the log, and what was to be kept is told again at worst.</summary>
    private void Keep(Action write, NotificationOptions options)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
        {
            LogNotKept(options.Name, error.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Receiver {Receiver} of notifications does not take them, they are kept in a file: {Problem}")]
    private partial void LogNotTaken(string receiver, string problem);

    [LoggerMessage(LogLevel.Warning, "Events cannot be read for receiver {Receiver} of notifications; tried again in a minute: {Problem}")]
    private partial void LogNotRead(string receiver, string problem);

    [LoggerMessage(LogLevel.Information, "Receiver {Receiver} takes notifications again")]
    private partial void LogTakes(string receiver);

    [LoggerMessage(LogLevel.Warning, "What was told to {Receiver} could not be written down: {Problem}")]
    private partial void LogNotKept(string receiver, string problem);
}
