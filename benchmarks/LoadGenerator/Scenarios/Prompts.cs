using System.Globalization;
using System.Text;
using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>Prompts of any length that share nothing with each other.</summary>
internal static class Prompts
{
    private const int Sample = 100;

    /// <summary>Texts differ in tokens a word: this much more is asked for, so that none is shorter than wanted.</summary>
    private const double Margin = 1.04;

    private static readonly string[] Words = [
        "model", "server", "weights", "commit", "prompt", "token", "layer", "cache", "memory", "batch", "stream", "answer",
    ];
    private static readonly Dictionary<string, double> s_tokensPerWord = [];

    /// <summary>The same words for the same seed, others for another.</summary>
    internal static string Text(int words, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{(char)('A' + (seed % 26))}{seed}"));
        for (var index = 0; index < words; index++)
            text.Append(' ').Append(Words[random.Next(Words.Length)]);
        return text.ToString();
    }

    /// <summary>A text of about so many tokens, by what a server counted once in another one.</summary>
    internal static string OfTokens(int tokens, int seed, Subject subject, LoadOptions options)
    {
        if (!s_tokensPerWord.TryGetValue(options.Model, out var each))
        {
            each = (double)Count(Text(Sample, seed + 1), subject, options) / Sample;
            s_tokensPerWord[options.Model] = each;
        }

        return Text((int)(tokens * Margin / each), seed);
    }

    private static int Count(string text, Subject subject, LoadOptions options)
    {
        using var connection = subject.Connect();
        connection.Ask(Requests.Completion(subject.Endpoints[0].Model, text, 1, options.Banned, options.Penalty));
        return Answer.Read(connection, 1).PromptTokens;
    }
}
