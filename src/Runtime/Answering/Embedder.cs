using System.Collections.Immutable;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Answering;

/// <summary>Texts to vectors on a loaded engine. Rules: spec/http-apis.md 7.</summary>
internal static class Embedder
{
    /// <summary>Computes one vector per input, in order.</summary>
    /// <exception cref="InferenceException">The model has no embeddings, or an input cannot be made to fit.</exception>
    internal static async Task<(ImmutableArray<ImmutableArray<float>> Vectors, int Tokens)> EmbedAsync(
        IEngine engine, EmbedRequest request, bool embeds, CancellationToken cancellationToken)
    {
        if (!embeds)
            throw new InferenceException(new InferenceRefusal.DoesNotEmbed());
        var inputs = ImmutableArray.CreateBuilder<ImmutableArray<int>>(request.Inputs.Length);
        foreach (var text in request.Inputs)
            inputs.Add(await TokensAsync(engine, text, request, cancellationToken));
        var vectors = await engine.EmbedAsync(inputs.ToImmutable(), cancellationToken);
        return ([.. vectors.Select(vector => Finish(vector, request, engine.Facts.Architecture))], inputs.Sum(tokens => tokens.Length));
    }

    /// <summary>The text's tokens with the special ones around them, cut to the context when that is wanted.</summary>
    private static async Task<ImmutableArray<int>> TokensAsync(
        IEngine engine, string text, EmbedRequest request, CancellationToken cancellationToken)
    {
        var whole = await engine.TokenizeAsync(text, addSpecial: true, parseSpecial: true, cancellationToken);
        if (whole.Length == 0)
            throw new InferenceException(new InferenceRefusal.InputEmpty());
        if (whole.Length <= engine.Facts.ContextLength)
            return whole;
        if (request.Legacy || request.Truncate == false)
            throw new InferenceException(new InferenceRefusal.InputTooLong());

        var bare = await engine.TokenizeAsync(text, addSpecial: false, parseSpecial: true, cancellationToken);
        var before = whole.Length > bare.Length && whole[0] != bare[0] ? 1 : 0;
        var after = whole.Length - bare.Length - before;
        var room = engine.Facts.ContextLength - before - after;
        if (room <= 0)
            throw new InferenceException(new InferenceRefusal.NoRoomForInput());
        return [.. whole[..before], .. bare[..room], .. whole[^after..]];
    }

    private static ImmutableArray<float> Finish(ImmutableArray<float> vector, EmbedRequest request, string architecture)
    {
        if (request.Legacy)
            return architecture is "nomic-bert" or "nomic-bert-moe" ? vector : Normalise(vector);
        if (vector.Any(value => !float.IsFinite(value)))
            throw new InferenceException(new InferenceRefusal.NotFinite());
        var cut = request.Dimensions > 0 && request.Dimensions < vector.Length ? vector[..request.Dimensions] : vector;
        return Normalise(cut);
    }

    private static ImmutableArray<float> Normalise(ImmutableArray<float> vector)
    {
        var norm = Math.Max(Math.Sqrt(vector.Sum(value => (double)value * value)), 1e-12);
        return [.. vector.Select(value => (float)(value / norm))];
    }
}
