using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>Lets a build answer a share of the requests for a while, and judges how it does.</summary>
internal sealed class CanaryRun(IModelRuntime runtime, TimeProvider time)
{
    private static readonly TimeSpan s_often = TimeSpan.FromSeconds(1);

    /// <summary>Why the build must not serve; null when it may. It goes on answering its share then, until it takes over.</summary>
    /// <param name="warm">The build in memory.</param>
    /// <param name="staged">Its reserved name.</param>
    /// <param name="spec">The share, and what must be kept.</param>
    /// <param name="show">Takes how it goes.</param>
    /// <param name="cancellationToken">Gives up; what served before answers all.</param>
    internal async Task<string?> RunAsync(
        IWarmBuild warm, ModelName staged, CanarySpec spec, Action<CanaryStatus> show, CancellationToken cancellationToken)
    {
        var passed = false;
        var (began, until) = (time.GetTimestamp(), time.GetUtcNow() + spec.Duration);
        warm.Share(spec.Share);
        try
        {
            while (true)
            {
                var report = runtime.ServiceOf(staged);
                show(new CanaryStatus(spec.Share, report?.Requests ?? 0, report?.Failed ?? 0, until));
                if (spec.Rule.ProblemOf(report is null ? [] : [report], runtime.Problems, [staged]) is { } problem)
                    return problem;
                var left = spec.Duration - time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                {
                    passed = true;
                    return null;
                }

                await Task.Delay(left < s_often ? left : s_often, time, cancellationToken);
            }
        }
        finally
        {
            if (!passed)
                warm.Share(0);
        }
    }
}
