using Polly;
using Polly.Retry;

namespace ModelOps.Reconciler.Sources;

/// <summary>How often a source that did not answer is asked again before the next poll. The only retry around git.</summary>
internal static class GitResilience
{
    internal static ResiliencePipeline Create(TimeProvider time) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<GitSourceException>(error => error.IsTransient),
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .Build();
}
