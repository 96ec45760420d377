using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>
/// Decides what the next step computes: one token of each sequence that decodes and, with the room that is left, prompts.
/// </summary>
/// <remarks>Used by the thread of the batch loop.</remarks>
internal sealed class StepPlanner(EngineContext context, NativeBatch batch, RunningSequences sequences, Speculator? speculator)
{
    private readonly ContextShift _shift = new(context.Memory, context.Profile.ContextLength);
    private readonly PrefillPace _pace = new(context.BatchCapacity);
    private readonly StepOrder _order = new();

    /// <summary>Fills the batch.</summary>
    /// <returns>How many of its tokens belong to sequences that decode; the others belong to prompts.</returns>
    internal int Plan()
    {
        var decoding = PlanDecoding();
        PlanPrefill(batch.Capacity - decoding, decoding > 0);
        _order.Fill(batch, sequences.Active);
        return decoding;
    }

    /// <summary>Takes how long a step with this many tokens of prompts took.</summary>
    internal void Observe(int promptTokens, TimeSpan elapsed) => _pace.Observe(promptTokens, elapsed);

    private int PlanDecoding()
    {
        var decoding = 0;
        var active = sequences.Active;
        for (var at = active.Count - 1; at >= 0; at--)
        {
            var sequence = active[at];
            sequence.Part.Clear();
            if (sequence.Phase != SequencePhase.Decode)
                continue;

            if (sequence.Cache.Computed + 1 >= context.Profile.ContextLength && !_shift.TryShift(sequence))
            {
                sequences.Finish(sequence, EngineStopReason.Length, stoppedByText: false);
                continue;
            }

            speculator?.Guess(sequence, isAlone: active.Count == 1);
            sequence.Part.Plan(1 + sequence.Part.Guess.Count);
            decoding += sequence.Part.Count;
        }

        return decoding;
    }

    private void PlanPrefill(int room, bool othersDecode)
    {
        var budget = Math.Min(room, _pace.Next(othersDecode));
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
