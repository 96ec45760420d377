using System.Runtime.InteropServices;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Batching.Speculation;

/// <summary>Guesses with a smaller model of the same vocabulary. Made on any thread, then used by the thread of the batch loop.</summary>
internal sealed class DraftModel : IGuesser, IDisposable
{
    private const int BatchSize = 512;

    /// <summary>Up to this many tokens behind, it catches up in the step that guesses; else by one batch a step, without a guess.</summary>
    private const int NearlyThere = 32;

    /// <summary>A token that the draft itself thinks less likely ends the guess.</summary>
    private const double LeastChance = 0.4;

    private readonly Vocabulary _vocabulary;
    private readonly int _knownTokens;
    private readonly CacheMemory _memory;
    private readonly NativeBatch _batch = new(BatchSize);
    private readonly List<int> _computed = [];
    private readonly Action _release;

    private DraftModel(Weights target, Weights weights, ContextHandle handle, BufferReport buffers, Action release)
    {
        (Handle, _release) = (handle, release);
        _vocabulary = weights.Vocabulary;
        _knownTokens = Math.Min(target.Vocabulary.Size, weights.Vocabulary.Size);
        _memory = new CacheMemory(handle, weights.Handle);
        Memory = weights.Buffers.Weights + buffers.Cache + buffers.Compute;
    }

    internal ContextHandle Handle { get; }

    /// <summary>Bytes that it takes.</summary>
    internal long Memory { get; }

    /// <param name="target">Weights of the model that it guesses for.</param>
    /// <param name="weights">Its own weights.</param>
    /// <param name="profile">What it is loaded with.</param>
    /// <param name="release">Called when it does not need its weights any more; not when this fails.</param>
    /// <exception cref="EngineFailedException">The draft does not suit the model.</exception>
    internal static DraftModel Create(Weights target, Weights weights, LoadProfile profile, Action release)
    {
        if (!weights.Vocabulary.IsLike(target.Vocabulary))
            throw new EngineFailedException($"The draft model {profile.Weights} has another vocabulary than the model.");

        var settings = EngineContext.Settings(weights, profile with { Slots = 1, BatchSize = BatchSize });
        settings.MaxOutputs = settings.MaxSequences;
        var handle = NativeLog.Collect(() => LlamaLibrary.Loaded.Layouts.Create(weights.Handle, settings), out var lines);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new EngineFailedException($"No context can be made for the draft model {profile.Weights}: {NativeLog.Reason(lines)}");
        }

        handle.KeepAlive(weights.Handle);
        if (new CacheMemory(handle, weights.Handle).CanCut)
            return new DraftModel(target, weights, handle, BufferReport.Parse(lines), release);

        handle.Dispose();
        throw new EngineFailedException($"The draft model {profile.Weights} cannot take back a wrong guess: its memory cannot be cut.");
    }

    /// <inheritdoc/>
    public void Guess(ReadOnlySpan<int> tokens, int most, List<int> guess)
    {
        Align(tokens);
        if (tokens[_computed.Count..].ContainsAnyInRange(_knownTokens, int.MaxValue))
            return;

        if (tokens.Length - _computed.Count > NearlyThere)
        {
            Compute(tokens.Slice(_computed.Count, Math.Min(BatchSize, tokens.Length - _computed.Count - 1)));
            return;
        }

        for (var next = tokens[_computed.Count..]; guess.Count < most; next = CollectionsMarshal.AsSpan(guess)[^1..])
        {
            Compute(next);
            var logits = NativeOutput.Logits(Handle, next.Length - 1, _vocabulary.Size);
            var token = TopTokens.Largest(logits);
            if (token >= _knownTokens || _vocabulary.IsEnd(token) || Logprobs.ChanceOf(logits, token) < LeastChance)
                return;

            guess.Add(token);
        }
    }

    /// <inheritdoc/>
    public void Forget()
    {
        // The next guess compares the tokens to find what two texts have in common.
    }

    public void Dispose()
    {
        Handle.Dispose();
        _batch.Dispose();
        _release();
    }

    /// <summary>Makes the cache hold a beginning of the text, and at most all but its last token, whose output is wanted.</summary>
    private void Align(ReadOnlySpan<int> tokens)
    {
        var common = Math.Min(tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(_computed)), tokens.Length - 1);
        if (common == _computed.Count)
            return;

        if (!_memory.Reaches(0, common))
            common = 0;

        _memory.RemoveFrom(0, common);
        _computed.RemoveRange(common, _computed.Count - common);
    }

    private void Compute(ReadOnlySpan<int> tokens)
    {
        _batch.Clear();
        for (var at = 0; at < tokens.Length; at++)
            _batch.Add(tokens[at], _computed.Count + at, 0, output: at == tokens.Length - 1);

        var result = LlamaNative.llama_decode(Handle, _batch.ToNative());
        if (result != 0)
            throw new EngineFailedException($"The engine could not compute the draft model (code {result}).");

        _computed.AddRange(tokens);
    }
}
