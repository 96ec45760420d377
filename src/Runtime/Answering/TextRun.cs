using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.ModelStore.Showing;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Settings;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Answering;

/// <summary>
/// What chat and generate do alike: check, admit, fit the prompt, run, and try once more when an engine dies before it said anything.
/// </summary>
internal sealed class TextRun(Admission admission, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Settings of the running request, fixed at its beginning.</summary>
    internal required ResolvedModel Model { get; init; }

    /// <summary>The request.</summary>
    internal required TextRequest Request { get; init; }

    /// <summary>Name that the engine is asked for by.</summary>
    internal required string Owner { get; init; }

    /// <summary>What git allowed of the request's settings.</summary>
    internal required AllowedSettings Allowed { get; init; }

    /// <summary>Merged settings.</summary>
    internal required ModelOptions Options { get; init; }

    /// <summary>Waits for the engine and runs; <paramref name="prepare"/> makes the prompt once an engine is there.</summary>
    internal async IAsyncEnumerable<InferenceEvent> RunAsync(
        Func<IEngine, CancellationToken, Task<PreparedPrompt?>> prepare, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EngineFailedException? died = null;
        for (var attempt = 0; ; attempt++)
        {
            var said = false;
            using var lease = await AcquireAsync(died, cancellationToken);
            await using var events = RunOnAsync(lease, prepare, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await events.MoveNextAsync())
                        yield break;
                }
                catch (EngineFailedException failed)
                {
                    // Nothing was sent yet: the client need not know.
                    if (said || attempt > 0)
                        throw Admission.Tell(failed);
                    died = failed;
                    break;
                }
                catch (EngineRequestException refused)
                {
                    throw new InferenceException(new InferenceRefusal.EngineRefused(refused.Message), refused);
                }

                said |= events.Current is not InferenceEvent.Admitted || attempt > 0;
                if (attempt == 0 || events.Current is not InferenceEvent.Admitted)
                    yield return events.Current;
            }
        }
    }

    /// <summary>The engine; a second time only the one of the same build, since the reply's headers may name it already.</summary>
    private async Task<EngineLease> AcquireAsync(EngineFailedException? died, CancellationToken cancellationToken)
    {
        try
        {
            return await admission.AcquireAsync(Model, Options.Load, Allowed.KeepAlive, Owner, cancellationToken);
        }
        catch (ModelMovedException) when (died is not null)
        {
            throw Admission.Tell(died);
        }
    }

    private async IAsyncEnumerable<InferenceEvent> RunOnAsync(
        EngineLease lease,
        Func<IEngine, CancellationToken, Task<PreparedPrompt?>> prepare,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var engine = lease.Engine;
        var loadTime = time.GetElapsedTime(_started);
        var prompt = await prepare(engine, cancellationToken);
        yield return new InferenceEvent.Admitted(Model.ServedBy, Allowed.Ignored.AddRange(
            admission.CutOf(Model, Options.Load, engine)), prompt?.Dropped
            ?? 0)
        {
            CutTokens = prompt is null || Request.DebugRenderOnly ? 0 : prompt.Tokens.Length - FittedLength(prompt, engine.Facts),
            PromptText = prompt?.FromTokens ?? "",
        };
        if (prompt is null)
        {
            yield return new InferenceEvent.Finished(FinishReason.Load, InferenceMetrics.None, []);
            yield break;
        }

        if (Request.DebugRenderOnly)
        {
            yield return new InferenceEvent.Rendered(prompt.Text, 0, prompt.Tokens.Length);
            yield return new InferenceEvent.Finished(FinishReason.Stop, InferenceMetrics.None, []);
            yield break;
        }

        var tokens = Fit(prompt, engine.Facts);
        if (Options.Predict == 0 && prompt.Told is null)
        {
            yield return new InferenceEvent.Finished(
                FinishReason.Length,
                InferenceMetrics.None with { Total = time.GetElapsedTime(_started), Load = loadTime, PromptTokens = tokens.Length },
                []);
            yield break;
        }

        var answer = new TextAnswer(
            engine, EngineRequestOf(tokens, prompt, engine.Facts), prompt, new AnswerMetrics(Owner, _started, time), time);
        var hasThought = false;
        await foreach (var item in answer.RunAsync(_started, loadTime, cancellationToken))
        {
            if (prompt.Refusal is { } refusal && item is not InferenceEvent.Finished and not InferenceEvent.Delta { Content: "" })
            {
                if (item is InferenceEvent.Delta { Thinking.Length: > 0 } last)
                    yield return last with { Content = "" };
                else if (hasThought)
                    yield return new InferenceEvent.Delta("", "", []);
                throw new InferenceException(refusal);
            }

            hasThought = true;
            yield return item;
        }
    }

    private EngineRequest EngineRequestOf(ImmutableArray<int> tokens, PreparedPrompt prompt, EngineFacts facts)
    {
        var most = (int)Math.Min(10L * facts.ContextLength, int.MaxValue);
        return new EngineRequest
        {
            Prompt = tokens,
            Sampling = Options.Sampling with { LogitBias = Request.LogitBias, Seed = Seed },
            MaxTokens = Options.Predict < 0 || Options.Predict > most ? most : Options.Predict,
            Stop = Options.Stop,
            Grammar = prompt.Grammar,
            GrammarStartsAfter = prompt.GrammarStartsAfter,
            GrammarPasses = prompt.GrammarPasses,
            Shift = Shifts,
            Keep = Math.Min(KeptTokens(tokens.Length, facts), tokens.Length),
            TopLogprobs = Request.Logprobs ? Request.TopLogprobs : -1,
            PromptLogprobs = prompt.Told is not null ? Request.TopLogprobs : -1,
            Client = Request.Client,
            Priority = Model.Policy?.Priority ?? 0,
        };
    }

    /// <summary>A negative seed draws a new one for each answer anyway.</summary>
    private int Seed => Options.Sampling.Seed is >= 0 and var seed ? unchecked(seed + Request.Sample) & int.MaxValue : -1;

    private bool Shifts => Request.Shift ?? Model.Build.Config.Family != "deepseek2";

    /// <summary>Cuts the middle out of a prompt that fills the context (7.6), or refuses it when that is not wanted.</summary>
    private ImmutableArray<int> Fit(PreparedPrompt prompt, EngineFacts facts)
    {
        var (tokens, context) = (prompt.Tokens, facts.ContextLength);
        if (tokens.Length <= context - 1)
            return tokens;
        if (!prompt.MayBeCut || Request.Truncate == false)
            throw new InferenceException(new InferenceRefusal.PromptTooLong(tokens.Length, context));
        if (!MayCut)
            throw new InferenceException(new InferenceRefusal.CutNeedsShift());
        var (keep, length) = (KeptTokens(tokens.Length, facts), FittedLength(prompt, facts));
        return [.. tokens[..keep], .. tokens[^(length - keep)..]];
    }

    private bool MayCut => Shifts && Request.Truncate != false;

    /// <summary>How long a prompt is once its middle is cut out; its own length where it fits, or is refused.</summary>
    private int FittedLength(PreparedPrompt prompt, EngineFacts facts)
    {
        var (tokens, context) = (prompt.Tokens.Length, facts.ContextLength);
        if (tokens <= context - 1 || !prompt.MayBeCut || !MayCut)
            return tokens;
        return context - Math.Max((context - KeptTokens(tokens, facts)) / 2, 1);
    }

    /// <summary>
    /// How much of a prompt's start stays: BOS comes on top of what was asked for, and a negative number asks for all of it.
    /// </summary>
    private int KeptTokens(int tokens, EngineFacts facts) =>
        (int)Math.Min((Options.Keep < 0 ? tokens : (long)Options.Keep) + (facts.AddsBos ? 1 : 0), facts.ContextLength - 1);

    /// <summary>The checks that come before an engine is asked for, in the reference's order.</summary>
    internal static TextRun Check(
        Admission admission, HostOptions host, TimeProvider time, ResolvedModel model, TextRequest request, string owner, string verb,
        IEnumerable<string> needed, out ThinkSetting think)
    {
        var capabilities = Capabilities.Of(model.Build, host.TemplateMode(model.Policy));
        var able = capabilities.Contains(Capabilities.Thinking);
        think = !able && request.ThinkIfAble ? ThinkSetting.Unset : request.Think;
        if (think is { IsSet: true, Enabled: true } && !able)
            throw new InferenceException(new InferenceRefusal.DoesNotThink(request.Model));
        if (!think.IsSet && able)
            think = ThinkSetting.On;

        var allowed = AllowedSettings.Of(request, model.Policy, host);
        var options = ModelOptions.Merge(model.Build.Parameters, allowed.Options);
        if (!capabilities.Contains(Capabilities.Completion))
            throw new InferenceException(new InferenceRefusal.DoesNotComplete(request.Model, verb));
        var missing = needed.Where(capability => !capabilities.Contains(capability)).ToList();
        if (missing.Count > 0)
            throw new InferenceException(new InferenceRefusal.Lacks(model.Name.FullName, string.Join('\n', missing)));
        return new TextRun(admission, time) { Model = model, Request = request, Owner = owner, Allowed = allowed, Options = options };
    }
}

