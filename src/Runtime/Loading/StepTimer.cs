using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Loading;

/// <summary>Times calls of a context that nobody uses.</summary>
/// <remarks>The least of several calls counts: whatever else the machine does only makes them longer.</remarks>
internal static class StepTimer
{
    private const int Least = 3;
    private const int Most = 50;

    /// <summary>Any token that every vocabulary has.</summary>
    private const int Token = 1;

    private static readonly TimeSpan s_each = TimeSpan.FromMilliseconds(100);

    /// <exception cref="EngineFailedException">The engine cannot compute it.</exception>
    internal static StepTimings Run(EngineContext context, TimeProvider time)
    {
        var slots = context.Profile.Slots;
        using var batch = new NativeBatch(Math.Max(StepTimings.PromptTokens, slots));
        context.Pools.Use(context.MaxThreads, isAwake: true);
        var prompt = LeastOf(time, () =>
        {
            context.Memory.Clear();
            batch.Clear();
            for (var at = 0; at < StepTimings.PromptTokens; at++)
                batch.Add(Token, at, 0, output: at == StepTimings.PromptTokens - 1);
            Compute(context, batch);
        });
        context.Memory.Clear();
        var position = 0;
        var all = LeastOf(time, () => Decode(context, batch, slots, position++));
        context.Memory.Clear();
        position = 0;
        var one = slots == 1 ? all : LeastOf(time, () => Decode(context, batch, 1, position++));
        return new StepTimings(one, all, prompt, slots, LlamaLibrary.Loaded.Variant)
        {
            // Of two variants the first one's code multiplies repacked matrices: where most are, times of the other one say little of both.
            IsShared = context.Weights.Buffers is { Private: 0 } buffers && buffers.Repacked * 2 <= buffers.Weights,
        };
    }

    private static void Decode(EngineContext context, NativeBatch batch, int slots, int position)
    {
        batch.Clear();
        for (var slot = 0; slot < slots; slot++)
            batch.Add(Token, position, slot, output: true);
        Compute(context, batch);
    }

    private static void Compute(EngineContext context, NativeBatch batch)
    {
        if (LlamaNative.llama_decode(context.Handle, batch.ToNative()) != 0)
            throw new EngineFailedException("the engine cannot compute a layer of its weights");
    }

    private static double LeastOf(TimeProvider time, Action call)
    {
        // The first one makes the graph and brings the matrices into memory.
        call();
        var least = TimeSpan.MaxValue;
        var begun = time.GetTimestamp();
        for (var calls = 0; calls < Most && (calls < Least || time.GetElapsedTime(begun) < s_each); calls++)
        {
            var started = time.GetTimestamp();
            call();
            var elapsed = time.GetElapsedTime(started);
            least = elapsed < least ? elapsed : least;
        }

        return least.TotalSeconds;
    }
}
