using System.Text.RegularExpressions;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>Asks a build its smoke questions. The build is addressed by its own reserved name, so no other one can answer for it.</summary>
internal sealed class SmokeGate(IModelRuntime runtime, TimeProvider time)
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(5);

    /// <summary>Why the build must not serve; null when it may.</summary>
    /// <exception cref="ModelRuntimeException">The engine failed.</exception>
    internal async Task<string?> AskAsync(
        ModelName staged, ModelPolicy policy, IEnumerable<SmokeSpec> questions, CancellationToken cancellationToken)
    {
        foreach (var question in questions)
        {
            using var elapsed = new CancellationTokenSource(question.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
            try
            {
                var answer = await runtime.ProbeAsync(staged, policy, question.Prompt, question.MaxTokens, either.Token);
                if (Problem(question, answer) is { } problem)
                    return $"to \"{Short(question.Prompt)}\" it answered \"{Short(answer)}\", {problem}";
            }
            catch (OperationCanceledException) when (elapsed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return $"it did not answer \"{Short(question.Prompt)}\" within {Durations.Format(question.Timeout)}";
            }
        }

        return null;
    }

    private static string? Problem(SmokeSpec question, string answer)
    {
        if (question.Contains is { } part && !answer.Contains(part, StringComparison.Ordinal))
            return $"which does not contain \"{Short(part)}\"";
        if (question.Regex is { } pattern
            && !Regex.IsMatch(answer, pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, RegexLimit))
        {
            return $"which does not match /{Short(pattern)}/";
        }

        return question.Contains is null && question.Regex is null && string.IsNullOrWhiteSpace(answer) ? "which is empty" : null;
    }

    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > 80 ? line[..79] + "…" : line;
    }
}