/// <summary>A prompt that is ready for an engine.</summary>
/// <param name="Text">As rendered.</param>
/// <param name="Tokens">Its tokens, special ones included.</param>
/// <param name="Reader">Reads the answer.</param>
internal sealed record PreparedPrompt(string Text, ImmutableArray<int> Tokens, IAnswerReader Reader)
{
    /// <summary>Messages cut to make it fit.</summary>
    internal int Dropped { get; init; }

    /// <summary>
    /// Tokens may be cut out of its middle. A chat that the GGUF file's own template rendered is refused instead (5.1), and so is a
    /// prompt whose tokens the client wants to see.
    /// </summary>
    internal bool MayBeCut { get; init; } = true;

    /// <summary>Finds in it the tokens that the client wants to see; null when it wants none.</summary>
    internal PromptReader? Told { get; init; }

    /// <summary>Grammar of the answer, or null.</summary>
    internal string? Grammar { get; init; }

    /// <summary>Text after which the grammar holds; null is from the start.</summary>
    internal string? GrammarStartsAfter { get; init; }

    /// <summary>What the answer has said already, in the words of <see cref="EngineRequest.GrammarPasses"/>.</summary>
    internal string GrammarPasses { get; init; } = "";

    /// <summary>Report prompt and answer as tokens at the end.</summary>
    internal bool KeepContext { get; init; }

    /// <summary>The client's part of it, where that came as tokens.</summary>
    internal string FromTokens { get; init; } = "";

    /// <summary>Why there can be no answer behind the reasoning; null when there can be one.</summary>
    internal InferenceRefusal? Refusal { get; init; }
}
