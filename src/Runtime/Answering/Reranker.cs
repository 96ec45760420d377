using System.Collections.Immutable;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Answering;

/// <summary>Queries and documents to scores on a loaded engine.</summary>
internal static class Reranker
{
    /// <summary>Computes one score a document, in order.</summary>
    /// <exception cref="InferenceException">The model does not rank, or the query leaves no room for a document.</exception>
    internal static async Task<(ImmutableArray<float> Scores, int Tokens)> RankAsync(
        IEngine engine, RerankRequest request, CancellationToken cancellationToken)
    {
        if (engine.Facts.Pair is not { } frame)
            throw new InferenceException(new InferenceRefusal.DoesNotRank(request.Model));

        var inputs = ImmutableArray.CreateBuilder<ImmutableArray<int>>(request.Documents.Length);
        foreach (var document in request.Documents)
            inputs.Add(await PairAsync(engine, frame, request, document, cancellationToken));
        var vectors = await engine.EmbedAsync(inputs.ToImmutable(), cancellationToken);

        // Where the head has several outputs, the first says how well the two belong together.
        return ([.. vectors.Select(vector => vector[0])], inputs.Sum(tokens => tokens.Length));
    }

    /// <summary>The tokens of both, the document cut to what fits.</summary>
    private static async Task<ImmutableArray<int>> PairAsync(
        IEngine engine, PairFrame frame, RerankRequest request, string document, CancellationToken cancellationToken)
    {
        var whole = await JoinAsync(engine, frame, request.Query, document, cancellationToken);
        var tooMany = whole.Length - engine.Facts.ContextLength;
        if (tooMany <= 0)
            return whole;
        if (request.Truncate == false)
            throw TooLong(whole.Length, engine);

        // Text that is cut at a token may become other tokens than before, perhaps one or two more.
        var tokens = await engine.TokenizeAsync(document, addSpecial: false, parseSpecial: false, cancellationToken);
        for (var room = tokens.Length - tooMany; room > 0; room -= Math.Max(1, tooMany))
        {
            var cut = await engine.DetokenizeAsync(tokens[..room], special: true, cancellationToken);
            whole = await JoinAsync(engine, frame, request.Query, cut, cancellationToken);
            tooMany = whole.Length - engine.Facts.ContextLength;
            if (tooMany <= 0)
                return whole;
        }

        throw TooLong(whole.Length, engine);
    }

    private static async Task<ImmutableArray<int>> JoinAsync(
        IEngine engine, PairFrame frame, string query, string document, CancellationToken cancellationToken)
    {
        if (frame.Template.Length > 0)
            return await engine.TokenizeAsync(
                Fill(frame.Template, query, document), addSpecial: false, parseSpecial: true, cancellationToken);
        var left = await engine.TokenizeAsync(query, addSpecial: false, parseSpecial: false, cancellationToken);
        var right = await engine.TokenizeAsync(document, addSpecial: false, parseSpecial: false, cancellationToken);
        return [.. frame.Before, .. left, .. frame.Between, .. right, .. frame.After];
    }

    /// <summary>Fills both places at once: a query may itself contain the word for the other.</summary>
    private static string Fill(string template, string query, string document) => string.Concat(
        template.Split("{query}").Select(
            (part, at) => (at == 0 ? "" : query) + part.Replace("{document}", document, StringComparison.Ordinal)));

    private static InferenceException TooLong(int length, IEngine engine) =>
        new(new InferenceRefusal.PairTooLong(length, engine.Facts.ContextLength));
}
