using Polly;
using Polly.Retry;

namespace ModelOps.ModelStore.Registry;

/// <summary>What is tried again, how often and when.</summary>
internal static class RegistryResilience
{
    /// <summary>For parts of blobs: everything that the network or a busy server does.</summary>
    public static ResiliencePipeline Parts(RegistryOptions options, TimeProvider time) =>
        Create(options, time, options.Attempts, IsTransient);

    /// <summary>For single requests: a host that cannot be reached at all is reported at once, since its name may be wrong.</summary>
    public static ResiliencePipeline Requests(RegistryOptions options, TimeProvider time) =>
        Create(options, time, Math.Min(options.Attempts, 3), error => IsTransient(error) && !IsUnreachable(error));

    public static bool IsTransient(Exception error) => error switch
    {
        RegistryStatusException status => status.IsTransient,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => false,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    private static bool IsUnreachable(Exception error) =>
        error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private static ResiliencePipeline Create(RegistryOptions options, TimeProvider time, int attempts, Func<Exception, bool> handles)
    {
        if (attempts <= 1)
            return ResiliencePipeline.Empty;
        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } error && handles(error)),
                MaxRetryAttempts = attempts - 1,
                Delay = options.FirstPause,
                MaxDelay = options.LongestPause,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = arguments => ValueTask.FromResult(AskedPause(arguments.Outcome.Exception, options.LongestPause)),
            })
            .Build();
    }

    // Null leaves the pause to the exponential rule.
    private static TimeSpan? AskedPause(Exception? error, TimeSpan longest) =>
        error is RegistryStatusException { RetryAfter: { } asked } ? (asked < longest ? asked : longest) : null;
}
