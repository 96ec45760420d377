using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Batching;

/// <summary>Counters of a batch loop: written by its thread, read by any.</summary>
internal sealed class StepCounts
{
    private long _steps;
    private long _generated;
    private long _prompt;
    private long _cached;
    private long _guessed;
    private long _right;
    private long _shaped;
    private long _second;
    private long _padding;
    private int _active;
    private int _waiting;
    private int _threads;
    private int _choice;

    internal EngineStatistics Read() => new(
        Volatile.Read(ref _active), Volatile.Read(ref _waiting), Volatile.Read(ref _threads), Volatile.Read(ref _steps),
        Volatile.Read(ref _generated), Volatile.Read(ref _prompt), Volatile.Read(ref _cached))
    {
        ThreadChoice = (ThreadChoice)Volatile.Read(ref _choice),
        GuessedTokens = Volatile.Read(ref _guessed),
        RightGuesses = Volatile.Read(ref _right),
        ShapedSteps = Volatile.Read(ref _shaped),
        SecondVariantSteps = Volatile.Read(ref _second),
        PaddingTokens = Volatile.Read(ref _padding),
    };

    internal void Now(int active, int waiting)
    {
        Volatile.Write(ref _active, active);
        Volatile.Write(ref _waiting, waiting);
    }

    internal void Computes(int threads, ThreadChoice choice)
    {
        Volatile.Write(ref _threads, threads);
        Volatile.Write(ref _choice, (int)choice);
    }

    internal void Step() => Volatile.Write(ref _steps, _steps + 1);

    internal void Step(bool isShaped, bool isSecond, int padding)
    {
        Step();
        if (isShaped)
            Volatile.Write(ref _shaped, _shaped + 1);
        if (isSecond)
            Volatile.Write(ref _second, _second + 1);
        if (padding > 0)
            Volatile.Write(ref _padding, _padding + padding);
    }

    internal void Generated() => Volatile.Write(ref _generated, _generated + 1);

    internal void Guessed(int tokens, int right)
    {
        Volatile.Write(ref _guessed, _guessed + tokens);
        Volatile.Write(ref _right, _right + right);
    }

    internal void Prompt(int computed) => Volatile.Write(ref _prompt, _prompt + computed);

    internal void Cached(int tokens) => Volatile.Write(ref _cached, _cached + tokens);
}
