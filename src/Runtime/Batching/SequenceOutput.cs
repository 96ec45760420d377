using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using ModelOps.Prompting.Events;

namespace ModelOps.Runtime.Batching;

/// <summary>Sends the tokens of one sequence to its sink as soon as their text may be sent.</summary>
internal sealed class SequenceOutput(ISequenceSink sink, IEnumerable<string> stops)
{
    private readonly OutputText _text = new([.. stops.Where(stop => stop.Length > 0).Select(Encoding.UTF8.GetBytes)]);
    private readonly List<int> _tokens = [];
    private readonly ImmutableArray<TokenLogprob>.Builder _logprobs = ImmutableArray.CreateBuilder<TokenLogprob>();

    /// <summary>Takes a token, without sending it yet.</summary>
    /// <returns>True when a stop text is complete.</returns>
    internal bool Add(int token, ReadOnlySpan<byte> piece, TokenLogprob? logprob)
    {
        if (logprob is not null)
            _logprobs.Add(logprob);

        _tokens.Add(token);
        return _text.Append(piece);
    }

    /// <summary>Sends what may be sent.</summary>
    internal void Send()
    {
        if (_text.Released.Length > 0 || _logprobs.Count > 0)
            SendAll();
    }

    /// <summary>Sends the rest before the end.</summary>
    /// <param name="withHeld">What was held back in case it became a stop text is sent too.</param>
    internal void Finish(bool withHeld)
    {
        if (withHeld)
        {
            if (_text.Released.Length > 0)
                SendAll();

            _text.Finish();
        }

        SendAll();
    }

    private void SendAll()
    {
        if (_text.Released.Length == 0 && _tokens.Count == 0 && _logprobs.Count == 0)
            return;

        sink.Text(_text.Released, CollectionsMarshal.AsSpan(_tokens), _logprobs.DrainToImmutable());
        _tokens.Clear();
        _text.Sent();
    }
}
