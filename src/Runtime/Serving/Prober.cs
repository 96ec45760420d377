using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Answering;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Names;
using ModelOps.Runtime.Settings;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Serving;

/// <summary>Puts the questions of gates to builds that are warm, on the way that requests take.</summary>
internal sealed class Prober(Admission admission, HostOptions options, TimeProvider time)
{
    internal async Task<ProbeAnswer> AnswerAsync(ResolvedModel model, Probe probe, CancellationToken cancellationToken)
    {
        try
        {
            return probe switch
            {
                Probe.Ask ask => await AskAsync(model, ask, cancellationToken),
                Probe.Embed embed => await EmbedAsync(model, embed, cancellationToken),
                Probe.Weigh weigh => await WeighAsync(model, weigh, cancellationToken),
                _ => throw new UnreachableException(),
            };
        }
        catch (InferenceException error)
        {
            throw new ModelRuntimeException(model.Name, error.Message, error);
        }
    }

    private async Task<ProbeAnswer> AskAsync(ResolvedModel model, Probe.Ask ask, CancellationToken cancellationToken)
    {
        var request = new ChatRequest
        {
            Model = model.Name.FullName,
            Messages = [new ChatMessage("user", ask.Prompt)],
            Options = JsonElement.Parse($$"""{"temperature":0,"num_predict":{{ask.MaxTokens}}}"""),
        };
        var (text, began, first, answer) = (new StringBuilder(), time.GetTimestamp(), (TimeSpan?)null, new ProbeAnswer(""));
        await foreach (var item in new ChatAnswer(admission, options, time).RunAsync(
            model, request, model.Name.FullName, cancellationToken))
        {
            switch (item)
            {
                case InferenceEvent.Admitted admitted:
                    answer = answer with { Build = admitted.ServedBy.BuildDigest };
                    break;
                case InferenceEvent.Delta delta:
                    first ??= time.GetElapsedTime(began);
                    text.Append(delta.Content);
                    break;
                case InferenceEvent.Finished finished:
                    var waited = finished.Metrics.Load;
                    answer = answer with
                    {
                        FirstToken = (first ?? time.GetElapsedTime(began)) - waited,
                        Tokens = finished.Metrics.GeneratedTokens,
                        Generation = finished.Metrics.GenerationTime,
                    };
                    break;
            }
        }

        return answer with { Text = text.ToString() };
    }

    private async Task<ProbeAnswer> EmbedAsync(ResolvedModel model, Probe.Embed embed, CancellationToken cancellationToken)
    {
        var settings = ModelOptions.Merge(model.Build.Parameters, default).Load;
        using var lease = await admission.AcquireAsync(
            model, settings, model.Policy?.KeepAlive ?? options.KeepAlive, model.Name.FullName, cancellationToken);
        var request = new EmbedRequest { Model = model.Name.FullName, Inputs = [embed.Text], Truncate = false };
        var (vectors, tokens) = await Embedder.EmbedAsync(
            lease.Engine, request, model.Build.Facts?.PoolingType is not null, cancellationToken);
        return new ProbeAnswer(model.ServedBy.BuildDigest) { Vector = vectors[0], Tokens = tokens };
    }

    private async Task<ProbeAnswer> WeighAsync(ResolvedModel model, Probe.Weigh weigh, CancellationToken cancellationToken)
    {
        var request = new GenerateRequest
        {
            Model = model.Name.FullName,
            Prompt = weigh.Text,
            Raw = true,
            PromptLogprobs = true,
            Options = JsonElement.Parse("""{"temperature":0,"num_predict":1}"""),
        };
        var (build, sum, count) = ("", 0.0, 0);
        await foreach (var item in new GenerateAnswer(admission, options, time).RunAsync(
            model, request, model.Name.FullName, cancellationToken))
        {
            if (item is InferenceEvent.Admitted admitted)
                build = admitted.ServedBy.BuildDigest;
            if (item is not InferenceEvent.PromptTokens told)
                continue;

            // The first token has nothing before it, and counts as certain.
            sum += told.Tokens.Sum(token => token.Token.Logprob);
            count += told.Tokens.Length;
        }

        return new ProbeAnswer(build) { LogProbability = count > 1 ? sum / (count - 1) : 0, Tokens = count };
    }
}
