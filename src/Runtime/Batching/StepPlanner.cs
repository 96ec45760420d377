using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>
/// Decides what the next step computes: one token of each sequence that decodes and, with the room that is left, prompts.
/// </summary>
/// <remarks>Used by the thread of the batch loop.</remarks>
internal sealed class StepPlanner(
    EngineContext context, NativeBatch batch, RunningSequences sequences, PrefixCache prefixes, Speculator? speculator)
{
    private readonly ContextShift _shift = new(context.Memory, context.Profile.ContextLength);
    private readonly PrefillPace _pace = new(context.BatchCapacity);
    private readonly StepTurns _turns = new(context, sequences, prefixes);
    private readonly StepOrder _order = new();

    /// <summary>Tokens of the step that nobody reads.</summary>
    internal int Padding => _turns.Padding.Count;

    /// <summary>The step does not hold every sequence that decodes, or has padding.</summary>
    internal bool IsShaped => _turns.IsShaped;

    /// <summary>Fills the batch.</summary>
    /// <param name="threads">Threads that compute it.</param>
    /// <returns>How many of its tokens belong to sequences that decode; the others belong to prompts, or are padding.</returns>
    internal int Plan(int threads)
    {
        Prepare();
        _turns.Plan(threads);
        var decoding = PlanDecoding();
        PlanPrefill(batch.Capacity - decoding, decoding > 0);
        _order.Fill(batch, sequences.Active, _turns.Padding);
        return decoding;
    }

    /// <summary>The step was computed, and its results are not taken yet.</summary>
    internal void Observe(int promptTokens, int threads, TimeSpan elapsed)
    {
        _pace.Observe(promptTokens, elapsed);
        _turns.Settle(threads, elapsed);
    }

    /// <summary>Makes room for the next token of each sequence that decodes, and guesses beyond it.</summary>
    private void Prepare()
    {
        var active = sequences.Active;
        for (var at = active.Count - 1; at >= 0; at--)
        {
            var sequence = active[at];
            sequence.Part.Clear();
            if (sequence.Phase != SequencePhase.Decode)
                continue;

            if (sequence.Cache.Computed + 1 >= context.Profile.ContextLength && !_shift.TryShift(sequence))
                sequences.Finish(sequence, EngineStopReason.Length, stoppedByText: false);
            else
                speculator?.Guess(sequence, isAlone: active.Count == 1);
        }
    }

    private int PlanDecoding()
    {
        var decoding = 0;
        foreach (var sequence in sequences.Active)
        {
            if (sequence.Phase != SequencePhase.Decode || !_turns.HasTurn(sequence))
                continue;
            sequence.Part.Plan(1 + sequence.Part.Guess.Count);
            decoding += sequence.Part.Count;
        }

        return decoding;
    }

    private void PlanPrefill(int room, bool othersDecode)
    {
        var budget = Math.Min(room, _pace.Next(othersDecode, _turns.RoundOf(sequences.Active.Count)));
        var active = sequences.Active;
        var outputs = context.MaxOutputs - active.Count;
        for (var at = 0; at < active.Count; at++)
        {
            var sequence = active[at];
            if (sequence.Phase == SequencePhase.AwaitingPrefix)
                LookAtLeader(sequence);

            if (sequence.Phase != SequencePhase.Prefill || budget == 0)
                continue;

            var count = Math.Min(budget, sequence.Cache.Tokens.Count - sequence.Cache.Computed);
            if (sequence.TellsPrompt)
            {
                // Each sequence may need one output for itself; the reported prompt tokens share the rest.
                count = Math.Min(count, 1 + outputs);
                outputs -= count - 1;
            }

            sequence.Part.Plan(count);

            // Several prompts in one step mix up the states of a recurrent model, and may break the heap (engine v0.5.0, seen in 1 of 10
            // runs).
            budget = context.Memory.CanCut ? budget - count : 0;
        }
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
