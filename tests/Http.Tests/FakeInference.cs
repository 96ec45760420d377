using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Tests;

/// <summary>Answers with a script and remembers what was asked.</summary>
internal sealed class FakeInference : IInference
{
    private int _cancellations;

    internal static InferenceMetrics Metrics { get; } = new(
        TimeSpan.FromMilliseconds(900),
        TimeSpan.FromMilliseconds(40),
        14,
        2,
        TimeSpan.FromMilliseconds(80),
        3,
        TimeSpan.FromMilliseconds(60));

    internal static InferenceEvent.Admitted Admitted { get; } = new(new ServedBy("", "ab12"), [], 0);

    /// <summary>What comes: events, exceptions to throw, tasks to wait for.</summary>
    internal ImmutableArray<object> Script { get; set; } = [Admitted, Text("Yes"), Finished()];

    /// <summary>A script for each request instead, where several come.</summary>
    internal Func<TextRequest, IEnumerable<object>>? ScriptOf { get; set; }

    /// <summary>Everything that was asked, in no order.</summary>
    internal ConcurrentBag<InferenceRequest> Asked { get; } = [];

    /// <summary>How many running scripts were cancelled.</summary>
    internal int Cancellations => _cancellations;

    internal EmbedOutcome Embedding { get; set; } = new(
        [[0.5f, -1f]], 2, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(1), new ServedBy("", "ab12"));

    internal RerankOutcome Ranking { get; set; } = new([0.25f, 2.5f, -1f], 21, new ServedBy("", "ab12"));

    internal InferenceException? EmbedFailure { get; set; }

    internal InferenceRequest? Last { get; private set; }

    internal ChatRequest LastChat => (ChatRequest)Last!;

    internal GenerateRequest LastGenerate => (GenerateRequest)Last!;

    /// <summary>Completes when a running script was cancelled.</summary>
    internal TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal static InferenceEvent.Delta Text(string content, string thinking = "") => new(content, thinking, []);

    internal static InferenceEvent.Delta Scored(string content) =>
        new(
            content,
            "",
            [new TokenLogprob(
                7, [.. Encoding.UTF8.GetBytes(content)], -0.5f, [new TokenLogprob(7, [.. Encoding.UTF8.GetBytes(content)], -0.5f, [])])]);

    /// <summary>A piece of single tokens, each with its log probability and itself as the only alternative.</summary>
    internal static InferenceEvent.Delta Tokens(string content, params (string Text, float Logprob)[] tokens) =>
        new(content, "", [.. tokens.Select(token => Token(token.Text, token.Logprob, [Token(token.Text, token.Logprob, [])]))]);

    internal static TokenLogprob Token(string text, float logprob, ImmutableArray<TokenLogprob> top) =>
        new(text.GetHashCode(StringComparison.Ordinal), [.. Encoding.UTF8.GetBytes(text)], logprob, top);

    internal static InferenceEvent.Finished Finished(FinishReason reason = FinishReason.Stop, params int[] context) =>
        new(reason, reason is FinishReason.Load or FinishReason.Unload ? InferenceMetrics.None : Metrics, [.. context]);

    public IAsyncEnumerable<InferenceEvent> ChatAsync(ChatRequest request, CancellationToken cancellationToken) =>
        PlayAsync(request, cancellationToken);

    public IAsyncEnumerable<InferenceEvent> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken) =>
        PlayAsync(request, cancellationToken);

    public Task<EmbedOutcome> EmbedAsync(EmbedRequest request, CancellationToken cancellationToken)
    {
        Last = request;
        return EmbedFailure is null ? Task.FromResult(Embedding) : Task.FromException<EmbedOutcome>(EmbedFailure);
    }

    public Task<RerankOutcome> RerankAsync(RerankRequest request, CancellationToken cancellationToken)
    {
        Last = request;
        return EmbedFailure is null ? Task.FromResult(Ranking) : Task.FromException<RerankOutcome>(EmbedFailure);
    }

    private async IAsyncEnumerable<InferenceEvent> PlayAsync(
        InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Last = request;
        Asked.Add(request);
        try
        {
            foreach (var item in ScriptOf?.Invoke((TextRequest)request) ?? Script)
            {
                switch (item)
                {
                    case InferenceEvent told:
                        yield return told;
                        break;
                    case Exception error:
                        throw error;
                    case Task pause:
                        await pause.WaitAsync(cancellationToken);
                        break;
                }
            }
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested && Interlocked.Increment(ref _cancellations) > 0)
                Cancelled.TrySetResult();
        }
    }
}
