using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>
/// Decides what the next step computes: prompts, or a token of sequences that decode. Where there is both, they take turns: prompts as far
/// as a reader does not notice, then a token for every sequence that decodes.
/// </summary>
/// <remarks>
/// Both in one call would not be faster, since the engine computes those with as many tokens together, one such group after the other;
/// and what a call of a size costs would not be known. Used by the thread of the batch loop.
/// </remarks>
internal sealed class StepPlanner(
    EngineContext context, NativeBatch batch, RunningSequences sequences, PrefixCache prefixes, Speculator? speculator)
{
    private readonly ContextShift _shift = new(context.Memory, context.Profile.ContextLength);
    private readonly PrefillPace _pace = new(context.BatchCapacity);
    private readonly StepTurns _turns = new(context, sequences, prefixes);
    private readonly StepOrder _order = new();

    /// <summary>Tokens of the step that nobody reads.</summary>
    internal int Padding => _turns.Padding.Count;

    /// <summary>The step is computed with the second variant of the code.</summary>
    internal bool IsSecond => _turns.IsSecond;

    /// <summary>The step does not hold every sequence that decodes, or has padding.</summary>
    internal bool IsShaped => _turns.IsShaped;

    /// <summary>
    /// How long the next step should wait for prompts that come together with those that are there; zero when it should not.
    /// </summary>
    /// <param name="time">The loop's clock.</param>
    internal TimeSpan WaitForCompany(TimeProvider time)
    {
        var (active, tokens, waited) = (sequences.Active, 0, TimeSpan.Zero);
        if (active.Count == context.Profile.Slots)
            return TimeSpan.Zero;
        foreach (var sequence in active)
        {
            if (sequence.Phase != SequencePhase.Prefill || sequence.Cache.Computed > sequence.Cache.Reused)
                return TimeSpan.Zero;
            tokens += sequence.Cache.Tokens.Count - sequence.Cache.Computed;
            waited = sequence.Times.SinceStart(time) is var since && since > waited ? since : waited;
        }

        return PromptCompany.Wait(_pace.TimeOf(Math.Min(tokens, batch.Capacity)), waited);
    }

    /// <summary>Fills the batch.</summary>
    /// <param name="threads">Threads that compute it.</param>
    /// <returns>How many of its tokens belong to prompts; the others belong to sequences that decode, or are padding.</returns>
    internal int Plan(int threads)
    {
        Prepare();
        var prompts = 0;
        if (Has(SequencePhase.Prefill) && (_turns.IsRoundOver || !Has(SequencePhase.Decode)))
        {
            _turns.Pass();
            prompts = PlanPrompts(Has(SequencePhase.Decode));
        }
        else
        {
            _turns.Plan(threads);
            PlanDecoding();
        }

        _order.Fill(batch, sequences.Active, _turns.Padding);
        return prompts;
    }

    /// <summary>The step was computed, and its results are not taken yet.</summary>
    internal void Observe(int promptTokens, int threads, TimeSpan elapsed)
    {
        _pace.Observe(promptTokens, elapsed);
        _turns.Settle(threads, elapsed);
    }

    /// <summary>Makes room for the next token of each sequence that decodes, guesses beyond it, and looks whether waits are over.</summary>
    private void Prepare()
    {
        var active = sequences.Active;
        for (var at = active.Count - 1; at >= 0; at--)
        {
            var sequence = active[at];
            sequence.Part.Clear();
            if (sequence.Phase == SequencePhase.AwaitingPrefix)
                LookAtLeader(sequence);
            if (sequence.Phase != SequencePhase.Decode)
                continue;

            if (sequence.Cache.Computed + 1 >= context.Profile.ContextLength && !_shift.TryShift(sequence))
                sequences.Finish(sequence, EngineStopReason.Length, stoppedByText: false);
            else
                speculator?.Guess(sequence, isAlone: active.Count == 1);
        }
    }

    private bool Has(SequencePhase phase)
    {
        foreach (var sequence in sequences.Active)
        {
            if (sequence.Phase == phase)
                return true;
        }

        return false;
    }

    private void PlanDecoding()
    {
        foreach (var sequence in sequences.Active)
        {
            if (sequence.Phase == SequencePhase.Decode && _turns.HasTurn(sequence))
                sequence.Part.Plan(1 + sequence.Part.Guess.Count);
        }
    }

    private int PlanPrompts(bool othersDecode)
    {
        var budget = Math.Min(batch.Capacity, _pace.Next(othersDecode, _turns.RoundOf(sequences.Active.Count)));
        var (active, planned) = (sequences.Active, 0);
        var outputs = context.MaxOutputs - active.Count;
        for (var at = 0; at < active.Count && planned < budget; at++)
        {
            var sequence = active[at];
            if (sequence.Phase != SequencePhase.Prefill)
                continue;

            var count = Math.Min(budget - planned, sequence.Cache.Tokens.Count - sequence.Cache.Computed);
            if (sequence.TellsPrompt)
            {
                // Each sequence may need one output for itself; the reported prompt tokens share the rest.
                count = Math.Min(count, 1 + outputs);
                outputs -= count - 1;
            }

            sequence.Part.Plan(count);
            planned += count;

            // Several prompts in one step mix up the states of a recurrent model, and may break the heap (engine v0.5.0, seen in 1 of 10
            // runs).
            if (!context.Memory.CanCut)
                break;
        }

        return planned;
    }

    private void LookAtLeader(Sequence sequence)
    {
        var leader = sequence.Leader!;
        if (leader.Phase == SequencePhase.Prefill && leader.Cache.Computed < sequence.LeaderLength)
            return;

        if (leader.Phase == SequencePhase.Ended)
            sequence.LoseLeader();

        sequences.Assign(sequence);
    }
}
