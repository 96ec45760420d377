using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using ModelOps.Prompting.Grammars;

namespace ModelOps.Micro;

/// <summary>
/// What a grammar costs: to make one of a schema, to follow a token, and to screen a whole vocabulary when the sampled token does not
/// fit.
/// </summary>
[MemoryDiagnoser]
public class GrammarBenchmarks
{
    /// <summary>Tokens that are followed in one run.</summary>
    public const int Tokens = 1000;

    /// <summary>A vocabulary as large as is usual.</summary>
    public const int Vocabulary = 151_936;

    private readonly JsonElement _schema = JsonElement.Parse("""
        {"type":"object","required":["name","tags"],"properties":{"name":{"type":"string","maxLength":40},"age":{"type":"integer","minimum":0,"maximum":150},
         "tags":{"type":"array","items":{"enum":["a","b","c"]},"maxItems":5},"address":{"type":"object","properties":{"street":{"type":"string"},"zip":{"type":"string","pattern":"^[0-9]{5}$"}}}}}
        """);

    private readonly GbnfProgram _program = GbnfProgram.Of(JsonSchemaGrammar.AnyObject);
    private readonly byte[][] _text = [.. Pieces(
        Encoding.UTF8.GetBytes(
            "{" + string.Join(", ", Enumerable.Range(0, 400).Select(number => $"\"key {number}\": [\"value\", {number}, true]")) + "}"))];
    private readonly byte[][] _words = [.. Words()];

    /// <summary>Once for each schema that is not known yet.</summary>
    [Benchmark]
    public int SchemaCompiled() => JsonSchemaGrammar.Compile(_schema).Length;

    /// <summary>Once for each request.</summary>
    [Benchmark]
    public int GrammarRead() => GbnfProgram.Of(JsonSchemaGrammar.AnyObject).Root;

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int Followed()
    {
        var matcher = new GbnfMatcher(_program);
        for (var token = 0; token < Tokens; token++)
        {
            if (!matcher.Allows(_text[token]))
                throw new InvalidOperationException($"token {token}");
            matcher.Accept(_text[token]);
        }

        return Tokens;
    }

    /// <summary>Inside of a text, where nearly every token fits: the costliest place.</summary>
    [Benchmark]
    public int ScreenedInText() => Screened("{\"key"u8);

    /// <summary>Where few characters may come: the usual place, since elsewhere the sampled token fits.</summary>
    [Benchmark]
    public int ScreenedBehindText() => Screened("{\"key\""u8);

    private int Screened(ReadOnlySpan<byte> text)
    {
        var matcher = new GbnfMatcher(_program);
        matcher.Accept(text);
        Span<bool> possible = stackalloc bool[byte.MaxValue + 1];
        matcher.FirstBytes(possible);
        var allowed = 0;
        foreach (var word in _words)
            allowed += possible[word[0]] && matcher.Allows(word) ? 1 : 0;
        return allowed;
    }

    private static IEnumerable<byte[]> Pieces(byte[] text)
    {
        for (var at = 0; at + 4 <= text.Length; at += 4)
            yield return text[at..(at + 4)];
    }

    private static IEnumerable<byte[]> Words()
    {
        var random = new Random(7);
        const string Letters = "abcdefghijklmnopqrstuvwxyzABCDE 0123456789.,:;-_{}[]\"\\\né日";
        for (var word = 0; word < Vocabulary; word++)
            yield return Encoding.UTF8.GetBytes(
                string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Letters[random.Next(Letters.Length)])));
    }
}
