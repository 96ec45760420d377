using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Gates;

/// <summary>How well a build must serve its clients.</summary>
public sealed record ServiceRule
{
    /// <summary>Answers before which only a dying engine counts.</summary>
    public int MinRequests { get; init; } = 10;

    /// <summary>Most failed answers, in percent.</summary>
    public int MaxErrorRate { get; init; } = 10;

    /// <summary>Longest time within which 95 of 100 answers begin; null judges none.</summary>
    public TimeSpan? MaxFirstToken { get; init; }

    /// <summary>Least tokens a second; null judges none.</summary>
    public double? MinTokensPerSecond { get; init; }

    /// <summary>What is not kept, in a sentence; null when all is.</summary>
    /// <param name="reports">How the names of the build were served by it.</param>
    /// <param name="problems">What keeps engines out of memory.</param>
    /// <param name="names">Those names.</param>
    internal string? ProblemOf(
        IEnumerable<ServiceReport> reports, IEnumerable<ModelProblem> problems, IEnumerable<ModelName> names)
    {
        if (problems.FirstOrDefault(problem => problem.IsCrashLoop && names.Contains(problem.Name)) is { } loop)
            return $"its engine died {loop.Failures} times in a row: {loop.Message}";
        var all = reports.ToArray();
        var (requests, failed) = (all.Sum(report => report.Requests), all.Sum(report => report.Failed));
        if (requests < MinRequests)
            return null;
        if (failed * 100 > requests * (double)MaxErrorRate)
            return Invariant($"{failed} of {requests} answers failed, more than {MaxErrorRate}%");
        if (all.Max(report => report.FirstToken) is { } first && first > MaxFirstToken)
        {
            var took = Durations.Format(TimeSpan.FromMilliseconds(Math.Ceiling(first.TotalMilliseconds)));
            return $"its first token took {took} (95 of 100), longer than {Durations.Format(MaxFirstToken.Value)}";
        }

        return all.Min(report => report.TokensPerSecond) is { } rate && rate < MinTokensPerSecond
            ? Invariant($"it answers with {rate:0.#} tokens a second, fewer than {MinTokensPerSecond}")
            : null;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
