using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Limits;
using ModelOps.Http.Metrics;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Access;

/// <summary>
/// The only way from a surface to the models: what the client may use and how much, and whose turn it is, is looked after on the way, so
/// that no surface can forget it.
/// </summary>
/// <param name="inference">Answers.</param>
internal sealed class ClientInference(IInference inference)
{
    /// <summary>Answers for the client of a request.</summary>
    internal IInference For(HttpContext context)
    {
        var caller = Caller.Of(context);
        var meters = context.Features.Get<RequestMeters>();
        return caller.Key is null && meters is null ? inference : new OfCaller(inference, caller, meters, context);
    }

    private sealed class OfCaller(IInference inference, Caller caller, RequestMeters? meters, HttpContext context) : IInference
    {
        private const int LettersOfToken = 4;

        public IAsyncEnumerable<InferenceEvent> ChatAsync(ChatRequest request, CancellationToken cancellationToken) =>
            AnswerAsync(
                request.Model, token => inference.ChatAsync(request with { Client = Client }, token), cancellationToken);

        public IAsyncEnumerable<InferenceEvent> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken) =>
            AnswerAsync(
                request.Model, token => inference.GenerateAsync(request with { Client = Client }, token), cancellationToken);

        public async Task<EmbedOutcome> EmbedAsync(EmbedRequest request, CancellationToken cancellationToken)
        {
            Begin(request.Model);
            var outcome = await UntilOverAsync(
                token => inference.EmbedAsync(request with { Client = Client }, token), cancellationToken);
            Count(outcome.PromptTokens);
            return outcome;
        }

        public async Task<RerankOutcome> RerankAsync(RerankRequest request, CancellationToken cancellationToken)
        {
            Begin(request.Model);
            var outcome = await UntilOverAsync(
                token => inference.RerankAsync(request with { Client = Client }, token), cancellationToken);
            Count(outcome.PromptTokens);
            return outcome;
        }

        private string Client => caller.Key?.Id ?? "";

        private void Begin(string model)
        {
            caller.RequireModel(model);
            if (meters?.BeginStream() == true)
                context.Response.RegisterForDispose(new Running(meters));
        }

        private async IAsyncEnumerable<InferenceEvent> AnswerAsync(
            string model, Func<CancellationToken, IAsyncEnumerable<InferenceEvent>> begin,
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Begin(model);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, caller.Ended);
            await using var events = begin(either.Token).GetAsyncEnumerator(either.Token);
            var (deltas, letters, isCounted) = (0L, 0L, false);
            try
            {
                while (await MoveAsync(events, cancellationToken))
                {
                    if (events.Current is InferenceEvent.Delta delta)
                    {
                        deltas++;
                        letters += delta.Content.Length + delta.Thinking.Length;
                    }
                    else if (events.Current is InferenceEvent.Finished finished)
                    {
                        isCounted = true;
                        Count(finished.Metrics.PromptTokens + finished.Metrics.GeneratedTokens);
                    }

                    yield return events.Current;
                }
            }
            finally
            {
                // Who hangs up before the end is charged what was sent by then.
                if (!isCounted)
                    Count(Math.Max(deltas, letters / LettersOfToken));
            }
        }

        private async ValueTask<bool> MoveAsync(IAsyncEnumerator<InferenceEvent> events, CancellationToken cancellationToken)
        {
            try
            {
                return await events.MoveNextAsync();
            }
            catch (OperationCanceledException) when (caller.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw caller.Over();
            }
        }

        private async Task<T> UntilOverAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, caller.Ended);
            try
            {
                return await ask(either.Token);
            }
            catch (OperationCanceledException) when (caller.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw caller.Over();
            }
        }

        private void Count(long tokens)
        {
            meters?.Tokens(tokens);
            if (caller.Key is { } key && tokens > 0)
                HttpMetrics.CountTokensOfKey(key.Name, tokens);
        }
    }

    private sealed class Running(RequestMeters meters) : IDisposable
    {
        public void Dispose() => meters.EndStream();
    }
}
