namespace ModelOps.Runtime.Batching;

/// <summary>What one sequence has in the step that is planned, or was computed just now.</summary>
internal sealed class StepPart
{
    /// <summary>How many of its tokens are in the batch, guessed ones included.</summary>
    internal int Count { get; private set; }

    /// <summary>Place of its first token in the batch.</summary>
    internal int First { get; private set; }

    /// <summary>Place of its (first) output in the batch; -1 without one.</summary>
    internal int Output { get; private set; } = -1;

    internal bool HasOutput => Output >= 0;

    /// <summary>Guessed continuation that is in the batch behind its last token.</summary>
    internal List<int> Guess { get; } = [];

    /// <summary>How many of its tokens in the batch are certain.</summary>
    internal int Certain => Count - Guess.Count;

    /// <summary>It got its token in the current round, in which every sequence gets one.</summary>
    internal bool HadTurn { get; set; }

    /// <summary>A new step is planned; it has nothing in it yet.</summary>
    internal void Clear()
    {
        Count = 0;
        Output = -1;
        Guess.Clear();
    }

    /// <summary>It shall have this many tokens in the step.</summary>
    internal void Plan(int count) => Count = count;

    /// <summary>Its tokens begin there in the batch.</summary>
    internal void Begin(int first) => First = first;

    /// <summary>The output of its last certain token is there; those of its guesses follow.</summary>
    internal void Await(int output) => Output = output;

    /// <summary>The step was computed and its tokens are counted.</summary>
    internal void Settle() => Count = 0;
}
