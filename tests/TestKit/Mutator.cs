namespace ModelOps.TestKit;

/// <summary>Damages texts as bytes: cuts, doubles, swaps, mixes two of a corpus, and puts in what parsers fear.</summary>
/// <param name="random">Where chance comes from: the same seed gives the same texts.</param>
/// <param name="corpus">Texts to begin with.</param>
/// <param name="tokens">Words of the language.</param>
public sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> tokens)
{
    private const int MostBytes = 64 * 1024;

    /// <summary>The next damaged text.</summary>
    public byte[] Next()
    {
        var text = corpus[random.Next(corpus.Count)].ToList();
        for (var count = random.Next(1, 8); count > 0; count--)
            Damage(text);
        return [.. text.Take(MostBytes)];
    }

    private void Damage(List<byte> text)
    {
        var at = random.Next(text.Count + 1);
        switch (random.Next(7))
        {
            case 0 when text.Count > at:
                text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at));
                break;
            case 1 when text.Count > at:
                text[at] = (byte)random.Next(256);
                break;
            case 2:
                text.InsertRange(at, tokens[random.Next(tokens.Count)]);
                break;
            case 3:
                var token = tokens[random.Next(tokens.Count)];
                text.InsertRange(at, Enumerable.Repeat(token, random.Next(2, 400)).SelectMany(bytes => bytes));
                break;
            case 4 when text.Count > at:
                var length = Math.Min(random.Next(1, 200), text.Count - at);
                text.InsertRange(random.Next(text.Count + 1), text.GetRange(at, length));
                break;
            case 5:
                var other = corpus[random.Next(corpus.Count)];
                if (other.Length > 0)
                {
                    var from = random.Next(other.Length);
                    text.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 300))]);
                }

                break;
            default:
                if (text.Count > at)
                    text.RemoveRange(at, text.Count - at);
                break;
        }
    }
}
