using System.Runtime.InteropServices;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Sampling;

/// <summary>Biases and penalties of one sequence: a few logits changed where they lie, and put back after the choice.</summary>
/// <remarks>
/// The engine's own samplers look at every token of the vocabulary for them, which takes longer than all other steps of a choice. Order and
/// formula are the reference's (spec/modelfile-and-store.md 1.7): biases are added; then, for each of the last tokens, the repeat penalty
/// divides a positive logit and multiplies another, and presence and frequency penalty are subtracted.
/// </remarks>
internal sealed class LogitEdits
{
    private readonly (int Token, float Bias)[] _biases;
    private readonly SamplingSettings _settings;
    private readonly int _window;
    private readonly Queue<int> _last = [];
    private readonly Dictionary<int, int> _counts = [];
    private readonly List<(int Token, float Logit)> _before = [];

    internal LogitEdits(Vocabulary vocabulary, SamplingSettings settings, int contextLength)
        : this(Biases(vocabulary, settings), settings, contextLength)
    {
    }

    /// <param name="biases">What is added to which logit.</param>
    /// <param name="settings">Penalties.</param>
    /// <param name="contextLength">How many tokens a <see cref="SamplingSettings.RepeatLastN"/> of -1 means.</param>
    internal LogitEdits((int Token, float Bias)[] biases, SamplingSettings settings, int contextLength)
    {
        _biases = biases;
        _settings = settings;
        var penalizes = settings.RepeatPenalty != 1f || settings.PresencePenalty != 0f || settings.FrequencyPenalty != 0f;
        _window = !penalizes ? 0 : settings.RepeatLastN < 0 ? contextLength : Math.Min(settings.RepeatLastN, contextLength);
    }

    /// <summary>A token of the prompt or the answer, for the penalties.</summary>
    internal void Remember(int token)
    {
        if (_window == 0)
            return;

        _last.Enqueue(token);
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, token, out _)++;
        if (_last.Count <= _window)
            return;

        var oldest = _last.Dequeue();
        if (--CollectionsMarshal.GetValueRefOrNullRef(_counts, oldest) == 0)
            _counts.Remove(oldest);
    }

    /// <summary>Changes the logits. <see cref="Undo"/> must follow before other code reads them.</summary>
    internal void Apply(Span<float> logits)
    {
        foreach (var (token, bias) in _biases)
            Set(logits, token, logits[token] + bias);

        foreach (var (token, count) in _counts)
            Set(logits, token, Penalized(logits[token], count));
    }

    internal void Undo(Span<float> logits)
    {
        for (var at = _before.Count - 1; at >= 0; at--)
            logits[_before[at].Token] = _before[at].Logit;

        _before.Clear();
    }

    private void Set(Span<float> logits, int token, float logit)
    {
        _before.Add((token, logits[token]));
        logits[token] = logit;
    }

    private float Penalized(float logit, int count)
    {
        var repeated = logit <= 0 ? logit * _settings.RepeatPenalty : logit / _settings.RepeatPenalty;
        return repeated - ((count * _settings.FrequencyPenalty) + _settings.PresencePenalty);
    }

    private static (int Token, float Bias)[] Biases(Vocabulary vocabulary, SamplingSettings settings)
    {
        var biases = settings.LogitBias.Where(bias => vocabulary.Knows(bias.Key)).Select(bias => (bias.Key, bias.Value)).ToList();
        foreach (var token in vocabulary.Suppressed())
            biases.Add((token, float.NegativeInfinity));

        return [.. biases];
    }
}
