using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Gates;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>
/// Lets a build pass its gate, or not. The build is addressed by its own reserved name, and what another build answers does not count.
/// </summary>
internal sealed class BuildGate(IModelRuntime runtime, TimeProvider time)
{
    private static readonly TimeSpan s_regexLimit = TimeSpan.FromSeconds(5);

    // A text that is only read takes the time of its prompt.
    private static readonly TimeSpan s_readingLimit = TimeSpan.FromMinutes(1);

    /// <summary>Why the build must not serve; null when it may.</summary>
    /// <param name="staged">Reserved name of the build.</param>
    /// <param name="build">Digest of its manifest, bare hex.</param>
    /// <param name="policy">The policy that it will serve under.</param>
    /// <param name="gate">What it must pass.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelRuntimeException">The engine failed, or cannot answer such questions.</exception>
    internal async Task<string?> AskAsync(
        ModelName staged, string build, ModelPolicy policy, GateSpec gate, CancellationToken cancellationToken)
    {
        Task<ProbeAnswer?> Probed(Probe probe, TimeSpan limit) =>
            ProbeAsync(token => runtime.ProbeAsync(staged, policy, probe, token), limit, cancellationToken);
        var rate = new RateOfAnswers();
        foreach (var question in gate.Smoke)
        {
            if (await Probed(new Probe.Ask(question.Prompt, question.MaxTokens), question.Timeout) is not { } answer)
                return $"it did not answer \"{Short(question.Prompt)}\" within {Durations.Format(question.Timeout)}";
            if (OfOther(answer, build) is { } other)
                return other;
            if (Problem(question, answer.Text) is { } problem)
                return $"to \"{Short(question.Prompt)}\" it answered \"{Short(answer.Text)}\", {problem}";
            rate.Add(answer);
        }

        if (rate.Problem(gate) is { } slow)
            return slow;
        foreach (var check in gate.Embedding)
        {
            if (await Probed(new Probe.Embed(check.Text), s_readingLimit) is not { } answer)
                return $"it did not embed \"{Short(check.Text)}\" within {Durations.Format(s_readingLimit)}";
            if ((OfOther(answer, build) ?? Problem(check, answer)) is { } problem)
                return problem;
        }

        foreach (var check in gate.Likelihood)
        {
            if (await Probed(new Probe.Weigh(check.Text), s_readingLimit) is not { } answer)
                return $"it did not read \"{Short(check.Text)}\" within {Durations.Format(s_readingLimit)}";
            if ((OfOther(answer, build) ?? Problem(check, answer)) is { } problem)
                return problem;
        }

        return null;
    }

    /// <summary>Null when it took too long.</summary>
    private async Task<ProbeAnswer?> ProbeAsync(
        Func<CancellationToken, Task<ProbeAnswer>> ask, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var elapsed = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException) when (elapsed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The old build on its way out may answer as well as ever.</summary>
    private static string? OfOther(ProbeAnswer answer, string build) =>
        answer.Build == build ? null : $"build {Cut(answer.Build)} answered in place of {Cut(build)}";

    private static string? Problem(SmokeSpec question, string answer)
    {
        if (question.Contains is { } part && !answer.Contains(part, StringComparison.Ordinal))
            return $"which does not contain \"{Short(part)}\"";
        if (question.Regex is { } pattern
            && !Regex.IsMatch(answer, pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, s_regexLimit))
        {
            return $"which does not match /{Short(pattern)}/";
        }

        if (question.Schema is { } schema && AnswerSchema.Judge(JsonNode.Parse(schema)!, answer) is { } misfit)
            return $"which does not fit the schema: {Short(misfit)}";
        var isJudged = question.Contains is not null || question.Regex is not null || question.Schema is not null;
        return (question.NotEmpty || !isJudged) && string.IsNullOrWhiteSpace(answer) ? "which is empty" : null;
    }

    private static string? Problem(EmbeddingCheck check, ProbeAnswer answer)
    {
        if (answer.Vector.Length != check.Vector.Length)
        {
            return Invariant(
                $"the vector of \"{Short(check.Text)}\" has {answer.Vector.Length} numbers, {check.Path} {check.Vector.Length}");
        }

        var cosine = StoredVector.Cosine(answer.Vector.AsSpan(), check.Vector.AsSpan());
        return cosine >= check.MinCosine
            ? null
            : Invariant(
                $"the vector of \"{Short(check.Text)}\" has the cosine {cosine:0.####} to {check.Path}, less than {check.MinCosine}");
    }

    private static string? Problem(LikelihoodCheck check, ProbeAnswer answer) =>
        answer.Tokens < 2 ? $"\"{Short(check.Text)}\" is one token, and says nothing of what is likely"
        : answer.LogProbability >= check.MinPerToken ? null
        : Invariant($"a token of \"{Short(check.Text)}\" has the logarithm {answer.LogProbability:0.###}, less than {check.MinPerToken}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Cut(string digest) => digest.Length > 12 ? digest[..12] : digest.Length > 0 ? digest : "none";

    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > 80 ? line[..79] + "…" : line;
    }

    /// <summary>How fast the questions were answered, all together.</summary>
    private sealed class RateOfAnswers
    {
        private int _tokens;
        private TimeSpan _generation;
        private TimeSpan _slowest;

        internal void Add(ProbeAnswer answer)
        {
            _tokens += answer.Tokens;
            _generation += answer.Generation;
            _slowest = answer.FirstToken > _slowest ? answer.FirstToken : _slowest;
        }

        internal string? Problem(GateSpec gate)
        {
            if (gate.MaxFirstToken is { } longest && _slowest > longest)
                return $"its first token took {Durations.Format(Whole(_slowest))}, longer than {Durations.Format(longest)}";
            var rate = _generation > TimeSpan.Zero ? _tokens / _generation.TotalSeconds : double.PositiveInfinity;
            return gate.MinTokensPerSecond is { } least && rate < least
                ? Invariant($"it answered with {rate:0.#} tokens a second, fewer than {least}")
                : null;
        }

        private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds));
    }
}
