using System.Globalization;
using System.Net;

namespace ModelOps.Reconciler.Delivery;

/// <summary>
/// Sends a message until it is taken or refused. A receiver that is down is asked again after 1 s, 2 s and so on, or after what it says in
/// <c>Retry-After</c>, two minutes at most.
/// </summary>
/// <param name="http">Sends; it has a time limit of its own for each call, and follows no redirect.</param>
/// <param name="time">The clock.</param>
internal sealed class PatientSender(HttpClient http, TimeProvider time)
{
    internal const int MostTries = 6;

    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(2);

    /// <summary>What went wrong at last; null when it was taken.</summary>
    /// <param name="make">Makes the message anew for each try; it may read files.</param>
    /// <param name="tries">How often it is sent at most.</param>
    /// <param name="isTaken">What counts as taken besides success.</param>
    /// <param name="isOver">It need not be told any more; asked before it is sent again.</param>
    /// <param name="stopping">The server stops.</param>
    internal async Task<string?> SendAsync(
        Func<HttpRequestMessage> make, int tries, Func<HttpStatusCode, bool> isTaken, Func<bool> isOver, CancellationToken stopping)
    {
        var wait = s_firstWait;
        for (var attempt = 1; ; attempt++)
        {
            var (problem, after) = await TryAsync(make, isTaken, stopping);
            if (problem is null || after is null || attempt >= tries)
                return problem;
            await Task.Delay(after > wait ? Shorter(after.Value, s_longestWait) : wait, time, stopping);
            wait = Shorter(wait * 2, s_longestWait);
            if (isOver())
                return null;
        }
    }

    /// <summary>What went wrong, and how long to wait before it is tried again; null for never.</summary>
    private async Task<(string? Problem, TimeSpan? After)> TryAsync(
        Func<HttpRequestMessage> make, Func<HttpStatusCode, bool> isTaken, CancellationToken stopping)
    {
        try
        {
            using var request = make();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stopping);
            if (response.IsSuccessStatusCode || isTaken(response.StatusCode))
                return (null, null);
            var text = string.Create(CultureInfo.InvariantCulture, $"{request.RequestUri!.Host} answered {(int)response.StatusCode}");
            var isTransient = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
                || (int)response.StatusCode >= 500 || response.Headers.RetryAfter is not null;
            return (text, isTransient ? response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero : null);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException or UnauthorizedAccessException
            or InvalidDataException or FormatException && !stopping.IsCancellationRequested)
        {
            return (error.Message, TimeSpan.Zero);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
